import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { checkFolder, sweepChecks } from '../check-folder.ts';
import { dayFolder, isPublishedPath, MANIFESTS } from '../day-path.ts';
import type { DayKey, DayStorage, HalfFile, StoreManifestInput, SweepStaleInput } from '../day-storage.ts';
import { named } from '../half-file.ts';
import { momentPrefix } from '../moment-file.ts';
import { orNull } from '../or-null.ts';
import { adoptHalf, createHalf } from '../own-half-file.ts';
import { toSafeName } from '../safe-name.ts';
import { createRefusedSizes } from '../spool/refused-sizes.ts';
import { createSpool } from '../spool/spool.ts';
import type { Spool, SpoolOptions } from '../spool/spool.ts';
import { createSweepPace } from '../sweep-pace.ts';
import { sweepFolder } from '../sweep-folder.ts';
import { sweepStale } from '../sweep-stale.ts';
import type { Bucket } from './bucket.ts';
import { abortUploads, checkBucket } from './check-bucket.ts';
import { dayObjectKey, toLocation } from './day-object.ts';
import { earlierInBucket } from './earlier-in-bucket.ts';
import { createPartMemory } from './part-memory.ts';
import { findPublishedDay, publishDay } from './publish-day.ts';
import type { PublishedDay } from './publish-day.ts';
import { PART_BYTES } from './read-parts.ts';
import type { S3Destination } from './s3-url.ts';
import { readS3Url, S3_URL_RULE } from './s3-url.ts';
import { createSdkBucket } from './sdk-bucket.ts';

/**
 * For tests; nobody else should need it.
 *
 * @example
 * ```ts
 * const tuning: S3Tuning = { partBytes: 5 * 1024 * 1024 };
 * ```
 */
export interface S3Tuning {
  /** The size of a part. S3 itself takes none below 5 MiB. */
  partBytes?: number;
}

/** Parts of all uploads to one destination that are in memory at once, 8 MiB each. */
const PARTS_AT_ONCE = 4;

/**
 * A destination in a bucket of S3, or of a store that speaks its language. `url`: `s3://bucket/prefix`, with
 * `?region=…&endpoint=…&forcePathStyle=true&checksum=md5` where they are needed; credentials are found by the SDK.
 * Days are fetched into the spool and proven there, then uploaded. Nothing is touched before the first use.
 *
 * @throws a `TypeError` for a URL that is none.
 *
 * @example
 * ```ts
 * const bucket = createS3Storage('s3://exports/twilio?region=eu-central-1', {
 *   folder: '/var/spool/exports',
 *   limitBytes: 20_000_000_000,
 * });
 * ```
 */
export function createS3Storage(
  url: string,
  spooling: SpoolOptions | Spool,
  { partBytes = PART_BYTES }: S3Tuning = {},
): DayStorage {
  const read = readS3Url(url);
  if ('fault' in read) {
    throw new TypeError(`a destination must be a URL such as ${S3_URL_RULE}, ${read.fault}`);
  }
  const { destination } = read;
  const spool = 'admit' in spooling ? spooling : createSpool(spooling);
  return createBucketStorage(destination, { bucket: createSdkBucket(destination), spool, partBytes });
}

/** The parts that {@link createS3Storage} puts together. */
export function createBucketStorage(
  destination: S3Destination,
  { bucket, spool, partBytes }: { bucket: Bucket; spool: Spool; partBytes: number },
): DayStorage {
  const root = join(spool.folder, spoolFolder(destination));
  const folderOf = (key: DayKey): string => join(root, dayFolder(key));
  const memory = createPartMemory(PARTS_AT_ONCE, partBytes);
  const isTimeToSweep = createSweepPace();
  const refusedSizes = createRefusedSizes();

  const dayOf = (key: DayKey): PublishedDay => ({ bucket, destination, key });
  /** The half file in the spool, which is published by an upload. */
  const toBePublished = (key: DayKey, half: HalfFile): HalfFile => ({
    ...half,
    publish: (proof, signal = new AbortController().signal) =>
      publishDay({ ...dayOf(key), half, proof, memory, signal }),
  });

  return {
    check: async (exportId) => {
      await named(`could not write to the spool ${root}`, () => checkFolder(root, exportId));
      await checkBucket(bucket, checkKey(destination, exportId));
    },
    earlier: earlierInBucket(bucket, destination),
    findPublished: (key) => findPublishedDay(dayOf(key)),
    admit: (key) => spool.admit(refusedSizes.of(dayFolder(key)) ?? 1),
    adoptHalf: (key) =>
      named('could not go on from the half file', async () => {
        const half = await spool.adopt((copy) => adoptHalf(folderOf(key), key.exportId, copy));
        return half === null ? null : toBePublished(key, half);
      }),
    createHalf: (key, etag, totalBytes) =>
      named('could not make a half file', async () => {
        const bytes = totalBytes ?? 0;
        const made = spool.create(bytes, () => createHalf(folderOf(key), key.exportId, etag));
        return toBePublished(key, await refusedSizes.learn(dayFolder(key), bytes, made));
      }),
    sweepDay: async (key) => {
      refusedSizes.forget(dayFolder(key));
      await named('could not clean up the spool', () => sweepFolder(folderOf(key), key.exportId));
      // Of whatever worker and attempt: an upload has no other mark than its key.
      const objectKey = dayObjectKey(destination, key);
      await abortUploads(bucket, objectKey, (upload) => upload.key === objectKey);
    },
    sweepChecks: async (exportId) => {
      await named(`could not clean up the spool ${root}`, () => sweepChecks(root, exportId));
      const objectKey = checkKey(destination, exportId);
      await abortUploads(bucket, objectKey, (upload) => upload.key === objectKey);
    },
    sweepStale: async (input) => {
      if (isTimeToSweep()) {
        await named('could not remove stale half files', () => orNull(sweepStale(root, input)));
        await sweepUploads(bucket, destination, input);
      }
    },
    writeManifest: (input) => writeManifest(bucket, destination, input),
    close: () => bucket.close(),
  };
}

/** One for each export: its clean-up finds what a check left, where a store lists the uploads of whole keys alone. */
function checkKey({ prefix }: S3Destination, exportId: string): string {
  return `${prefix}${momentPrefix('check', exportId)}`.replace(/-$/, '');
}

/** Two destinations share a spool and no file in it. */
function spoolFolder({ bucket, prefix, endpoint }: S3Destination): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([endpoint, bucket, prefix]))
    .digest('hex');
  return `${toSafeName(bucket)}-${hash.slice(0, 8)}`;
}

async function sweepUploads(
  bucket: Bucket,
  { prefix }: S3Destination,
  { staleMs, signal }: SweepStaleInput,
): Promise<void> {
  const staleBeforeMs = Date.now() - staleMs;
  await abortUploads(
    bucket,
    prefix,
    ({ key, beganAtMs }) => isOurs(key.slice(prefix.length)) && beganAtMs < staleBeforeMs,
    signal,
  );
}

/** Whether an upload below the destination is one of ours: of a day, or of a check. */
function isOurs(path: string): boolean {
  return isPublishedPath(path) || /^_check-[0-9a-f]{12}$/.test(path);
}

async function writeManifest(
  bucket: Bucket,
  destination: S3Destination,
  { workflowId, exportId, manifest }: StoreManifestInput,
): Promise<string> {
  const names = `${toSafeName(workflowId)}/${toSafeName(exportId)}.json`;
  const key = `${destination.prefix}${MANIFESTS}/${names}`;
  const body = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await bucket.putObject({ key, contentType: 'application/json', metadata: {} }, body);
  return toLocation(destination, key);
}
