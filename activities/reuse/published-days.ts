import type { Day, PublishedDay, ResourceType } from '../api.ts';
import { inParallel } from '../in-parallel.ts';
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
  const found = await inParallel(
    await readNewestWords(input),
    settings.proofsAtOnce,
    async ({ word, manifest }) => {
      signal.throwIfAborted();
      const { day, proof, jobSid } = word;
      const known = { day, jobSid, reused: { from: 'published', manifest } as const };
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
