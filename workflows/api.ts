/**
 * The public contract of the workflow `exportJob`: its names, its input, what it tells while it runs and what
 * it ends with. Callers in other languages use the same names and the same JSON.
 */
import type { Duration } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type {
  Day,
  DayRange,
  ExportedDay,
  ExportedJob,
  ExportTotals,
  ForeignFiles,
  Instant,
  ResourceType,
  Webhook,
} from '../activities/api.ts';

export type {
  Day,
  DayOutcome,
  DayRange,
  ExportedDay,
  ExportedJob,
  ExportManifest,
  ExportTotals,
  FileMaker,
  ForeignFiles,
  Instant,
  JobFate,
  JobSighting,
  ResourceType,
  ReusedDay,
  TwilioDayStatus,
  Webhook,
} from '../activities/api.ts';

/**
 * The workflow type on the wire: what starts an export by its name, where the code of the workflow is not imported.
 *
 * @example
 * ```ts
 * await client.workflow.start(EXPORT_JOB_WORKFLOW_TYPE, { args: [input], taskQueue: 'bulk-exports', workflowId });
 * ```
 */
export const EXPORT_JOB_WORKFLOW_TYPE = 'exportJob';

/**
 * The task queue where workers of this package listen unless they are told otherwise: `bulk-exports`.
 *
 * @example
 * ```ts
 * await client.workflow.start('exportJob', { args: [input], taskQueue: DEFAULT_TASK_QUEUE, workflowId });
 * ```
 */
export const DEFAULT_TASK_QUEUE = 'bulk-exports';

/**
 * What to export, and how patient to be. Only the first three are required. Unknown fields are refused.
 *
 * @example
 * ```ts
 * const input: ExportJobInput = {
 *   resourceType: 'Messages',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   destination: 'archive',
 *   resubmit: { maximumAttempts: 5, cooldown: '30 minutes' },
 *   timeout: '7 days',
 * };
 * ```
 */
export interface ExportJobInput {
  resourceType: ResourceType;
  /** The first day, `YYYY-MM-DD`, UTC. */
  startDay: Day;
  /** The last day, included; at most 366 days from the first, and at least two days before today (UTC). */
  endDay: Day;
  /** Default `{resourceType} {startDay}..{endDay}`. A marker is appended by which the job is found again. */
  friendlyName?: string;
  /**
   * Handed to Twilio: called when a job is over. A hint to look now; nothing depends on it. Default: the receiver that
   * the worker knows of by its `BULK_EXPORTS_PUBLIC_URL`, if any.
   */
  webhook?: Webhook;
  /** Handed to Twilio: told when a job is over. */
  email?: string;
  /** The name of an account that the worker knows. Default `default`. */
  account?: string;
  /** The name of a destination that the worker knows. Default `default`. */
  destination?: string;
  /**
   * Which days need no job, as they are there already: with `published`, the default, those that an earlier manifest
   * of the destination proves and that still lie there; with `available` also those whose files still lie at Twilio,
   * whichever job has made them.
   */
  reuse?: 'never' | 'published' | 'available';
  /** How many days are fetched at a time, 1 to 50. Default 4. */
  maxConcurrentDownloads?: number;
  /** Whether the jobs are deleted at Twilio at the end. Default true. */
  deleteJob?: boolean;
  resubmit?: {
    /** In how many submissions one day may be, the first included, 1 to 20. Default 3. */
    maximumAttempts?: number;
    /** How long a failed day waits before it is submitted again. Default `10 minutes`. */
    cooldown?: Duration;
  };
  poll?: {
    /** Default `10 seconds`. */
    minimumInterval?: Duration;
    /** Default `15 minutes`. */
    maximumInterval?: Duration;
  };
  /** How long a day may stay in ErrorDuringRun before it counts as failed. Default `24 hours`. */
  errorPatience?: Duration;
  /** For the whole export; then it fails with `ExportTimedOut`. Default `14 days`. */
  timeout?: Duration;
  /** Whether an export with failed days completes, with outcome `incomplete`, instead of failing. Default false. */
  allowIncomplete?: boolean;
  /**
   * What is done with a day whose file was made by another job than those of the export: it is taken, and the result
   * says who made it; or it is not, and the day goes out again. Default `accept`.
   */
  foreignFiles?: ForeignFiles;
}

/**
 * How an export ended: every requested day once, in order, with exactly one outcome.
 *
 * @example
 * ```ts
 * const lostDays = ({ days }: ExportJobResult) =>
 *   days.filter(({ outcome }) => outcome === 'failed' || outcome === 'deleted').map(({ day }) => day);
 * ```
 */
