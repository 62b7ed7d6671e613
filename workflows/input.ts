/**
 * The check of an export's input: every fault named at once, every default filled in. Pure, so that a caller is
 * refused before anything starts and the workflow once more, with the same words.
 */
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { z } from 'zod';
import type { ForeignFiles, PollIntervals, ResourceType, Webhook } from '../activities/api.ts';
import { addDays, countDays, DAY_MS, dayOf, isDay } from './calendar.ts';

/** `ExportJobInput` with its defaults, durations in milliseconds. */
export interface ResolvedExportJobInput {
  resourceType: ResourceType;
  startDay: string;
  endDay: string;
  friendlyName: string;
  webhook?: Webhook;
  email?: string;
  account: string;
  destination: string;
  reuse: 'never' | 'published' | 'available';
  maxConcurrentDownloads: number;
  deleteJob: boolean;
  resubmit: { maximumAttempts: number; cooldownMs: number };
  poll: PollIntervals;
  errorPatienceMs: number;
  timeoutMs: number;
  allowIncomplete: boolean;
  foreignFiles: ForeignFiles;
}

/** The input is not what `ExportJobInput` asks for. Nothing was started. */
export class InvalidExportInput extends Error {
  override readonly name = 'InvalidExportInput';
  /** One sentence a fault: field, expected, got. */
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The export was not started, its input is not valid: ${faults.join('; ')}.`);
    this.faults = faults;
  }
}

/** Twilio's limit: the daily quota counts requested days, and a job can not ask for more than the quota. */
export const MAXIMUM_DAYS = 366;

/**
 * Checks the input and fills in its defaults.
 *
 * @param nowMs decides what today is. Twilio decides in the end; near midnight a day is let through.
 * @throws {@link InvalidExportInput} naming every fault.
 */
export function parseExportJobInput(input: unknown, nowMs: number): ResolvedExportJobInput {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success)
    throw new InvalidExportInput(parsed.error.issues.flatMap((issue) => faultsOf(issue, input)));

  const { resubmit, poll, errorPatience, timeout, webhook, email, ...fields } = parsed.data;
  const { startDay, endDay, resourceType } = fields;
  const faults = [
    ...rangeFaults(startDay, endDay, nowMs),
    ...(poll.maximumInterval < poll.minimumInterval
      ? [
          `poll.maximumInterval must be at least poll.minimumInterval (${poll.minimumInterval} ms), got ${poll.maximumInterval} ms`,
        ]
      : []),
  ];
  if (faults.length > 0) throw new InvalidExportInput(faults);

  return {
    ...fields,
    friendlyName: fields.friendlyName ?? `${resourceType} ${startDay}..${endDay}`,
    ...(webhook && { webhook }),
    ...(email !== undefined && { email }),
    resubmit: { maximumAttempts: resubmit.maximumAttempts, cooldownMs: resubmit.cooldown },
    poll: { minimumIntervalMs: poll.minimumInterval, maximumIntervalMs: poll.maximumInterval },
    errorPatienceMs: errorPatience,
    timeoutMs: timeout,
  };
}

/** The end day must be two days old. This much before midnight Twilio's clock is asked instead of ours. */
const MIDNIGHT_LENIENCE_MS = 5 * 60_000;

function rangeFaults(startDay: string, endDay: string, nowMs: number): string[] {
  const days = countDays(startDay, endDay);
  if (days < 1) return [`startDay must be on or before endDay (${endDay}), got ${startDay}`];

  const faults: string[] = [];
  if (days > MAXIMUM_DAYS) {
    const split = addDays(startDay, MAXIMUM_DAYS - 1);
    faults.push(
      `endDay must be at most ${MAXIMUM_DAYS} days from startDay, both included, got ${days} days: split it, ` +
        `first ${startDay}..${split}, on another UTC day ${addDays(split, 1)}.. and so on`,
    );
  }
  const latest = addDays(dayOf(nowMs + MIDNIGHT_LENIENCE_MS), -2);
  if (endDay > latest)
    faults.push(
      `endDay must be at least two days before today (UTC), so ${latest} or earlier, got ${endDay}`,
    );
  return faults;
}

/**
 * A fault reads `field must be …, got …`: each schema carries the middle part as its message. A webhook's URL may
 * hold a secret, so it is never shown, nor is what may be one in the wrong place.
 */
function faultsOf(issue: z.core.$ZodIssue, input: unknown): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is not a field of the input`);
  const got = show(valueAt(input, issue.path), { mayBeUrl: issue.path[0] === 'webhook' });
  return [`${path || 'the input'} must be ${issue.message}, got ${got}`];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

