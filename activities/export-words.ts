/** The words of an export: types alone, part of the contract in `api.ts`. */

/** What Twilio exports, spelled as in the path of its API. */
export type ResourceType = 'Messages' | 'Calls' | 'Conferences' | 'Participants';

/** The statuses of a day, spelled as on the wire. */
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
 */
export type Day = string;

/**
 * One day, `YYYY-MM-DD`, or several in a row, both ends included: `YYYY-MM-DD..YYYY-MM-DD`.
 *
 * @pattern ^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?$
 */
export type DayRange = string;

/**
 * An instant: ISO 8601 in UTC.
 *
 * @format date-time
 */
export type Instant = string;

/** How an export ends for one day. `deleted` means: by somebody else, at Twilio. */
export type DayOutcome = 'downloaded' | 'empty' | 'failed' | 'deleted' | 'cancelled';

/** What is done with a day whose file was made by another job than those of the export: taken, or not. */
export type ForeignFiles = 'accept' | 'refuse';

/** What became of a job of ours at Twilio. */
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

/** Whose credentials are used, and which export acts. Part of every activity's input. */
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
   * Of which type of failure the workflow knows already that it keeps the activity from its end; null: of none. Another
   * one that lasts is told by a failure `StillTrying`, with its type as the details, and the workflow calls the activity
   * again. Missing in the input of a version before: then nothing is told.
   */
  toldOf?: ActivityFailureType | null;
}

/** The type of every failure that an activity throws. Code matches on it, never on a message. */
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
