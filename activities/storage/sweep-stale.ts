import { lstat, readdir, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepStaleInput } from './day-storage.ts';
import { dayFolders, namesIn, shuffle } from './day-folders.ts';
import { isAbandonable, isProof, MANIFESTS } from './day-path.ts';
import { removeFile } from './half-file.ts';
import { isMomentName, type MomentKind, momentName } from './moment-file.ts';

/**
 * A proof saves fetching its file again, where the export is reset or the answer to a download was lost. So it stays
 * for so many times as long as a half file: for a month in place of two days.
 */
const PROOF_STAYS_TIMES = 15;

/** A folder to be swept, what is in it, and how long a file of this name has to be left alone there; null where it stays. */
interface SweptFolder {
  path: string;
  names: string[];
  staleAfterMs: (name: string, staleMs: number) => number | null;
}

/**
 * Removes the half files, the proofs, the drafts and the checks that no attempt of any export has touched for so long:
 * the export that they are of was terminated, and nobody else comes back for them. Ages are taken by the clock of the
 * disk, which may be another machine's: a file is written and removed to read it.
 *
 * What can not be read or removed stays. A folder that this has emptied goes, too.
 */
export async function sweepStale(root: string, { staleMs, signal }: SweepStaleInput): Promise<void> {
  const nowMs = await readDiskClock(join(root, momentName('check', CLOCK_OWNER)));
  for await (const { path: folder, names, staleAfterMs } of foldersOf(root)) {
    if (signal.aborted) {
      return;
    }
    const removed = await Promise.all(
      names.map(async (name) => {
        const afterMs = staleAfterMs(name, staleMs);
        return afterMs !== null && (await removeIfStale(join(folder, name), nowMs - afterMs));
      }),
    );
    if (removed.includes(true) && folder !== root) {
      // Refused where anything else lies in it.
      await rmdir(folder).catch(() => {});
    }
  }
}

/** A sweep is of no export. */
const CLOCK_OWNER = '';

/** The destination itself, which may be a link, then the manifests, then the days. */
async function* foldersOf(root: string): AsyncIterable<SweptFolder> {
  yield { path: root, names: await readdir(root), staleAfterMs: momentsOf('check') };
  for (const folder of shuffle(await namesIn(join(root, MANIFESTS)))) {
    const path = join(root, MANIFESTS, folder);
    yield { path, names: await namesIn(path), staleAfterMs: momentsOf('draft') };
  }
  for await (const path of dayFolders(root)) {
    yield { path, names: await namesIn(path), staleAfterMs: ofDay };
  }
}

function momentsOf(kind: MomentKind): SweptFolder['staleAfterMs'] {
  return (name, staleMs) => (isMomentName(kind, name) ? staleMs : null);
}

function ofDay(name: string, staleMs: number): number | null {
  if (isProof(name)) {
    return staleMs * PROOF_STAYS_TIMES;
  }
  return isAbandonable(name) ? staleMs : null;
}

async function readDiskClock(path: string): Promise<number> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return (await stat(path)).mtimeMs;
  } finally {
    await removeFile(path);
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
