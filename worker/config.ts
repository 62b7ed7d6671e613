import { readFileSync } from 'node:fs';
import type { Duration } from '@temporalio/common';
import {
  API_URL_RULE,
  PUBLIC_URL_RULE,
  QUOTA_DAY,
  readApiUrl,
  readPublicUrl,
  STALL_TIMEOUT,
} from '../activities/for-worker.ts';
import {
  DEFAULT_DOWNLOAD_SLOTS,
  DEFAULT_REQUESTS_PER_ACCOUNT,
  type IsQuotaRejection,
  type SpoolOptions,
  TWILIO_BULKEXPORTS_URL,
  type TwilioAccount,
} from '../activities/index.ts';
import { DEFAULT_TASK_QUEUE } from '../workflows/api.ts';
import type { Environment, ReadFile } from './environment.ts';
import { type ListenAddress, readListenAddress } from './listen-address.ts';
import type { LogFormat } from './logs/log-format.ts';
import { readAccounts } from './read-accounts.ts';
import { readDestinations } from './read-destinations.ts';
import { type MetricsTarget, readMetricsTarget } from './read-metrics-target.ts';
import {
  readActivitiesPerSecond,
  readDurationVariable,
  readLogFormat,
  readQuotaRejection,
  readWholeNumber,
} from './read-settings.ts';
import { readSpool } from './read-spool.ts';

/**
 * What a worker runs with: checked, every default filled in. It holds credentials: do not log it.
 *
 * @example
 * ```ts
 * const { taskQueue, destinations }: WorkerConfig = readWorkerConfig();
 * console.log(`Exports of the task queue ${taskQueue} go to`, destinations);
 * ```
 */
export interface WorkerConfig {
  taskQueue: string;
  /** By the names that callers use. */
  accounts: Record<string, TwilioAccount>;
  /** URLs by the names that callers use. */
  destinations: Record<string, string>;
  /** Where days lie on their way to a destination that is no disk. */
  spool: SpoolOptions;
  /** The origin of the Bulk Exports API. */
  twilioUrl: string;
  /** Where Twilio reaches the webhook receiver; undefined for none. */
  publicUrl: string | undefined;
  /** How many days this process fetches at a time. */
  downloadSlots: number;
  /** How many requests of one account this process has under way at Twilio at once. */
  requestsPerAccount: number;
  /** How many activities a second the whole task queue gives out, over all its workers; undefined for no limit. */
  activitiesPerSecond: number | undefined;
  /** How long a download may bring no bytes. */
  stallTimeout: Duration;
  /** How a spent quota is told from other refusals. */
  isQuotaRejection: IsQuotaRejection;
  /** How long one of Twilio's quotas holds. */
  quotaDay: Duration;
  /** How the log is written. */
  logFormat: LogFormat;
  /** Where probes are answered; undefined for nowhere. */
  healthAddress: ListenAddress | undefined;
  /** Where the metrics go; undefined for nowhere. */
  metrics: MetricsTarget | undefined;
}

/**
 * The configuration can not be used.
 *
 * @example
 * ```ts
 * try {
 *   readWorkerConfig();
 * } catch (error) {
 *   if (!(error instanceof InvalidWorkerConfig)) throw error;
 *   for (const fault of error.faults) console.error(fault);
 * }
 * ```
 */
export class InvalidWorkerConfig extends Error {
  override readonly name = 'InvalidWorkerConfig';
  /** One sentence a fault: variable, expected, got. Never a credential. */
  readonly faults: string[];

  constructor(faults: string[]) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    super(`Could not read the configuration of the worker. Expected other environment variables:${list}`);
    this.faults = faults;
  }
}

/** More open files and connections than this belong into several processes. */
const DOWNLOAD_SLOTS = { fallback: DEFAULT_DOWNLOAD_SLOTS, maximum: 200 };
/** No account is known to be allowed more at once. */
const REQUESTS_PER_ACCOUNT = { fallback: DEFAULT_REQUESTS_PER_ACCOUNT, maximum: 100 };

/**
 * Reads the whole configuration of a worker from the environment: README lists the variables.
 *
 * @throws {@link InvalidWorkerConfig} that names every fault at once.
 *
 * @example
 * ```ts
 * const plugin = new BulkExportsPlugin(readWorkerConfig());
 * ```
 */
