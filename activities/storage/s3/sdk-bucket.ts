import { createHash } from 'node:crypto';
import type * as S3 from '@aws-sdk/client-s3';
import type { Bucket, NewObject } from './bucket.ts';
import type { OpenedS3 } from './open-s3.ts';
import { openS3 } from './open-s3.ts';
import { S3Problem, toS3Problem } from './s3-problem.ts';
import type { S3Destination } from './s3-url.ts';

/** A bucket by the SDK, which is loaded at the first request: who has no such destination need not have it. */
export function createSdkBucket(destination: S3Destination): Bucket {
  const { bucket, checksum } = destination;
  let opening: Promise<OpenedS3> | null = null;

  async function open(): Promise<OpenedS3> {
    try {
      opening ??= openS3(destination);
      return await opening;
    } catch (error) {
      opening = null;
      throw error;
    }
  }

  async function ask<Answer>(
    doing: string,
    key: string,
    send: (opened: OpenedS3) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    try {
      return await send(await open());
    } catch (error) {
      signal?.throwIfAborted();
      throw toS3Problem(`could not ${doing} [bucket ${bucket}, key ${key}]`, error);
    }
  }

  async function listPage(
    keyPrefix: string,
    from: UploadsMarker,
  ): Promise<S3.ListMultipartUploadsCommandOutput> {
    const input = { Bucket: bucket, Prefix: keyPrefix, ...from };
    const page = ask('list open uploads', keyPrefix, ({ sdk, client }) =>
      client.send(new sdk.ListMultipartUploadsCommand(input)),
    );
    // So says rclone of a bucket that never had one.
    return (await unless('NoSuchUpload', page)) ?? { $metadata: {} };
  }

  return {
    headObject: async (key) => {
      const asked = ask('look for the object', key, ({ sdk, client }) =>
        client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key })),
      );
      const found = await unless('NotFound', asked);
      return found === null ? null : { sizeBytes: found.ContentLength ?? 0, metadata: found.Metadata ?? {} };
    },
    listObjects: async function* listObjects(keyPrefix, signal) {
      let next: Pick<S3.ListObjectsV2CommandInput, 'ContinuationToken'> | null = {};
      while (next !== null) {
        const input: S3.ListObjectsV2CommandInput = { Bucket: bucket, Prefix: keyPrefix, ...next };
        const page: S3.ListObjectsV2CommandOutput = await ask(
          'list the objects',
          keyPrefix,
          ({ sdk, client }) => client.send(new sdk.ListObjectsV2Command(input), { abortSignal: signal }),
          signal,
        );
        for (const { Key: key, Size: sizeBytes = 0, LastModified } of page.Contents ?? []) {
          if (key !== undefined) {
            yield { key, sizeBytes, modifiedAtMs: LastModified?.getTime() ?? 0 };
          }
        }
        const { IsTruncated, NextContinuationToken: ContinuationToken } = page;
        next = IsTruncated === true && ContinuationToken !== undefined ? { ContinuationToken } : null;
      }
    },
    getText: async (key, largestBytes, signal) => {
      const asked = ask(
        'read the object',
        key,
        async ({ sdk, client }) => {
          const Range = `bytes=0-${largestBytes - 1}`;
          const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, Range });
          const { Body: body } = await client.send(command, { abortSignal: signal });
          return (await body?.transformToString()) ?? '';
        },
        signal,
      );
      return unless('NoSuchKey', asked);
    },
    putObject: async (object, body, signal) => {
      await ask(
        'write the object',
        object.key,
        ({ sdk, client }) => {
          const sum = sumOf(body, destination);
          const command = new sdk.PutObjectCommand({ ...toFields(bucket, object), ...sum, Body: body });
          return client.send(command, { abortSignal: signal });
        },
        signal,
      );
    },
    createUpload: async (object) => {
      const { UploadId = '' } = await ask('begin the upload', object.key, ({ sdk, client }) =>
        client.send(
          new sdk.CreateMultipartUploadCommand({
            ...toFields(bucket, object),
            ...(checksum === 'sha256' && { ChecksumAlgorithm: 'SHA256' }),
          }),
        ),
      );
      return UploadId;
    },
    uploadPart: async ({ key, uploadId }, { number, body }, signal) =>
      ask(
        `upload part ${number}`,
        key,
        async ({ sdk, client }) => {
          const sum = sumOf(body, destination);
          const part = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: number };
          const command = new sdk.UploadPartCommand({ ...part, ...sum, Body: body });
          const { ETag: etag } = await client.send(command, { abortSignal: signal });
          return { number, etag, sha256: sum.ChecksumSHA256 };
        },
        signal,
      ),
    completeUpload: async ({ key, uploadId }, parts) => {
      await ask('complete the upload', key, ({ sdk, client }) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({
            Bucket: bucket,
            Key: key,
            UploadId: uploadId,
            MultipartUpload: {
              Parts: parts.map(({ number: PartNumber, etag: ETag, sha256: ChecksumSHA256 }) => ({
                PartNumber,
                ETag,
                ChecksumSHA256,
              })),
            },
          }),
        ),
      );
    },
    abortUpload: async ({ key, uploadId }) => {
      const asked = ask('abort the upload', key, ({ sdk, client }) =>
        client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId })),
      );
      await unless('NoSuchUpload', asked);
    },
    listUploads: async function* listUploads(keyPrefix) {
      let next: UploadsMarker | null = {};
      while (next !== null) {
        const page: S3.ListMultipartUploadsCommandOutput = await listPage(keyPrefix, next);
        for (const { Key: key, UploadId: uploadId, Initiated } of page.Uploads ?? []) {
          if (key !== undefined && uploadId !== undefined) {
            yield { key, uploadId, beganAtMs: Initiated?.getTime() ?? Date.now() };
          }
        }
        const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
        next = IsTruncated === true && KeyMarker !== undefined ? { KeyMarker, UploadIdMarker } : null;
      }
    },
    close: () => {
      const opened = opening;
      opening = null;
      opened?.then(({ client }) => client.destroy()).catch(() => {});
    },
  };
}

type UploadsMarker = Pick<S3.ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'>;

/** Null where S3 answers with this code. */
async function unless<Answer>(code: string, asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof S3Problem && error.code === code) {
      return null;
    }
    throw error;
  }
}

function toFields(
  bucket: string,
  { key, contentType, metadata }: NewObject,
): Pick<S3.PutObjectCommandInput, 'Bucket' | 'Key' | 'ContentType' | 'Metadata'> {
  return { Bucket: bucket, Key: key, ContentType: contentType, Metadata: metadata };
}

function sumOf(
  body: Uint8Array,
  { checksum }: S3Destination,
): { ChecksumSHA256?: string; ContentMD5?: string } {
  const hash = createHash(checksum).update(body).digest('base64');
  return checksum === 'sha256' ? { ChecksumSHA256: hash } : { ContentMD5: hash };
}
