import { lstat, readdir, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepStaleInput } from './day-storage.ts';
import { isAbandonable, isAccountFolder, isDayFolder, isTypeFolder } from './day-path.ts';
import { removeFile } from './half-file.ts';

/**
 * Removes the half files, and the proofs of files that were never published, that no attempt of any export has touched
 * for so long: the export that they are of was terminated, and nobody else comes back for them. Ages are taken by the
 * clock of the disk, which may be another machine's: `clockPath` is written and removed to read it.
 *
 * What can not be read or removed stays. A folder that this has emptied goes, too.
 */
export async function sweepStale(
  root: string,
  clockPath: string,
  { staleMs, signal }: SweepStaleInput,
): Promise<void> {
  const staleBeforeMs = (await readDiskClock(clockPath)) - staleMs;
  for await (const folder of dayFolders(root)) {
    if (signal.aborted) {
      return;
    }
    const names = (await namesIn(folder)).filter(isAbandonable);
    const removed = await Promise.all(names.map((name) => removeIfStale(join(folder, name), staleBeforeMs)));
    if (removed.includes(true)) {
      // Refused where anything else lies in it.
      await rmdir(folder).catch(() => {});
    }
  }
}

async function readDiskClock(path: string): Promise<number> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return (await stat(path)).mtimeMs;
  } finally {
    await removeFile(path);
  }
}

/** Every folder of a day. They come in an order of chance: a sweep that is too long for its time begins elsewhere next. */
async function* dayFolders(root: string): AsyncIterable<string> {
  // The destination itself may be a link; whatever is linked to from inside of it is not of it.
  for (const account of shuffle((await readdir(root)).filter(isAccountFolder))) {
    for (const type of shuffle((await namesIn(join(root, account))).filter(isTypeFolder))) {
      for (const day of shuffle((await namesIn(join(root, account, type))).filter(isDayFolder))) {
        yield join(root, account, type, day);
      }
    }
  }
}

/** Nothing for what is no folder, is a link to one, is gone or can not be read. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : [];
  } catch {
    return [];
  }
}

async function removeIfStale(path: string, staleBeforeMs: number): Promise<boolean> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.mtimeMs >= staleBeforeMs) {
      return false;
    }
    await unlink(path);
    return true;
  } catch {
    return false;
  }
}

function shuffle(names: string[]): string[] {
  return names
    .map((name): [number, string] => [Math.random(), name])
    .toSorted(([one], [other]) => one - other)
    .map(([, name]) => name);
}
