import type { Day, Instant } from '../api.ts';
import { isDay } from '../day-range.ts';
import { isJsonObject } from '../json-object.ts';
import { parseStatus } from './day-status.ts';

/** One entry of a job's details. Days and count may each be missing, even of a completed job. */
export interface StatusEntry {
  /** Twilio's spelling, or an unknown word. */
  status: string;
  count: number | null;
  /** As they came: whoever uses them checks them. */
  days: string[] | null;
}

/** A job, as far as Twilio tells. Every field of its answers may be null. */
export interface TwilioJob {
  jobSid: string | null;
  resourceType: string | null;
  friendlyName: string | null;
  startDay: string | null;
  endDay: string | null;
  details: StatusEntry[];
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  webhookUrl: string | null;
  webhookMethod: string | null;
  email: string | null;
}

/** What Twilio does by itself for a resource type. */
export interface TwilioConfiguration {
  enabled: boolean | null;
  webhookUrl: string | null;
  webhookMethod: string | null;
}

/** An entry of the Days list. */
export interface TwilioDay {
  day: string | null;
  /** Of the job that made it: the only link back. */
  friendlyName: string | null;
  /** The UTC day on which it was made. */
  createDay: Day | null;
  sizeBytes: number | null;
}

/** Reads a job, or null where the value is none. */
export function parseJob(value: unknown): TwilioJob | null {
  if (!isJsonObject(value)) {
    return null;
  }
  return {
    jobSid: parseJobSid(value['job_sid']),
    resourceType: parseText(value['resource_type']),
    friendlyName: parseText(value['friendly_name']),
    startDay: parseText(value['start_day']),
    endDay: parseText(value['end_day']),
    details: parseDetails(value['details']),
    jobQueuePosition: parseQueuePosition(value['job_queue_position']),
    estimatedCompletionTime: parseInstant(value['estimated_completion_time']),
    webhookUrl: parseGiven(value['webhook_url']),
    webhookMethod: parseGiven(value['webhook_method']),
    email: parseGiven(value['email']),
  };
}

/** Reads a configuration, or null where the value is none. */
export function parseConfiguration(value: unknown): TwilioConfiguration | null {
  if (!isJsonObject(value)) {
    return null;
  }
  const { enabled } = value;
  return {
    enabled: typeof enabled === 'boolean' ? enabled : null,
    webhookUrl: parseGiven(value['webhook_url']),
    webhookMethod: parseGiven(value['webhook_method']),
  };
}

/** Reads an entry of the Days list, or null where the value is none. */
export function parseDayEntry(value: unknown): TwilioDay | null {
  return isJsonObject(value)
    ? {
        day: parseText(value['day']),
        friendlyName: parseText(value['friendly_name']),
        createDay: parseDay(value['create_date']),
        sizeBytes: parseCount(value['size']),
      }
    : null;
}

/** Reads details in every form that is known: null, an empty list, a list, a single object. */
export function parseDetails(value: unknown): StatusEntry[] {
  const entries = Array.isArray(value) ? value : [value];
  return entries.flatMap((entry) => {
    if (!isJsonObject(entry)) {
      return [];
    }
    const status = parseText(entry['status']);
    return status === null
      ? []
      : [{ status: parseStatus(status), count: parseCount(entry['count']), days: parseDays(entry['days']) }];
  });
}

function parseDays(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((day) => typeof day === 'string') : null;
}

function parseCount(value: unknown): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function parseJobSid(value: unknown): string | null {
  return typeof value === 'string' && /^JS[0-9a-f]{32}$/i.test(value) ? value : null;
}

function parseText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What is not set is an empty text in a configuration, and null elsewhere. */
function parseGiven(value: unknown): string | null {
  return parseText(value) || null;
}

/** A date, with or without a time behind it. */
function parseDay(value: unknown): Day | null {
  const day = typeof value === 'string' ? value.slice(0, 'YYYY-MM-DD'.length) : null;
  return isDay(day) ? day : null;
}

function parseQueuePosition(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? text : null;
}

function parseInstant(value: unknown): Instant | null {
  if (typeof value !== 'string') {
    return null;
  }
  // Twilio states no time zone, and means UTC.
  const hasZone = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})$/i.test(value.trim());
  const atMs = Date.parse(hasZone ? value : `${value.trim().replace(' ', 'T')}Z`);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}