export interface ExportJobResult {
  outcome: 'complete' | 'incomplete' | 'cancelled';
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  days: ExportedDay[];
  jobs: ExportedJob[];
  totals: ExportTotals;
  /** Where the manifest lies; null where it could not be written. */
  manifest: string | null;
  /** What clean-up could not do within its hour, a sentence each. */
  notCleaned: string[];
  /** The reason that the caller gave for the cancel. */
  cancelReason?: string;
}

/**
 * What the export is doing, or how it ended: the last four are ends.
 *
 * @example
 * ```ts
 * const isOver = (phase: ExportPhase) => ['complete', 'incomplete', 'cancelled', 'failed'].includes(phase);
 * ```
 */
export type ExportPhase =
  | 'creating'
  | 'waiting'
  | 'downloading'
  | 'waitingForQuota'
  | 'cleaning'
  | 'complete'
  | 'incomplete'
  | 'cancelled'
  | 'failed';

/**
 * The answer to the query `progress`.
 *
 * @example
 * ```ts
 * const { phase, days, problems }: ExportProgress = await client.workflow.getHandle(workflowId).query('progress');
 * console.log(`${phase}: ${days.downloaded + days.empty} of ${days.total} days`, problems);
 * ```
 */
export interface ExportProgress {
  phase: ExportPhase;
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  /** How many: all that were asked for, and those that have each outcome. */
  days: {
    total: number;
    downloaded: number;
    empty: number;
    failed: number;
    deleted: number;
    /** Of the downloaded and empty ones, those that were there already. */
    reused: number;
    /** Twilio's statuses of the days that have no outcome yet. `NotSubmitted`: no job is asked for them now. */
    byStatus: Record<string, number>;
  };
  /** Of the gzip files of the downloaded days. */
  sizeBytes: number;
  /** JSON lines of the downloaded days. */
  records: number;
  jobs: ExportJobProgress[];
  problems: ExportProblem[];
  /** Null until the end, then the whole result, also after *Canceled* and after a failure with a result. */
  result: ExportJobResult | null;
}

/**
 * One job at Twilio, as of the last change.
 *
 * @example
 * ```ts
 * const job: ExportJobProgress = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   byStatus: { Completed: 28, Running: 2 },
 *   jobQueuePosition: null,
 *   estimatedCompletionTime: '2026-11-02T10:30:00.000Z',
 *   asOf: '2026-11-02T10:12:31.000Z',
 * };
 * ```
 */
export interface ExportJobProgress {
  jobSid: string;
  startDay: Day;
  endDay: Day;
  /** How many of its days are in each of Twilio's statuses. */
  byStatus: Record<string, number>;
  /** A whole number, written as a text. */
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  /** By Twilio's clock; null before the first look. */
  asOf: Instant | null;
}

/**
 * Something that a person should know.
 *
 * @example
 * ```ts
 * const line = ({ since, day, problem }: ExportProblem) => `${since} ${day ?? 'the export'}: ${problem}`;
 * ```
 */
export interface ExportProblem {
  /** A sentence: what is wrong and what to do. */
  problem: string;
  since: Instant;
  day?: DayRange;
  jobSid?: string;
  /** Of files that are still to be fetched and have less than a day left: until when Twilio keeps them, at least. */
  expiresAt?: Instant;
  /** Of what is no fault but a wait by plan, for the quota of the next day: when it goes on by itself. */
  resumesAt?: Instant;
}

/**
 * The argument of the signal `cancel`. Everything is optional, the argument itself too.
 *
 * @example
 * ```ts
 * const wish: CancelInput = { reason: 'wrong month', deleteJob: false };
 * await handle.cancel(wish);
 * ```
 */
export interface CancelInput {
  /** Kept in the result. */
  reason?: string;
  /** Overrides the input's `deleteJob`. */
  deleteJob?: boolean;
}

/**
 * The signal `cancel`: stops the export, cleans up at Twilio, and lets it complete with outcome `cancelled`. Sent once
 * more, it changes nothing.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(cancelSignal, { reason: 'wrong month' });
 * ```
 */
export const cancelSignal = defineSignal<[CancelInput?]>('cancel');

/**
 * The signal `checkNow`: look at Twilio now, not when the next look is due. Several at once are one look.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(checkNowSignal);
 * ```
 */
export const checkNowSignal = defineSignal('checkNow');

/**
 * The query `progress`: how far the export is, also after its end.
 *
 * @example
 * ```ts
 * const { phase, days } = await client.workflow.getHandle(workflowId).query(progressQuery);
 * ```
 */
export const progressQuery = defineQuery<ExportProgress>('progress');

