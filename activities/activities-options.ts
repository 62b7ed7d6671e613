import type { Duration } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import { API_URL_RULE, readApiUrl } from './api-url.ts';
import type { DurationRule } from './durations.ts';
import { QUOTA_DAY, readDuration, STALL_TIMEOUT } from './durations.ts';
import { isJsonObject } from './json-object.ts';
import type { ActivitySettings } from './settings.ts';
import { defaultSettings } from './settings.ts';
import type { DayStorage } from './storage/day-storage.ts';
import type { IsQuotaRejection } from './twilio/quota-rejection.ts';
import { isQuotaRejection } from './twilio/quota-rejection.ts';
import type { TwilioAccount } from './twilio/twilio-account.ts';
import { isAccountSid } from './twilio/twilio-account.ts';
import { PUBLIC_URL_RULE, readPublicUrl } from './webhook-url.ts';

/**
 * Twilio's own address: there is one region, and no edge changes it.
 *
 * @example
 * ```ts
 * const twilioUrl = process.env['TWILIO_BULKEXPORTS_URL'] ?? TWILIO_BULKEXPORTS_URL;
 * ```
 */
export const TWILIO_BULKEXPORTS_URL = 'https://bulkexports.twilio.com';

/**
 * How many days one worker fetches at once, where nobody says otherwise: two exports that fetch four days each. A slot
 * holds a few megabytes.
 *
 * @example
 * ```ts
 * // A Worker of one's own has to have more places for activities than twice the slots.
 * const maxConcurrentActivityTaskExecutions = 2 * DEFAULT_DOWNLOAD_SLOTS + 100;
 * ```
 */
export const DEFAULT_DOWNLOAD_SLOTS = 8;

/**
 * How many requests of one account one worker has under way at Twilio, where nobody says otherwise: as many as days are
 * fetched at once, each of which begins with one request. Twilio's limit is of the account, for all its programs
 * together, and not public: more of it is theirs.
 *
 * @example
 * ```ts
 * const requestsPerAccount = DEFAULT_REQUESTS_PER_ACCOUNT / 2; // of each of two workers
 * ```
 */
export const DEFAULT_REQUESTS_PER_ACCOUNT = 8;

/**
 * What the activities of one worker are made of.
 *
 * @example
 * ```ts
 * const options: CreateActivitiesOptions = {
 *   accounts,
 *   destinations: { default: createFileStorage('file:///srv/exports') },
 *   downloadSlots: 4,
 *   stallTimeout: '2 minutes',
 * };
 * ```
 */
