import type { DayFile } from '../../api.ts';
import { hashExportId } from '../../marker.ts';
import { publishedPath } from '../day-path.ts';
import type { DayKey, DayProof, PlaceOfDay } from '../day-storage.ts';
import type { NewObject, StoredObject } from './bucket.ts';
import type { S3Destination } from './s3-url.ts';

/** The key of a published day. */
export function dayObjectKey({ prefix }: S3Destination, key: PlaceOfDay): string {
  return `${prefix}${publishedPath(key)}`;
}

/** A day to be published, with its proof on it: an object and what it says of itself come and go together. */
export function toDayObject(destination: S3Destination, key: DayKey, proof: DayProof): NewObject {
  return {
    key: dayObjectKey(destination, key),
    contentType: 'application/gzip',
    metadata: {
      sha256: proof.sha256,
      records: String(proof.records),
      export: hashExportId(key.exportId),
      ...(key.jobSid !== undefined && { job: key.jobSid }),
    },
  };
}

/** The day that an object holds; null where it is not one that this export has published and proven. */
export function readDayObject(
  destination: S3Destination,
  key: DayKey,
  { sizeBytes, metadata }: StoredObject,
): DayFile | null {
  const { sha256 = '', records = '', export: exportHash } = metadata;
  const isProven = /^[0-9a-f]{64}$/.test(sha256) && /^\d{1,15}$/.test(records);
  return isProven && exportHash === hashExportId(key.exportId)
    ? toDayFile(destination, key, { sizeBytes, records: Number(records), sha256 })
    : null;
}

/** A day that is published with this proof. */
export function toDayFile(destination: S3Destination, key: PlaceOfDay, proof: DayProof): DayFile {
  const { sizeBytes, records, sha256 } = proof;
  return { location: toLocation(destination, dayObjectKey(destination, key)), sizeBytes, records, sha256 };
}

/** The URL of an object, its key as it is. */
export function toLocation({ bucket }: S3Destination, key: string): string {
  return `s3://${bucket}/${key}`;
}
