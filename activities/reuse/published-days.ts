import type { Day, FileMaker, ForeignFiles, PublishedDay, ResourceType } from '../api.ts';
import { inParallel } from '../in-parallel.ts';
import { hashNamespace, parseMarker } from '../marker.ts';
import type { ActivitySettings } from '../settings.ts';
import type { EarlierExports } from '../storage/day-storage.ts';
import type { EarlierDay } from './parse-manifest.ts';
import { parseManifest } from './parse-manifest.ts';

/** Which days are sought, and whose. */
export interface FindPublishedDaysInput {
  earlier: EarlierExports;
  accountSid: string;
  resourceType: ResourceType;
  days: Day[];
  /** Refused are days that their manifest calls the work of others than this package in this namespace. */
  foreignFiles: ForeignFiles;
  namespace: string;
  settings: Pick<ActivitySettings, 'earlierManifests' | 'manifestLimitBytes' | 'proofsAtOnce'>;
  signal: AbortSignal;
}

/** A manifest's word on a day, and where that manifest lies. */
interface Told {
  word: EarlierDay;
  manifest: string;
}

/**
 * The days that lie in the destination as the newest manifest which tells of them says. A manifest proves nothing by
 * itself: what lies there now is compared with it.
 */
export async function findPublishedDays(input: FindPublishedDaysInput): Promise<PublishedDay[]> {
  const { accountSid, resourceType, earlier, settings, signal } = input;
  const words = await readNewestWords(input);
  const found = await inParallel(
    words.filter(({ word }) => mayBeReused(word.madeBy, input)),
    settings.proofsAtOnce,
    async ({ word, manifest }) => {
      signal.throwIfAborted();
      const { proof, ...told } = word;
      const { day } = told;
      const known = { ...told, reused: { from: 'published', manifest } as const };
      const key = { accountSid, resourceType, day };
      if (proof === null) {
        // An empty day has no file. One that has is one of which two exports say different things.
        return (await earlier.hasDay(key)) ? [] : [{ ...known, outcome: 'empty' as const }];
      }
      const file = await earlier.findProven({ key, proof, signal });
      return file === null ? [] : [{ ...known, outcome: 'downloaded' as const, file }];
    },
  );
  return found.flat();
}

/** A name that was cut has lost its marker: a job too many is better than a stranger's file. */
function mayBeReused(
  madeBy: FileMaker | undefined,
  { foreignFiles, namespace }: FindPublishedDaysInput,
): boolean {
  const isOwn = (name: string): boolean => parseMarker(name)?.namespaceHash === hashNamespace(namespace);
  return foreignFiles === 'accept' || madeBy === undefined || isOwn(madeBy.friendlyName);
}

/** What the newest manifest says of each day, as far as one says that it came home. */
async function readNewestWords(input: FindPublishedDaysInput): Promise<Told[]> {
  const { earlier, settings, signal } = input;
  const missing = new Set(input.days);
  const words: Told[] = [];
  const manifests = earlier.readManifests({
    most: settings.earlierManifests,
    largestBytes: settings.manifestLimitBytes,
    signal,
  });
  for await (const { location, text } of manifests) {
    const manifest = parseManifest(text);
    if (manifest?.accountSid === input.accountSid && manifest.resourceType === input.resourceType) {
      const told = manifest.days.filter(({ day }) => missing.delete(day));
      words.push(...told.map((word) => ({ word, manifest: location })));
    }
    if (missing.size === 0) {
      break;
    }
  }
  return words;
}