export interface CreateActivitiesOptions {
  /** By the names that callers use. A caller never sends a credential. */
  accounts: Record<string, TwilioAccount>;
  /** By the names that callers use. A caller never sends a path. */
  destinations: Record<string, DayStorage>;
  /** Default {@link TWILIO_BULKEXPORTS_URL}. Plain http only to this machine. */
  twilioUrl?: string;
  /**
   * Where Twilio reaches the webhook receiver of `temporal-bulk-exports/client`, as the receiver's own `publicUrl`:
   * exports without a `webhook` in their input then have Twilio call it. Default: no webhook.
   */
  publicUrl?: string;
  /** How many days one worker fetches at once, over all exports. Default {@link DEFAULT_DOWNLOAD_SLOTS}. */
  downloadSlots?: number;
  /**
   * How many requests of one account one worker has under way at Twilio at once, under however many names it knows
   * the account; the others wait, in order. Default {@link DEFAULT_REQUESTS_PER_ACCOUNT}.
   */
  requestsPerAccount?: number;
  /** How long a download may bring no bytes before it is given up and tried again. Default `60 seconds`. */
  stallTimeout?: Duration;
  /** How long one of Twilio's quotas holds, counted from 1970 on. Default `1 day`, which is a day of UTC. */
  quotaDay?: Duration;
  /** Overrides of the tuning numbers, for tests. */
  settings?: Partial<ActivitySettings>;
  /**
   * Carries all requests in place of own agents, for example through a proxy, and is not closed here. Whether a
   * name leads to a private address is then for it to see.
   */
  dispatcher?: Dispatcher;
  /**
   * Tells a spent quota, which a new day mends, from a refusal that is final: Twilio's form of it is not public.
   * Default {@link isQuotaRejection}.
   */
  isQuotaRejection?: IsQuotaRejection;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

/** The options with every default filled in. */
export interface ActivitiesOptions extends Omit<
  CreateActivitiesOptions,
  'twilioUrl' | 'publicUrl' | 'stallTimeout' | 'quotaDay'
> {
  apiUrl: URL;
  publicUrl: URL | null;
  downloadSlots: number;
  requestsPerAccount: number;
  settings: ActivitySettings;
  isQuotaRejection: IsQuotaRejection;
  random: () => number;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws a `TypeError` that names every faulty option at once, and no credential.
 */
export function readActivitiesOptions(options: CreateActivitiesOptions): ActivitiesOptions {
  const {
    twilioUrl = TWILIO_BULKEXPORTS_URL,
    publicUrl,
    downloadSlots = DEFAULT_DOWNLOAD_SLOTS,
    requestsPerAccount = DEFAULT_REQUESTS_PER_ACCOUNT,
    stallTimeout,
    quotaDay,
    ...rest
  } = options;
  const read = readApiUrl(twilioUrl);
  const called = publicUrl === undefined ? { url: null } : readPublicUrl(publicUrl);
  const faults: string[] = [];
  const stallMs = takeDuration('stallTimeout', stallTimeout, STALL_TIMEOUT, faults);
  const quotaDayMs = takeDuration('quotaDay', quotaDay, QUOTA_DAY, faults);
  faults.push(
    ...findAccountFaults(options.accounts),
    ...findDestinationFaults(options.destinations),
    ...('fault' in read ? [`twilioUrl must be ${API_URL_RULE}, ${read.fault}`] : []),
    ...('fault' in called ? [`publicUrl must be ${PUBLIC_URL_RULE}, ${called.fault}`] : []),
    ...findCountFaults({ downloadSlots, requestsPerAccount }),
  );
  if ('fault' in read || 'fault' in called || faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    throw new TypeError(`Could not create the activities. Expected other options:${list}`);
  }
  return {
    ...rest,
    apiUrl: read.url,
    publicUrl: called.url,
    downloadSlots,
    requestsPerAccount,
    settings: { ...defaultSettings, stallMs, quotaDayMs, ...options.settings },
    isQuotaRejection: options.isQuotaRejection ?? isQuotaRejection,
    random: options.random ?? Math.random,
  };
}

/** The compiler does not see what a JavaScript caller, or a variable that is not set, leaves out. */
function findAccountFaults(accounts: unknown): string[] {
  if (!isJsonObject(accounts) || Object.keys(accounts).length === 0) {
    return ['accounts must hold at least one account by its name, got none'];
  }
  return Object.entries(accounts).flatMap(([name, account]) => findFieldFaults(`accounts.${name}`, account));
}

function findFieldFaults(called: string, account: unknown): string[] {
  const { accountSid, username, password } = isJsonObject(account) ? account : {};
  const sidFaults =
    typeof accountSid === 'string' && isAccountSid(accountSid)
      ? []
      : [`${called}.accountSid must be AC and 32 hex digits, got ${shapeOf(accountSid)}`];
  const textFaults = Object.entries({ username, password })
    .filter(([, value]) => typeof value !== 'string' || value === '')
    .map(([field, value]) => `${called}.${field} must be a text that is not empty, got ${shapeOf(value)}`);
  return sidFaults.concat(textFaults);
}

function findDestinationFaults(destinations: unknown): string[] {
  return isJsonObject(destinations) && Object.keys(destinations).length > 0
    ? []
    : ['destinations must hold at least one destination by its name, got none'];
}

function takeDuration(
  name: string,
  duration: Duration | undefined,
  rule: DurationRule,
  faults: string[],
): number {
  const ms = readDuration(duration ?? rule.fallback, rule);
  if (ms === null) {
    faults.push(`${name} must be ${rule.words}, got ${JSON.stringify(duration)}`);
  }
  return ms ?? 0;
}

function findCountFaults(counts: Record<string, number>): string[] {
  return Object.entries(counts)
    .filter(([, count]) => !Number.isSafeInteger(count) || count < 1)
    .map(([name, count]) => `${name} must be a whole number of at least 1, got ${count}`);
}

/** Says what came without saying it: a token in the wrong field is still a token. */
function shapeOf(value: unknown): string {
  if (value === '') {
    return 'an empty text';
  }
  return typeof value === 'string' ? 'another text' : value === undefined ? 'nothing' : `a ${typeof value}`;
}