export function readWorkerConfig(
  env: Environment = process.env,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): WorkerConfig {
  const faults: string[] = [];
  const config = {
    taskQueue: readTaskQueue(env, faults),
    accounts: readAccounts(env, readFile, faults),
    destinations: readDestinations(env, faults),
    spool: readSpool(env, faults),
    twilioUrl: readTwilioUrl(env, faults),
    publicUrl: readReceiverUrl(env, faults),
    downloadSlots: readWholeNumber(env, 'BULK_EXPORTS_DOWNLOAD_SLOTS', DOWNLOAD_SLOTS, faults),
    requestsPerAccount: readWholeNumber(
      env,
      'BULK_EXPORTS_REQUESTS_PER_ACCOUNT',
      REQUESTS_PER_ACCOUNT,
      faults,
    ),
    activitiesPerSecond: readActivitiesPerSecond(env, faults),
    stallTimeout: readDurationVariable(env, 'BULK_EXPORTS_STALL_TIMEOUT', STALL_TIMEOUT, faults),
    isQuotaRejection: readQuotaRejection(env, faults),
    quotaDay: readDurationVariable(env, 'BULK_EXPORTS_QUOTA_DAY', QUOTA_DAY, faults),
    logFormat: readLogFormat(env, faults),
    healthAddress: readListenAddress(env, 'BULK_EXPORTS_HEALTH_ADDRESS', { examplePort: 8081 }, faults),
    metrics: readMetricsTarget(env, faults),
  };
  faults.push(...misspelt(env));
  if (faults.length > 0) throw new InvalidWorkerConfig(faults);
  return config;
}

/** Secrets of the environment that others than we read there: Temporal's and the buckets'. For the log to leave out. */
export function readOtherSecrets(env: Environment = process.env): string[] {
  return ['TEMPORAL_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].flatMap(
    (name) => env[name] || [],
  );
}

/** Temporal's own limit of a name. */
const TASK_QUEUE_LIMIT_CHARACTERS = 1_000;

function readTaskQueue(env: Environment, faults: string[]): string {
  const name = env['BULK_EXPORTS_TASK_QUEUE'] || DEFAULT_TASK_QUEUE;
  if (name.trim() !== name || /\p{Cc}/u.test(name) || name.length > TASK_QUEUE_LIMIT_CHARACTERS) {
    faults.push(
      `BULK_EXPORTS_TASK_QUEUE must be a name of at most ${TASK_QUEUE_LIMIT_CHARACTERS} characters ` +
        `without blanks around it and without control characters, got ${JSON.stringify(name.slice(0, 80))}`,
    );
  }
  return name;
}

function readTwilioUrl(env: Environment, faults: string[]): string {
  const text = env['TWILIO_BULKEXPORTS_URL'] || TWILIO_BULKEXPORTS_URL;
  const read = readApiUrl(text);
  if ('url' in read) return read.url.origin;
  faults.push(`TWILIO_BULKEXPORTS_URL must be ${API_URL_RULE}, ${read.fault}`);
  return text;
}

function readReceiverUrl(env: Environment, faults: string[]): string | undefined {
  const text = env['BULK_EXPORTS_PUBLIC_URL'] || undefined;
  if (text === undefined) return undefined;
  const read = readPublicUrl(text);
  if ('fault' in read) faults.push(`BULK_EXPORTS_PUBLIC_URL must be ${PUBLIC_URL_RULE}, ${read.fault}`);
  return text;
}

const KNOWN_VARIABLES = [
  'BULK_EXPORTS_ACCOUNTS',
  'BULK_EXPORTS_ACTIVITIES_PER_SECOND',
  'BULK_EXPORTS_DESTINATIONS',
  'BULK_EXPORTS_DOWNLOAD_SLOTS',
  'BULK_EXPORTS_HEALTH_ADDRESS',
  'BULK_EXPORTS_LOG_FORMAT',
  'BULK_EXPORTS_METRICS_ADDRESS',
  'BULK_EXPORTS_OTLP_ENDPOINT',
  'BULK_EXPORTS_PUBLIC_URL',
  'BULK_EXPORTS_QUOTA_DAY',
  'BULK_EXPORTS_QUOTA_REJECTION',
  'BULK_EXPORTS_REQUESTS_PER_ACCOUNT',
  'BULK_EXPORTS_SPOOL',
  'BULK_EXPORTS_SPOOL_LIMIT',
  'BULK_EXPORTS_STALL_TIMEOUT',
  'BULK_EXPORTS_TASK_QUEUE',
];

/** A misspelt variable would leave a default in force without a word. */
function misspelt(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('BULK_EXPORTS_') && env[name] && !KNOWN_VARIABLES.includes(name))
    .map((name) => `${name} is not a variable of the worker, expected one of ${KNOWN_VARIABLES.join(', ')}`);
}
