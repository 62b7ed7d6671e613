/**
 * The contract between the workflow and the activities, in parts that lie in `contract/`. Types alone: nothing of it
 * exists at run time.
 *
 * The property names of {@link ExportActivities} are the activity types on the wire. They never change: a
 * running export replays them by name.
 */
import type {
  DownloadExportDayInput,
  SweepExportFilesInput,
  WriteExportManifestInput,
  WriteExportManifestResult,
} from './contract/files.ts';
import type {
  CreateExportJobInput,
  CreateExportJobResult,
  DeleteExportJobInput,
  DeleteExportJobResult,
  SweepExportJobsInput,
  SweepExportJobsResult,
} from './contract/jobs.ts';
import type { JobPicture, WatchExportJobInput } from './contract/looks.ts';
import type { DownloadExportDayResult } from './contract/report.ts';
import type { FindReusableDaysInput, FindReusableDaysResult } from './contract/reuse.ts';

export type {
  DownloadExportDayInput,
  SweepExportFilesInput,
  WriteExportManifestInput,
  WriteExportManifestResult,
} from './contract/files.ts';
export type {
  CreateExportJobInput,
  CreateExportJobResult,
  CreateRefusedDetails,
  DeleteExportJobInput,
  DeleteExportJobResult,
  SparedJob,
  SweepExportJobsInput,
  SweepExportJobsResult,
  Webhook,
} from './contract/jobs.ts';
export type {
  FirstLook,
  JobPicture,
  JobSighting,
  PictureProblem,
  PictureStatus,
  PollIntervals,
  WatchExportJobInput,
} from './contract/looks.ts';
export type {
  DayFile,
  DownloadExportDayResult,
  ExportManifest,
  ExportTotals,
  ExportedDay,
  ExportedJob,
  FileMaker,
  ReusedDay,
} from './contract/report.ts';
export type {
  AvailableDay,
  FindReusableDaysInput,
  FindReusableDaysResult,
  PublishedDay,
} from './contract/reuse.ts';
export type {
  ActivityFailureType,
  Day,
  DayOutcome,
  DayRange,
  ExportIdentity,
  FailingStreak,
  ForeignFiles,
  Instant,
  JobFate,
  NextAttempt,
  Persistence,
  ResourceType,
  TwilioDayStatus,
} from './contract/words.ts';

/**
 * The activities of one export job, by their names on the wire. Those whose input has `toldOf` may also throw
 * `StillTrying`.
 *
 * @example
 * ```ts
 * import { proxyActivities } from '@temporalio/workflow';
 *
 * const { downloadExportDay } = proxyActivities<ExportActivities>({
 *   startToCloseTimeout: '24 hours',
 *   heartbeatTimeout: '30 seconds',
 * });
 * const result = await downloadExportDay({
 *   ...identity,
 *   destination: 'default',
 *   day: '2026-10-01',
 *   status: 'Completed',
 * });
 * ```
 */
export interface ExportActivities {
  /**
   * Finds the days that need no job: those that an earlier manifest of the destination proves, where what lies there now
   * still is what it tells, and, where that is wanted, those whose files still lie at Twilio. It changes nothing.
   *
   * @throws `InvalidInput`, `AuthenticationRejected`, `StorageRejected` (never retried: nothing has worked yet);
   * `RateLimited`, `TwilioUnavailable`, `StorageUnavailable` (retried by the engine).
   */
  findReusableDays: (input: FindReusableDaysInput) => Promise<FindReusableDaysResult>;

  /**
   * Finds the job of this submission at Twilio or makes it, once the account, the destination and the storage
   * are known to be good. Safe to repeat: see {@link CreateExportJobInput.submission}.
   *
   * @throws `InvalidInput`, `AuthenticationRejected`, `ExportRejected`, `StorageRejected`, `QuotaExhausted`
   * (never retried); `RateLimited`, `TwilioUnavailable`, `StorageUnavailable` (retried by the engine).
   */
  createExportJob: (input: CreateExportJobInput) => Promise<CreateExportJobResult>;

  /**
   * Looks at a job once per attempt and returns only on a change. No change is the benign, retried failure
   * `JobUnchanged`, whose message is the picture in words and whose details are a `JobSighting`.
   */
  watchExportJob: (input: WatchExportJobInput) => Promise<JobPicture>;

  /**
   * Fetches one day into the destination, verifies it from the disk and publishes it under its final name.
   *
   * @throws `DayFileCorrupt` (never retried by the engine: the workflow decides); `DayNotAvailable` (retried until
   * the day has been missing for ten minutes, then final);
   * `DownloadStalled`, `LinkRejected`, `RateLimited`, `TwilioUnavailable`, `StorageUnavailable`,
   * `DownloadSlotsBusy` (retried); `AuthenticationRejected`, `StorageRejected` (retried slowly: what worked at
   * the start of the export may work again).
   */
  downloadExportDay: (input: DownloadExportDayInput) => Promise<DownloadExportDayResult>;

  /** Deletes one job. A job that is gone or that can not be deleted any more is a fate, not a failure. */
  deleteExportJob: (input: DeleteExportJobInput) => Promise<DeleteExportJobResult>;

  /**
   * Deletes every job at Twilio that carries this export's marker, is within its days, and is not among `keep`. A
   * marker is part of a name, which anybody may copy: with other days it is none of ours.
   */
  sweepExportJobs: (input: SweepExportJobsInput) => Promise<SweepExportJobsResult>;

  /**
   * Removes the half files and verdicts that this export left in its destination, and half files that nobody has
   * touched for two days: those of exports that were terminated.
   */
  sweepExportFiles: (input: SweepExportFilesInput) => Promise<void>;

  /** Writes the manifest, at once and whole. Repeating it replaces it. */
  writeExportManifest: (input: WriteExportManifestInput) => Promise<WriteExportManifestResult>;
}
