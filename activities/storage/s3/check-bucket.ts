import type { Bucket, OpenUpload } from './bucket.ts';

const CHECK_BODY = Buffer.from('May this worker write here?\n');

/**
 * Proves all that an export will ask of a bucket: to begin an upload, to send a part and have it checked, to find
 * open uploads and abort them, and to see that an object is not there. It never completes one, so it leaves no object
 * and needs no permission to delete any.
 */
export async function checkBucket(bucket: Bucket, key: string): Promise<void> {
  const upload = {
    key,
    uploadId: await bucket.createUpload({ key, contentType: 'text/plain', metadata: {} }),
  };
  try {
    await bucket.uploadPart(upload, { number: 1, body: CHECK_BODY });
    // Others may be at the same check.
    await abortUploads(bucket, key, ({ uploadId }) => uploadId === upload.uploadId);
  } catch (error) {
    await bucket.abortUpload(upload).catch(() => {});
    throw error;
  }
  // Not every store lists what has only just begun.
  await bucket.abortUpload(upload);
  await bucket.headObject(key);
}

/** Aborts the open uploads that `isMeant` says yes to. */
export async function abortUploads(
  bucket: Bucket,
  keyPrefix: string,
  isMeant: (upload: OpenUpload & { beganAtMs: number }) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  for await (const upload of bucket.listUploads(keyPrefix)) {
    if (signal?.aborted === true) {
      return;
    }
    if (isMeant(upload)) {
      await bucket.abortUpload(upload);
    }
  }
}
