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

/** The workflow type on the wire. */
export const EXPORT_JOB_WORKFLOW_TYPE = 'exportJob';

/** The task queue where workers of this package listen unless they are told otherwise. */
export const DEFAULT_TASK_QUEUE = 'bulk-exports';

/** What to export, and how patient to be. Only the first three are required. Unknown fields are refused. */
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

/** How an export ended: every requested day once, in order, with exactly one outcome. */
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

/** What the export is doing, or how it ended. */
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

/** The answer to the query `progress`. */
export interface ExportProgress {
  phase: ExportPhase;
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
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
  sizeBytes: number;
  records: number;
  jobs: ExportJobProgress[];
  problems: ExportProblem[];
  /** Null until the end, then the whole result, also after *Canceled* and after a failure with a result. */
  result: ExportJobResult | null;
}

/** One job at Twilio, as of the last change. */
export interface ExportJobProgress {
  jobSid: string;
  startDay: Day;
  endDay: Day;
  byStatus: Record<string, number>;
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  /** By Twilio's clock; null before the first look. */
  asOf: Instant | null;
}

/** Something that a person should know. */
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

/** The argument of the signal `cancel`. Everything is optional, the argument itself too. */
export interface CancelInput {
  /** Kept in the result. */
  reason?: string;
  /** Overrides the input's `deleteJob`. */
  deleteJob?: boolean;
}

/** Stops the export, cleans up at Twilio, and lets it complete with outcome `cancelled`. */
export const cancelSignal = defineSignal<[CancelInput?]>('cancel');

/** Look at Twilio now, not when the next look is due. */
export const checkNowSignal = defineSignal('checkNow');

/** How far the export is. */
export const progressQuery = defineQuery<ExportProgress>('progress');

/**
 * What a failure of the workflow says beside its message: its type, and the list of details that the engine keeps, as
 * it arrives in every language.
 *
 * @example
 * ```ts
 * if (failure.type === 'ExportIncomplete') console.log(failure.details[0].totals.failed);
 * ```
 */
export type ExportFailure =
  | { type: 'InvalidInput'; details: [InvalidInputDetails] | [RefusedDetails] }
  | { type: 'ExportRejected'; details: [RefusedDetails] }
  | { type: 'AuthenticationRejected'; details: [RefusedDetails] }
  | { type: 'StorageRejected'; details: [RefusedDetails] }
  | { type: 'ExportIncomplete'; details: [ExportJobResult] }
  | { type: 'ExportTimedOut'; details: [ExportJobResult] };

/** Of an input that is not as it should be. */
export interface InvalidInputDetails {
  /** One sentence a fault: field, expected, got. */
  faults: string[];
}

/** Of an export that was refused at its start, by Twilio, by the destination, or for a name that the worker does not know. */
export interface RefusedDetails {
  /** Whether an earlier attempt may have made a job all the same: then clean-up has looked for it. */
  inDoubt: boolean;
}

/** The types of the failures with which the workflow itself fails. */
export type ExportFailureType =
  | 'InvalidInput'
  | 'ExportRejected'
  | 'AuthenticationRejected'
  | 'StorageRejected'
  | 'ExportIncomplete'
  | 'ExportTimedOut';

/** What `BulkExportJobSid` holds before there is a job: the engine takes an empty list for no attribute at all. */
export const NO_JOB_SID = 'none';

/** The search attributes of an export and their types. A workflow sets those with which it was started. */
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
