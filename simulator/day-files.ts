import type { Account } from './accounts.ts';
import { isFinal, planDayLife } from './day-life.ts';
import { dayRule } from './day-rules.ts';
import type { DayOccasion } from './day-rules.ts';
import { DAY_MS } from './duration.ts';
import { makeFileBytes } from './file-bytes.ts';
import type { FileAmount, FileBytes } from './file-bytes.ts';
import { fractionOf } from './random.ts';
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
  /** The same instant as HTTP writes it. */
  lastModified: string;
  content: FileContent;
}

/** What a file is made of. */
export interface FileContent {
  amount: FileAmount;
  version: number;
}

/** Files disappear after seven days. */
const FILE_LIFETIME_MS = 7 * DAY_MS;

/** So many compressed files are kept; a file of any size takes some 60 kB. */
const COMPRESSED_FILES = 2000;

/** Puts the file of a day that has just completed onto the shelf, compressed and ready to be served. */
export function generateDayFile(input: {
  world: World;
  account: Account;
  occasion: DayOccasion;
  status: string;
  friendlyName: string | null;
}): void {
  const { world, account, occasion, friendlyName } = input;
  const content = contentOf(world, occasion, input.status);
  if (content === null) {
    return;
  }
  const { resourceType, day } = occasion;
  const generatedAtMs = world.clock.now();
  const file: DayFile = {
    number: world.nextNumber(),
    resourceType,
    day,
    friendlyName,
    generatedAtMs,
    lastModified: new Date(generatedAtMs).toUTCString(),
    content,
  };
  fileBytes({ world, account, file });
  forgetExpired(world, account.files);
  account.files.push(file);
  account.latestFiles.set(keyOf(file), file);
}

/** They stand in the order of their generation, so the expired ones are in front. */
function forgetExpired(world: World, files: DayFile[]): void {
  const oldestMs = world.clock.now() - FILE_LIFETIME_MS;
  const expired = files.findIndex(({ generatedAtMs }) => generatedAtMs > oldestMs);
  files.splice(0, expired === -1 ? files.length : expired);
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

/** The bytes of a file, compressed once. */
export function fileBytes(input: {
  world: World;
  account: Account;
  file: Pick<DayFile, 'resourceType' | 'day' | 'content'>;
}): FileBytes {
  const { world, account, file } = input;
  const { amount, version } = file.content;
  const { accountSid } = account;
  const { resourceType, day } = file;
  const key = `${accountSid} ${resourceType} ${day} ${version} ${nameOf(amount)}`;
  const known = world.compressed.get(key);
  if (known !== undefined) {
    return known;
  }
  const bytes = makeFileBytes({ seed: world.seed, accountSid, resourceType, day, version }, amount);
  world.compressed.set(key, bytes);
  const oldest = world.compressed.keys().next().value;
  if (world.compressed.size > COMPRESSED_FILES && oldest !== undefined) {
    world.compressed.delete(oldest);
  }
  return bytes;
}

/** Tells amounts apart, in a fraction of the time that JSON takes. */
function nameOf(amount: FileAmount): string {
  if (amount === 'zeroBytes') {
    return amount;
  }
  return 'records' in amount ? `${amount.records} records` : `${amount.sizeBytes} bytes`;
}

/** The status with which a day ends, by the script. */
export function plannedStatus(world: World, occasion: DayOccasion): string {
  const { script, seed } = world;
  return planDayLife({ script, seed, occasion, index: 0, createdAtMs: 0 }).at(-1)?.status ?? 'Completed';
}

/** What the day's file will be made of, by the script; null where there will be none. */
export function plannedContent(world: World, occasion: DayOccasion): FileContent | null {
  const status = plannedStatus(world, occasion);
  return completes(status) ? contentOf(world, occasion, status) : null;
}

/** Whether a day with this status has a file, or an empty day's stand-in for one. */
export function completes(status: string): boolean {
  return isFinal(status) && status.toLowerCase().startsWith('completed');
}

function contentOf(world: World, occasion: DayOccasion, status: string): FileContent | null {
  const rule = dayRule(world.script, occasion);
  const isEmpty = status.toLowerCase() === 'completedemptyrecords' || rule.records === 0;
  const version = rule.version ?? 1;
  switch (rule.file ?? (isEmpty ? 'emptyFile' : 'records')) {
    case 'records': {
      if (rule.sizeBytes !== undefined) {
        return { amount: { sizeBytes: rule.sizeBytes }, version };
      }
      const usual =
        40 + Math.floor(fractionOf(world.seed, 'records', occasion.resourceType, occasion.day) * 120);
      return { amount: { records: rule.records ?? usual }, version };
    }
    case 'emptyFile':
      return { amount: { records: 0 }, version };
    case 'zeroBytes':
      return { amount: 'zeroBytes', version };
    case 'missing':
      return null;
  }
}
