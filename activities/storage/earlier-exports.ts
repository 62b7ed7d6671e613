import { createHash } from 'node:crypto';
import type { Dir } from 'node:fs';
import { constants } from 'node:fs';
import { lstat, open, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DayFile } from '../api.ts';
import { dayFolder, MANIFESTS, PUBLISHED_NAME } from './day-path.ts';
import type {
  DayProof,
  EarlierExports,
  PlaceOfDay,
  ReadManifestsInput,
  StoredManifest,
} from './day-storage.ts';
import { isUntouched, named, toDayFile } from './half-file.ts';
import type { Dated } from './newest.ts';
import { newestOf } from './newest.ts';
import { orNull } from './or-null.ts';
import { StorageProblem } from './storage-problem.ts';

/** What exports before have left in a folder. */
export function earlierExports(root: string): EarlierExports {
  const pathOf = (key: PlaceOfDay): string => join(root, dayFolder(key), PUBLISHED_NAME);
  return {
    readManifests: (input) => readManifests(join(root, MANIFESTS), input),
    findProven: ({ key, proof, signal }) => {
      const path = pathOf(key);
      return orNothing('could not read the published file', () =>
        unlessLost(findProven(path, proof, signal)),
      );
    },
    hasDay: async (key) => {
      const path = pathOf(key);
      return (await named('could not look for the published file', () => orNull(stat(path)))) !== null;
    },
  };
}

interface FoundManifest extends Dated {
  path: string;
}

async function* readManifests(
  folder: string,
  { most, largestBytes, signal }: ReadManifestsInput,
): AsyncIterable<StoredManifest> {
  const newest = await named('could not list the manifests', () =>
    newestOf(listManifests(folder, signal), most),
  );
  for (const { path } of newest) {
    signal.throwIfAborted();
    const text = await orNothing('could not read a manifest', () =>
      unlessLost(readSmall(path, largestBytes)),
    );
    if (text !== null) {
      yield { location: pathToFileURL(path).href, text };
    }
  }
}

/** A link leads to what may be no manifest of this destination: it is none. */
async function* listManifests(folder: string, signal: AbortSignal): AsyncIterable<FoundManifest> {
  for await (const { name: workflow } of (await openFolder(folder)) ?? []) {
    for await (const { name } of (await openFolder(join(folder, workflow))) ?? []) {
      signal.throwIfAborted();
      const path = join(folder, workflow, name);
      const found = name.endsWith('.json') && !name.startsWith('_') ? await orNull(lstat(path)) : null;
      if (found?.isFile()) {
        yield { path, modifiedAtMs: found.mtimeMs };
      }
    }
  }
}

/** Null for what is gone, is no folder, is a link to one, or is closed to this worker. */
function openFolder(path: string): Promise<Dir | null> {
  return orNothing('could not list the manifests', async () =>
    (await lstat(path)).isDirectory() ? opendir(path) : null,
  );
}

async function readSmall(path: string, largestBytes: number): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    if (size > largestBytes) {
      return null;
    }
    // It may grow meanwhile.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const READ_BYTES = 256 * 1024;

async function findProven(path: string, proof: DayProof, signal: AbortSignal): Promise<DayFile | null> {
  const found = await stat(path);
  // A pipe would never end.
  if (!found.isFile() || found.size !== proof.sizeBytes) {
    return null;
  }
  const file = await open(path, constants.O_RDONLY);
  try {
    const { ino: inode, mtimeMs: modifiedAtMs } = await file.stat();
    const hash = createHash('sha256');
    const bytes = file.createReadStream({
      end: Math.max(0, proof.sizeBytes - 1),
      autoClose: false,
      highWaterMark: READ_BYTES,
      signal,
    });
    for await (const chunk of bytes) {
      hash.update(chunk);
    }
    const isProven = hash.digest('hex') === proof.sha256;
    // Another export may have published the day meanwhile.
    return isProven && (await isUntouched(path, { ...proof, inode, modifiedAtMs }))
      ? toDayFile(path, proof)
      : null;
  } finally {
    await file.close();
  }
}

/** Null for a file of which the disk has lost bytes: whether it can be written to is what the check is for. */
async function unlessLost<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EIO') {
      return null;
    }
    throw error;
  }
}

/** Null for what is not there, or what this worker may not read: one file of somebody else's is no trouble. */
async function orNothing<Value>(doing: string, read: () => Promise<Value | null>): Promise<Value | null> {
  try {
    return await named(doing, () => orNull(read()));
  } catch (error) {
    if (error instanceof StorageProblem && error.kind === 'rejected') {
      return null;
    }
    throw error;
  }
}
