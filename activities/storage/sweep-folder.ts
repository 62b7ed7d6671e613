import { rmdir } from 'node:fs/promises';
import { halfPrefix, verdictPrefix } from './day-path.ts';
import { removeAll } from './remove-all.ts';

/** Removes what an export left in the folder of a day, the published file excepted, and the folder if that empties it. */
export async function sweepFolder(folder: string, exportId: string): Promise<void> {
  const own = [halfPrefix(exportId), verdictPrefix(exportId)];
  await removeAll(folder, ...own);
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') {
      throw error;
    }
  });
}