/**
 * What a failure of the workflow says beside its message: its type, and the list of details that the engine keeps, as
 * it arrives in every language.
 *
 * @example
 * ```ts
 * const daysToMend = (failure: ExportFailure) =>
 *   failure.type === 'ExportIncomplete' ? failure.details[0].totals.failed : 0;
 * ```
 */
export type ExportFailure =
  | { type: 'InvalidInput'; details: [InvalidInputDetails] | [RefusedDetails] }
  | { type: 'ExportRejected'; details: [RefusedDetails] }
  | { type: 'AuthenticationRejected'; details: [RefusedDetails] }
  | { type: 'StorageRejected'; details: [RefusedDetails] }
  | { type: 'ExportIncomplete'; details: [ExportJobResult] }
  | { type: 'ExportTimedOut'; details: [ExportJobResult] };

/**
 * The details of `InvalidInput`: of an input that is not as it should be.
 *
 * @example
 * ```ts
 * const details: InvalidInputDetails = {
 *   faults: ['startDay must be a day of the calendar, written YYYY-MM-DD, got "2026-02-30"'],
 * };
 * ```
 */
export interface InvalidInputDetails {
  /** One sentence a fault: field, expected, got. */
  faults: string[];
}

/**
 * The details of an export that was refused at its start, by Twilio, by the destination, or for a name that the worker
 * does not know.
 *
 * @example
 * ```ts
 * const details: RefusedDetails = { inDoubt: false };
 * ```
 */
export interface RefusedDetails {
  /** Whether an earlier attempt may have made a job all the same: then clean-up has looked for it. */
  inDoubt: boolean;
}

/**
 * The types of the failures with which the workflow itself fails.
 *
 * @example
 * ```ts
 * const mayEndOtherwiseNextTime: ExportFailureType[] = ['ExportIncomplete', 'ExportTimedOut'];
 * ```
 */
export type ExportFailureType =
  | 'InvalidInput'
  | 'ExportRejected'
  | 'AuthenticationRejected'
  | 'StorageRejected'
  | 'ExportIncomplete'
  | 'ExportTimedOut';

/** What `BulkExportJobSid` holds before there is a job: the engine takes an empty list for no attribute at all. */
export const NO_JOB_SID = 'none';

/**
 * The search attributes of an export and their types. A workflow sets those with which it was started. A namespace gets
 * them by `bulk-exports setup`, the server of a test from its start.
 *
 * @example
 * ```ts
 * import { defineSearchAttributeKey } from '@temporalio/common';
 * import { TestWorkflowEnvironment } from '@temporalio/testing';
 *
 * const searchAttributes = Object.entries(exportSearchAttributes).map(([name, type]) =>
 *   defineSearchAttributeKey(name, type),
 * );
 * const env = await TestWorkflowEnvironment.createLocal({ server: { searchAttributes } });
 * ```
 */
export const exportSearchAttributes = {
  BulkExportPhase: 'KEYWORD',
  BulkExportResourceType: 'KEYWORD',
  BulkExportAccount: 'KEYWORD',
  BulkExportDaysDone: 'INT',
  BulkExportDaysTotal: 'INT',
  BulkExportDaysFailed: 'INT',
  BulkExportJobSid: 'KEYWORD_LIST',
} as const;

/** How an export ended, as the label `outcome` of its metric says. `refused`: before anything was made at Twilio. */
export type ExportOutcome = 'complete' | 'incomplete' | 'cancelled' | 'timedOut' | 'refused' | 'failed';

/** What exports count. The engine's meter adds its namespace, task queue and workflow type as labels. */
export const exportCounters = {
  exports: { name: 'bulk_exports_exports_total', unit: '', description: 'Exports that have ended' },
  days: { name: 'bulk_exports_days_total', unit: '', description: 'Days that got their outcome' },
  bytes: { name: 'bulk_exports_bytes_total', unit: 'By', description: 'Bytes of the files of days' },
  records: { name: 'bulk_exports_records_total', unit: '', description: 'Records in the files of days' },
  resubmittedDays: {
    name: 'bulk_exports_resubmitted_days_total',
    unit: '',
    description: 'Days that were submitted again',
  },
  quotaWaits: {
    name: 'bulk_exports_quota_waits_total',
    unit: '',
    description: 'Submissions that a spent quota has put off',
  },
} as const;

/** How long a day takes at Twilio. */
export const waitSeconds = {
  name: 'bulk_exports_wait_seconds',
  unit: 's',
  description: 'Time from the making of a job to the look that has shown a day of it complete',
} as const;

/** How many exports the engine runs, as a worker process asks it. */
export const runningExports = {
  name: 'bulk_exports_running_exports',
  unit: '',
  description: 'Exports of the task queue that run, as the engine told last',
} as const;
