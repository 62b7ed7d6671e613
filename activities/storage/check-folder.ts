import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile } from './half-file.ts';
import { momentName, momentPrefix } from './moment-file.ts';
import { removeAll } from './remove-all.ts';
import { removeStale } from './remove-stale.ts';
import { writeDurably } from './write-durably.ts';

/**
 * Makes a folder where there is none, and proves that it can be written to. Leaves nothing: a file that a worker was
 * killed over goes with its export's clean-up, or with a check an hour later.
 */
export async function checkFolder(root: string, exportId: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await removeStale(root, momentPrefix('check'));
  const path = join(root, momentName('check', exportId));
  try {
    await writeDurably(path, 'May this worker write here?\n');
  } finally {
    await removeFile(path);
  }
}

/** Removes what checks for this export left. */
export async function sweepChecks(root: string, exportId: string): Promise<void> {
  await removeAll(root, momentPrefix('check', exportId));
}