function show(value: unknown, { mayBeUrl }: { mayBeUrl: boolean }): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  if (mayBeUrl || /https?:/i.test(text)) return 'something else, not shown';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function durationMs(value: number | string): number {
  try {
    return msToNumber(value as Duration);
  } catch {
    return Number.NaN;
  }
}

const text = (must: string, pattern: RegExp) => z.string(must).regex(pattern, must);

const wholeNumber = (minimum: number, maximum: number) => {
  const must = `a whole number from ${minimum} to ${maximum}`;
  return z.int(must).min(minimum, must).max(maximum, must);
};

const flag = () => z.boolean('true or false');

const day = () => {
  const must = 'a day of the calendar, written YYYY-MM-DD';
  return z.string(must).refine(isDay, must).meta({ format: 'date' });
};

const knownName = () =>
  text(
    'a name of 1 to 63 letters, digits, "-" and "_" that the worker knows',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  );

const duration = (minimumMs: number, maximumMs: number, limits: string, fallback: string) => {
  const must = `a duration of ${limits}: a text such as "10 minutes", or milliseconds`;
  // The JSON Schema says what a pattern can say of a text: a number and a unit.
  const written = z.string().meta({ pattern: '^\\d*\\.?\\d+ *[A-Za-z]*$' });
  return z
    .union([z.number().meta({ minimum: minimumMs, maximum: maximumMs }), written], must)
    .transform(durationMs)
    .refine((ms) => ms >= minimumMs && ms <= maximumMs, must)
    .prefault(fallback);
};

const pollInterval = (fallback: string) => duration(1_000, DAY_MS, '1 second to 1 day', fallback);

/** What can be said of an input without a calendar and a clock. The JSON Schema of the package is made of it, too. */
export const inputSchema = z.strictObject(
  {
    resourceType: z.enum(
      ['Messages', 'Calls', 'Conferences', 'Participants'],
      'one of "Messages", "Calls", "Conferences", "Participants"',
    ),
    startDay: day(),
    endDay: day(),
    friendlyName: text('a text of 1 to 200 characters without line breaks', /^[^\p{Cc}]{1,200}$/u).optional(),
    webhook: z
      .strictObject(
        {
          url: text('an http or https URL', /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s/?#]\S*$/),
          method: z.enum(['GET', 'POST'], '"GET" or "POST"'),
        },
        'an object with url and method',
      )
      .optional(),
    email: text('an e-mail address', /^[^\s@]+@[^\s@]+$/).optional(),
    account: knownName().default('default'),
    destination: knownName().default('default'),
    reuse: z
      .enum(['never', 'published', 'available'], 'one of "never", "published", "available"')
      .default('published'),
    maxConcurrentDownloads: wholeNumber(1, 50).default(4),
    deleteJob: flag().default(true),
    resubmit: z
      .strictObject(
        {
          maximumAttempts: wholeNumber(1, 20).default(3),
          cooldown: duration(0, 30 * DAY_MS, '0 to 30 days', '10 minutes'),
        },
        'an object',
      )
      .prefault({}),
    poll: z
      .strictObject(
        {
          minimumInterval: pollInterval('10 seconds'),
          maximumInterval: pollInterval('15 minutes'),
        },
        'an object',
      )
      .prefault({}),
    errorPatience: duration(1_000, 365 * DAY_MS, '1 second to 365 days', '24 hours'),
    timeout: duration(1_000, 365 * DAY_MS, '1 second to 365 days', '14 days'),
    allowIncomplete: flag().default(false),
    foreignFiles: z.enum(['accept', 'refuse'], 'one of "accept", "refuse"').default('accept'),
  },
  'a JSON object',
);
