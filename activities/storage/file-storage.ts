import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DayFile } from '../api.ts';
import { hashExportId } from '../marker.ts';
import { dayFolder, halfName, halfPrefix, PUBLISHED_NAME, readHalfEtag, verdictName } from './day-path.ts';
import type { DayKey, DayStorage, HalfFile, StoreManifestInput } from './day-storage.ts';
import { parseFileDestination } from './file-destination.ts';
import type { Verdict } from './half-file.ts';
import { isUntouched, named, openHalfFile, removeFile, syncFolder, toDayFile } from './half-file.ts';
import { toSafeName } from './safe-name.ts';

/**
 * A destination on a local or mounted disk. `url`: `file:///srv/exports`, or relative to the folder where the
 * worker was started: `file:./exports`. Nothing is touched before the first use.
 *
 * @throws a `TypeError` for a URL that is no such folder.
 */
export function createFileStorage(url: string): DayStorage {
  const root = parseFileDestination(url);
  const folderOf = (key: DayKey): string => join(root, dayFolder(key));

  return {
    check: () => named(`could not write to ${root}`, () => checkFolder(root)),
    findPublished: (key) =>
      named('could not read the published file', () => findPublished(folderOf(key), key.exportId)),
    adoptHalf: (key) =>
      named('could not go on from the half file', () => adoptHalf(folderOf(key), key.exportId)),
    createHalf: (key, etag) =>
      named('could not make a half file', () => createHalf(folderOf(key), key.exportId, etag)),
    sweepDay: (key) =>
      named('could not clean up the folder of the day', () => sweepDay(folderOf(key), key.exportId)),
    writeManifest: (input) => named('could not write the manifest', () => writeManifest(root, input)),
  };
}

async function checkFolder(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const path = join(root, `_check-${newAttemptId()}`);
  try {
    await writeDurably(path, 'May this worker write here?\n');
  } finally {
    await removeFile(path);
  }
}

async function findPublished(folder: string, exportId: string): Promise<DayFile | null> {
  const verdict = await readVerdict(join(folder, verdictName(exportId)));
  const path = join(folder, PUBLISHED_NAME);
  if (verdict === null || !(await orNull(isUntouched(path, verdict)))) {
    return null;
  }
  return toDayFile(path, verdict);
}

async function adoptHalf(folder: string, exportId: string): Promise<HalfFile | null> {
  const names = ((await orNull(readdir(folder))) ?? []).filter((name) =>
    name.startsWith(halfPrefix(exportId)),
  );
  const halves = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      etag: readHalfEtag(name, exportId),
      sizeBytes: (await orNull(stat(join(folder, name))))?.size ?? 0,
    })),
  );
  const longest = halves
    .filter((half) => half.etag !== null && half.sizeBytes > 0)
    .reduce<(typeof halves)[number] | null>(
      (best, half) => (best === null || half.sizeBytes > best.sizeBytes ? half : best),
      null,
    );
  let adopted: HalfFile | null = null;
  if (longest !== null) {
    const path = join(folder, halfName(exportId, longest.etag, newAttemptId()));
    // A copy, where the disk can do it one of references alone: the attempt before may still hold its file open.
    await copyFile(longest.path, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    const verdictPath = join(folder, verdictName(exportId));
    adopted = await openHalfFile({ path, etag: longest.etag, verdictPath, isNew: false });
  }
  await Promise.all(halves.map(({ path }) => removeFile(path)));
  return adopted;
}

async function createHalf(folder: string, exportId: string, etag: string | null): Promise<HalfFile> {
  const path = join(folder, halfName(exportId, etag, newAttemptId()));
  const make = async (): Promise<HalfFile> => {
    await mkdir(folder, { recursive: true });
    return openHalfFile({ path, etag, verdictPath: join(folder, verdictName(exportId)), isNew: true });
  };
  // Another export's clean-up may remove the empty folder between the two steps.
  return (await orNull(make())) ?? make();
}

async function sweepDay(folder: string, exportId: string): Promise<void> {
  const own = new Set([verdictName(exportId)]);
  const names = (await orNull(readdir(folder))) ?? [];
  await Promise.all(
    names
      .filter((name) => own.has(name) || name.startsWith(halfPrefix(exportId)))
      .map((name) => removeFile(join(folder, name))),
  );
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') {
      throw error;
    }
  });
}

async function writeManifest(
  root: string,
  { workflowId, exportId, manifest }: StoreManifestInput,
): Promise<string> {
  const folder = join(root, '_manifests', toSafeName(workflowId));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${toSafeName(exportId)}.json`);
  const draftPath = join(folder, `_draft-${hashExportId(exportId)}-${newAttemptId()}`);
  try {
    await writeDurably(draftPath, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draftPath, path);
  } catch (error) {
    await removeFile(draftPath);
    throw error;
  }
  await syncFolder(folder);
  return pathToFileURL(path).href;
}

async function readVerdict(path: string): Promise<Verdict | null> {
  const text = await orNull(readFile(path, 'utf8'));
  try {
    // Our own words, but a crash may have cut them short.
    const verdict: Verdict | null = JSON.parse(text ?? 'null');
    return verdict;
  } catch {
    return null;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Null for what is not there. */
async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

function newAttemptId(): string {
  return randomBytes(4).toString('hex');
}
