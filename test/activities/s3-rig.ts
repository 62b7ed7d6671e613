import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createS3Storage } from '../../activities/index.ts';
import type { DayKey, DayProof, DayStorage, HalfFile } from '../../activities/index.ts';
import { S3_ENVIRONMENT, startS3Server } from '../support/s3-server.ts';
import type { S3Server } from '../support/s3-server.ts';

export const MB = 1_000_000;

export const key: DayKey = {
  accountSid: `AC${'0'.repeat(32)}`,
  resourceType: 'Calls',
  day: '2026-10-01',
  exportId: 'run-1',
};

/** The same for another day, or of another export. */
export function keyOf(day: string, exportId = key.exportId): DayKey {
  return { ...key, day, exportId };
}

/** Where {@link key} is published, below the prefix `days` of the rig's URLs. */
export const OBJECT_KEY = `days/account=AC${'0'.repeat(32)}/type=Calls/day=2026-10-01/part-0.json.gz`;

/** A file of chance, and the proof of it. */
export function makeFile(sizeBytes: number): { bytes: Buffer; proof: DayProof } {
  const bytes = randomBytes(sizeBytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, proof: { sizeBytes, records: 7, sha256 } };
}

/** One server for the tests of a file, and the credentials for it in the environment. Call `close()` after them. */
export async function startS3(): Promise<S3Server> {
  Object.assign(process.env, S3_ENVIRONMENT);
  return await startS3Server();
}

/** What differs from the usual. */
export interface S3StorageOptions {
  endpoint: string;
  bucket?: string;
  prefix?: string;
  parameters?: string;
  spool?: string;
  limitBytes?: number;
}

/** The URL of a destination, below the prefix `days` where nothing else is said. */
export function storageUrl({
  endpoint,
  bucket = 'exports',
  prefix = 'days',
  parameters = '',
}: S3StorageOptions): string {
  return `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(endpoint)}&forcePathStyle=true${parameters}`;
}

/** A destination whose connections go with the test. */
export async function openS3Storage(t: TestContext, options: S3StorageOptions): Promise<DayStorage> {
  const folder = options.spool ?? (await newSpool(t));
  const limitBytes = options.limitBytes ?? 1_000 * MB;
  const storage = createS3Storage(storageUrl(options), { folder, limitBytes });
  t.after(() => storage.close?.());
  return storage;
}

/** A folder that goes with the test. */
export async function newSpool(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The files of a spool, by their last names. */
export async function namesInSpool(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** A half file with these bytes in it. */
export async function fill(storage: DayStorage, bytes: Buffer, of: DayKey = key): Promise<HalfFile> {
  const half = await storage.createHalf(of, '"etag"', bytes.length);
  await half.write([bytes], 0);
  await half.flush();
  return half;
}
