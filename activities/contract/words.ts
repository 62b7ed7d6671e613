/** The words of an export: types alone, part of the contract in `../api.ts`. */

/**
 * What Twilio exports, spelled as in the path of its API.
 *
 * @example
 * ```ts
 * const resourceType: ResourceType = 'Messages';
 * ```
 */
export type ResourceType = 'Messages' | 'Calls' | 'Conferences' | 'Participants';

/**
 * The statuses of a day, spelled as on the wire. Final are `Completed`, `CompletedEmptyRecords`, `Failed` and
 * `DeletedByUserRequest`.
 *
 * @example
 * ```ts
 * const withFile: TwilioDayStatus[] = ['Completed', 'CompletedEmptyRecords'];
 * ```
 */
export type TwilioDayStatus =
  | 'Submitted'
  | 'Running'
  | 'ErrorDuringRun'
  | 'Completed'
  | 'CompletedEmptyRecords'
  | 'Failed'
  | 'RunningToBeDeleted'
  | 'DeletedByUserRequest';

/**
 * One UTC day, `YYYY-MM-DD`.
 *
 * @format date
 *
 * @example
 * ```ts
 * const day: Day = '2026-10-01';
 * ```
 */
export type Day = string;

/**
 * One day, `YYYY-MM-DD`, or several in a row, both ends included: `YYYY-MM-DD..YYYY-MM-DD`.
 *
 * @pattern ^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?$
 *
 * @example
 * ```ts
 * const october: DayRange = '2026-10-01..2026-10-31';
 * ```
 */
export type DayRange = string;

/**
 * An instant: ISO 8601 in UTC.
 *
 * @format date-time
 *
 * @example
 * ```ts
 * const asOf: Instant = '2026-11-02T10:12:31.000Z';
 * ```
 */
export type Instant = string;

/**
 * How an export ends for one day. `deleted` means: by somebody else, at Twilio.
 *
 * @example
 * ```ts
 * const goodOutcomes: DayOutcome[] = ['downloaded', 'empty'];
 * ```
 */
export type DayOutcome = 'downloaded' | 'empty' | 'failed' | 'deleted' | 'cancelled';

/**
 * What is done with a day whose file was made by another job than those of the export: taken, or not.
 *
 * @example
 * ```ts
 * const foreignFiles: ForeignFiles = 'refuse'; // only files that an export of this package has asked for
 * ```
 */
export type ForeignFiles = 'accept' | 'refuse';

/**
 * What became of a job of ours at Twilio.
 *
 * @example
 * ```ts
 * const needsALook: JobFate[] = ['notDeletable', 'unknown'];
 * ```
 */
export type JobFate =
  /** Twilio took the DELETE. */
  | 'deleted'
  /** Twilio did not know it any more. */
  | 'alreadyGone'
  /** Twilio refused the DELETE, as it may for a job whose days are all over. */
  | 'notDeletable'
  /** The caller asked to keep it. */
  | 'kept'
  /** Clean-up ran out of time: see whether it still runs. */
  | 'unknown';

/**
 * Whose credentials are used, and which export acts. Part of every activity's input.
 *
 * @example
 * ```ts
 * import { workflowInfo } from '@temporalio/workflow';
 *
 * const identity: ExportIdentity = {
 *   account: 'default',
 *   resourceType: 'Messages',
 *   exportId: workflowInfo().firstExecutionRunId,
 * };
 * ```
 */
export interface ExportIdentity {
  /** The name of an account that the worker knows. */
  account: string;
  resourceType: ResourceType;
  /** The first run id of the workflow: it survives a reset and Continue-As-New, and a later run never has it. */
  exportId: string;
}

/** What an activity needs that is tried for as long as it takes. */
export interface Persistence {
  /**
   * The troubles of which the workflow was told that they keep the activity from its end; null: none. Another one that
   * lasts is told by a failure `StillTrying`, whose details are its name and a {@link NextAttempt}, and the workflow calls
   * the activity again. Missing in the input of a version before: then nothing is told.
   */
  toldOf?: string[] | null;
  /** Where an activity has told: how this one goes on, as if it were the same. */
  goesOn?: NextAttempt & {
    /** The words of the failure that was told. */
    message: string;
  };
}

/** What an activity that has told leaves to the one that goes on in its place: nobody is asked before his time. */
export interface NextAttempt {
  /** The type of the failure that was told. */
  type: string;
  /** How long to wait before the next attempt. */
  waitMs: number;
  /** How many attempts there were before the one that has told. */
  attemptsBefore: number;
  failing: FailingStreak;
  /** What its last heartbeat said, for the next attempt alone. */
  word?: unknown;
}

/** Attempts that have failed without one in between that was no trouble. Those that were lost do not count. */
export interface FailingStreak {
  /** When the first of them had failed, by the engine's clock. */
  since: Instant;
  times: number;
  /** Whether the workflow knows of what the last of them failed by: whoever asks it need not be told by the engine, too. */
  told?: boolean;
}

/**
 * The type of every failure that an activity throws. Code matches on it, never on a message.
 *
 * @example
 * ```ts
 * import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
 *
 * const isOfType = (error: unknown, type: ActivityFailureType) =>
 *   error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === type;
 * ```
 */
export type ActivityFailureType =
  | 'InvalidInput'
  | 'AuthenticationRejected'
  | 'ExportRejected'
  | 'JobUnchanged'
  | 'JobsNamed'
  | 'QuotaExhausted'
  | 'RateLimited'
  | 'TwilioUnavailable'
  | 'DayNotAvailable'
  | 'DayFileCorrupt'
  | 'StillTrying'
  | 'DownloadStalled'
  | 'DownloadSlotsBusy'
  | 'LinkRejected'
  | 'StorageUnavailable'
  | 'StorageRejected';
