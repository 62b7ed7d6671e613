import type { DayFile } from '../../api.ts';
import type { DayKey, DayProof, HalfFile } from '../day-storage.ts';
import type { Bucket } from './bucket.ts';
import { dayObjectKey, readDayObject, toDayObject, toLocation } from './day-object.ts';
import type { PartMemory } from './part-memory.ts';
import type { S3Destination } from './s3-url.ts';
import { uploadDay } from './upload-day.ts';

/** Which day of which destination. */
export interface PublishedDay {
  bucket: Bucket;
  destination: S3Destination;
  key: DayKey;
}

/** The published day; null where this export has not published it, or another has since. */
export async function findPublishedDay({ bucket, destination, key }: PublishedDay): Promise<DayFile | null> {
  const found = await bucket.headObject(dayObjectKey(destination, key));
  return found === null ? null : readDayObject(destination, key, found);
}

/** Uploads a proven half file, and removes it once the object is there. */
export async function publishDay(
  input: PublishedDay & { half: HalfFile; proof: DayProof; memory: PartMemory; signal: AbortSignal },
): Promise<DayFile> {
  const { bucket, destination, key, half, proof, memory, signal } = input;
  const object = toDayObject(destination, key, proof);
  try {
    await uploadDay({ bucket, object, read: half.read, proof, memory, signal });
  } catch (error) {
    signal.throwIfAborted();
    // The object may be there all the same: an answer was lost.
    const found = await findPublishedDay(input).catch(() => null);
    if (found?.sha256 !== proof.sha256) {
      throw error;
    }
  }
  // What stays in the spool for want of a disk that works, the end of the export removes.
  await half.discard().catch(() => {});
  return { location: toLocation(destination, object.key), ...proof };
}
