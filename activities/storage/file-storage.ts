import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DayFile } from '../api.ts';
import { checkFolder, sweepChecks } from './check-folder.ts';
import { dayFolder, MANIFESTS, PUBLISHED_NAME, verdictName } from './day-path.ts';
import type { DayKey, DayStorage, StoreManifestInput } from './day-storage.ts';
import { parseFileDestination } from './file-destination.ts';
import type { Verdict } from './half-file.ts';
import { isUntouched, named, removeFile, syncFolder, toDayFile } from './half-file.ts';
import { earlierExports } from './earlier-exports.ts';
import { orNull } from './or-null.ts';
import { momentName, momentPrefix } from './moment-file.ts';
import { adoptHalf, createHalf } from './own-half-file.ts';
import { removeAll } from './remove-all.ts';
import { removeStale } from './remove-stale.ts';
import { toSafeName } from './safe-name.ts';
import { createSweepPace } from './sweep-pace.ts';
import { sweepFolder } from './sweep-folder.ts';
import { sweepStale } from './sweep-stale.ts';
import { writeDurably } from './write-durably.ts';

/**
 * A destination on a local or mounted disk. `url`: `file:///srv/exports`, or relative to the folder where the
 * worker was started: `file:./exports`. Nothing is touched before the first use.
 *
 * @throws a `TypeError` for a URL that is no such folder.
 *
 * @example
 * ```ts
 * const { activities } = createActivities({
 *   accounts,
 *   destinations: { default: createFileStorage('file:///srv/exports') },
 * });
 * ```
 */
export function createFileStorage(url: string): DayStorage {
  const root = parseFileDestination(url);
  const folderOf = (key: DayKey): string => join(root, dayFolder(key));
  const isTimeToSweep = createSweepPace();

  return {
    check: (exportId) => named(`could not write to ${root}`, () => checkFolder(root, exportId)),
    findPublished: (key) =>
      named('could not read the published file', () => findPublished(folderOf(key), key.exportId)),
    adoptHalf: (key) =>
      named('could not go on from the half file', () => adoptHalf(folderOf(key), key.exportId)),
    createHalf: (key, etag) =>
      named('could not make a half file', () => createHalf(folderOf(key), key.exportId, etag)),
    sweepDay: (key) =>
      named('could not clean up the folder of the day', () => sweepFolder(folderOf(key), key.exportId)),
    sweepChecks: (exportId) => named(`could not clean up ${root}`, () => sweepChecks(root, exportId)),
    sweepStale: async (input) => {
      if (isTimeToSweep()) {
        await named('could not remove stale half files', () => sweepStale(root, input));
      }
    },
    writeManifest: (input) => named('could not write the manifest', () => writeManifest(root, input)),
    earlier: earlierExports(root),
  };
}

async function findPublished(folder: string, exportId: string): Promise<DayFile | null> {
  const verdict = await readVerdict(join(folder, verdictName(exportId)));
  const path = join(folder, PUBLISHED_NAME);
  if (verdict === null || !(await orNull(isUntouched(path, verdict)))) {
    return null;
  }
  return toDayFile(path, verdict);
}

async function writeManifest(
  root: string,
  { workflowId, exportId, manifest }: StoreManifestInput,
): Promise<string> {
  const folder = join(root, MANIFESTS, toSafeName(workflowId));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${toSafeName(exportId)}.json`);
  await removeStale(folder, momentPrefix('draft'));
  const draftPath = join(folder, momentName('draft', exportId));
  try {
    await writeDurably(draftPath, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draftPath, path);
  } catch (error) {
    await removeFile(draftPath);
    throw error;
  }
  // An earlier attempt may have been killed over its own; one that still writes comes too late.
  await removeAll(folder, momentPrefix('draft', exportId));
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
