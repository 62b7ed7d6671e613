import { MANIFESTS } from '../day-path.ts';
import type { EarlierExports, ReadManifestsInput, StoredManifest } from '../day-storage.ts';
import { newestOf } from '../newest.ts';
import { StorageProblem } from '../storage-problem.ts';
import type { Bucket, ListedObject } from './bucket.ts';
import { dayObjectKey, toDayFile, toLocation } from './day-object.ts';
import type { S3Destination } from './s3-url.ts';

/**
 * What exports before have left in a bucket. An object tells its size and, by the proof that was put on it when it was
 * published, its sha256: so no byte of it has to be read.
 */
export function earlierInBucket(bucket: Bucket, destination: S3Destination): EarlierExports {
  return {
    readManifests: (input) => readManifests(bucket, destination, input),
    findProven: async ({ key, proof, signal }) => {
      signal.throwIfAborted();
      const found = await bucket.headObject(dayObjectKey(destination, key));
      return found?.sizeBytes === proof.sizeBytes && found.metadata['sha256'] === proof.sha256
        ? toDayFile(destination, key, proof)
        : null;
    },
    hasDay: async (key) => (await bucket.headObject(dayObjectKey(destination, key))) !== null,
  };
}

async function* readManifests(
  bucket: Bucket,
  destination: S3Destination,
  { most, largestBytes, signal }: ReadManifestsInput,
): AsyncIterable<StoredManifest> {
  const listed = bucket.listObjects(`${destination.prefix}${MANIFESTS}/`, signal);
  for (const { key } of await newestOf(readable(listed, largestBytes), most)) {
    signal.throwIfAborted();
    const text = await readOrNothing(bucket, { key, largestBytes, signal });
    if (text !== null) {
      yield { location: toLocation(destination, key), text };
    }
  }
}

async function* readable(
  listed: AsyncIterable<ListedObject>,
  largestBytes: number,
): AsyncIterable<ListedObject> {
  for await (const object of listed) {
    if (object.key.endsWith('.json') && object.sizeBytes > 0 && object.sizeBytes <= largestBytes) {
      yield object;
    }
  }
}

/** Null for what is gone meanwhile, or what this worker may not read: one object of somebody else's is no trouble. */
async function readOrNothing(
  bucket: Bucket,
  { key, largestBytes, signal }: { key: string; largestBytes: number; signal: AbortSignal },
): Promise<string | null> {
  try {
    return await bucket.getText(key, largestBytes, signal);
  } catch (error) {
    if (error instanceof StorageProblem && error.kind === 'rejected') {
      return null;
    }
    throw error;
  }
}
