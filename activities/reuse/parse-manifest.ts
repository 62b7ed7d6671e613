import type { Day, FileMaker, ResourceType } from '../api.ts';
import { isDay } from '../day-range.ts';
import { isJsonObject } from '../json-object.ts';
import { redactText } from '../redact.ts';
import { isResourceType } from '../resource-types.ts';
import type { DayProof } from '../storage/day-storage.ts';
import { showName } from '../twilio/listed-files.ts';
import { isAccountSid } from '../twilio/twilio-account.ts';

/** What a manifest says of the days that it has brought home. */
export interface EarlierManifest {
  accountSid: string;
  resourceType: ResourceType;
  days: EarlierDay[];
}

/** Its word on one day. Where the file lies is not among it: that follows from the day. */
export interface EarlierDay {
  day: Day;
  /** Null for an empty day. */
  proof: DayProof | null;
  jobSid: string | null;
  /** Missing where it was a job of the export that wrote this. */
  madeBy?: FileMaker;
}

/**
 * Reads a manifest that anybody may have written. Null for what is none, or of a version that is not known; a day of
 * which it says nothing that could be proven is left out.
 */
export function parseManifest(text: string): EarlierManifest | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || value['schemaVersion'] !== 1) {
    return null;
  }
  const { accountSid, resourceType, days } = value;
  const isWhole =
    typeof accountSid === 'string' &&
    isAccountSid(accountSid) &&
    typeof resourceType === 'string' &&
    isResourceType(resourceType) &&
    Array.isArray(days);
  return isWhole ? { accountSid, resourceType, days: days.flatMap((day) => parseDay(day) ?? []) } : null;
}

function parseDay(value: unknown): EarlierDay | null {
  if (!isJsonObject(value) || !isDay(value['day'])) {
    return null;
  }
  const { day, outcome, sizeBytes, records, sha256 } = value;
  const madeBy = parseMaker(value['madeBy']);
  if (madeBy === null) {
    return null;
  }
  const known = { day, jobSid: parseJobSid(value['jobSid']), ...(madeBy && { madeBy }) };
  if (outcome === 'empty') {
    return { ...known, proof: null };
  }
  const isProof = outcome === 'downloaded' && isCount(sizeBytes) && isCount(records) && isSha256(sha256);
  return isProof ? { ...known, proof: { sizeBytes, records, sha256 } } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function parseJobSid(value: unknown): string | null {
  return typeof value === 'string' && /^JS[0-9a-f]{32}$/i.test(value) ? value : null;
}

/** Null for what is none: then nobody knows whose the file is. */
function parseMaker(value: unknown): FileMaker | undefined | null {
  if (value === undefined) {
    return undefined;
  }
  if (!isJsonObject(value) || typeof value['friendlyName'] !== 'string') {
    return null;
  }
  const { friendlyName, createDate } = value;
  const isDated = createDate === null || isDay(createDate);
  return isDated ? { friendlyName: showName(friendlyName, redactText), createDate } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
