import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is written in a moment and is older than this was left by a worker that was killed meanwhile. */
const STALE_MS = 60 * 60_000;

/**
 * Removes the files of a folder whose names begin with `prefix` and which no worker can still be writing. One that
 * can not be removed, such as another user's, stays: it is in nobody's way.
 */
export async function removeStale(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const staleBeforeMs = Date.now() - STALE_MS;
  for (const path of names.map((name) => join(folder, name))) {
    try {
      if ((await stat(path)).mtimeMs < staleBeforeMs) {
        await unlink(path);
      }
    } catch {
      // Gone already, or not ours to remove.
    }
  }
}
