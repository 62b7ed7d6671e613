import type { Account } from './accounts.ts';
import { contentOf, plannedContent } from './day-content.ts';
import type { FileContent } from './day-content.ts';
import { dayRule } from './day-rules.ts';
import type { DayOccasion } from './day-rules.ts';
import { DAY_MS, durationMs } from './duration.ts';
import { makeFileBytes } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';
import { httpDate } from './http-date.ts';
import type { ResourceType } from './script.ts';
import type { World } from './world.ts';

/** One generation of a day's file. It belongs to the account and the day, not to the job that caused it. */
export interface DayFile {
  number: number;
  resourceType: ResourceType;
  day: string;
  /** Of the job that caused it; null where it was made by itself. */
  friendlyName: string | null;
  generatedAtMs: number;
  /** As HTTP writes it. */
  lastModified: string;
  content: FileContent;
  /** Compressed and ready to be served; some 60 kB, of whatever size the file is. */
  bytes: FileBytes;
}

/** A day that has just completed, or will. */
export interface CompletedDay {
  occasion: DayOccasion;
  status: string;
  completedAtMs: number;
  friendlyName: string | null;
}

/** Files disappear after seven days. */
const FILE_LIFETIME_MS = 7 * DAY_MS;

/** Puts the day's file, where it has one, onto the shelf when its time has come; tells of it then. */
export function scheduleDayFile(
  world: World,
  account: Account,
  { occasion, status, completedAtMs, friendlyName }: CompletedDay,
  on: { isStillTrue: () => boolean; generated?: () => void },
): void {
  const delayMs = durationMs(dayRule(world.script, occasion).fileDelay, 0);
  world.clock.schedule(completedAtMs + delayMs, () => {
    const content = on.isStillTrue() ? contentOf(world, occasion, status) : null;
    if (content !== null) {
      const { resourceType, day } = occasion;
      shelve(world, account, { resourceType, day, friendlyName, content });
      on.generated?.();
    }
  });
}

function shelve(
  world: World,
  account: Account,
  of: Pick<DayFile, 'resourceType' | 'day' | 'friendlyName' | 'content'>,
): void {
  const generatedAtMs = world.clock.now();
  const file: DayFile = {
    ...of,
    number: world.nextNumber(`files of ${account.accountSid}`),
    generatedAtMs,
    lastModified: httpDate(generatedAtMs),
    bytes: makeBytes(world, account, of),
  };
  forgetExpired(world, account);
  account.files.push(file);
  account.latestFiles.set(keyOf(file), file);
}

/** They stand in the order of their generation, so the expired ones are in front. */
function forgetExpired(world: World, { files, latestFiles }: Account): void {
  const oldestMs = world.clock.now() - FILE_LIFETIME_MS;
  const kept = files.findIndex(({ generatedAtMs }) => generatedAtMs > oldestMs);
  for (const expired of files.splice(0, kept === -1 ? files.length : kept)) {
    if (latestFiles.get(keyOf(expired)) === expired) {
      latestFiles.delete(keyOf(expired));
    }
  }
}

/** The files of a type that are still there, in the order of their generation: one day may come twice. */
export function listedFiles(world: World, account: Account, resourceType: ResourceType): DayFile[] {
  const oldestMs = world.clock.now() - FILE_LIFETIME_MS;
  return account.files.filter((file) => file.resourceType === resourceType && file.generatedAtMs > oldestMs);
}

/** The file that the day has now: the latest that was generated. */
export function currentFile(
  world: World,
  account: Account,
  of: Pick<DayFile, 'resourceType' | 'day'>,
): DayFile | undefined {
  const latest = account.latestFiles.get(keyOf(of));
  const isThere = latest !== undefined && latest.generatedAtMs > world.clock.now() - FILE_LIFETIME_MS;
  return isThere ? latest : undefined;
}

function keyOf({ resourceType, day }: Pick<DayFile, 'resourceType' | 'day'>): string {
  return `${resourceType} ${day}`;
}

/** The file that the day will have, by the script; null where it will have none. */
export function plannedFile(world: World, account: Account, occasion: DayOccasion): FileBytes | null {
  const content = plannedContent(world, occasion);
  return content && makeBytes(world, account, { ...occasion, content });
}

/** What a changed file adds to its version: no script reaches so far. */
const CHANGED_VERSIONS = 1_000_000;

/** Gives the file other bytes, as of now. */
export function changeFile(world: World, account: Account, file: DayFile): void {
  const { amount, version } = file.content;
  file.content = { amount, version: version + CHANGED_VERSIONS };
  file.lastModified = httpDate(world.clock.now());
  file.bytes = makeBytes(world, account, file);
}

function makeBytes(
  { seed }: World,
  { accountSid }: Account,
  { resourceType, day, content }: Pick<DayFile, 'resourceType' | 'day' | 'content'>,
): FileBytes {
  return makeFileBytes({ seed, accountSid, resourceType, day, version: content.version }, content.amount);
}
