/**
 * The contract between the workflow and the activities, with the words and the report that it is made of and what days are
 * reused. Types alone: nothing of it exists at run time.
 *
 * The property names of {@link ExportActivities} are the activity types on the wire. They never change: a
 * running export replays them by name.
 */
import type { DownloadExportDayResult, ExportedJob, ExportManifest } from './export-report.ts';
import type {
  Day,
  DayRange,
  ExportIdentity,
  ForeignFiles,
  Instant,
  TwilioDayStatus,
  Persistence,
} from './export-words.ts';
import type { FindReusableDaysInput, FindReusableDaysResult } from './reusable-days.ts';

export type {
  DayFile,
  DownloadExportDayResult,
  ExportedDay,
  ExportedJob,
  ExportManifest,
  ExportTotals,
  FileMaker,
  ReusedDay,
} from './export-report.ts';
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
} from './export-words.ts';
export type {
  AvailableDay,
  FindReusableDaysInput,
  FindReusableDaysResult,
  PublishedDay,
} from './reusable-days.ts';

/**
 * The activities of one export job, by their names on the wire. Those whose input has {@link Persistence} may also throw
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
   * `JobUnchanged`, whose message is the picture in words and whose details are a {@link JobSighting}.
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

/**
 * What `createExportJob` needs.
 *
 * @example
 * ```ts
 * const input: CreateExportJobInput = {
 *   ...identity,
 *   destination: 'default',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   friendlyName: 'October',
 *   submission: 1,
 *   isUnderWay: false,
 * };
 * ```
 */
export interface CreateExportJobInput extends ExportIdentity, Persistence {
  /** The name of a destination that the worker knows: no days are asked for that could not be stored. */
  destination: string;
  startDay: Day;
  endDay: Day;
  /** The caller's part of the name. The activity appends the marker. */
  friendlyName: string;
  /**
   * The number of this submission within the export, from 1. With the namespace and the first run id it makes
   * the marker by which a job is found again.
   */
  submission: number;
  /**
   * Whether the export has made a job before. Then what a person can mend (credentials, storage, names that the
   * worker does not know) is retried slowly and not final.
   */
  isUnderWay: boolean;
  /** Where it is missing, Twilio calls the receiver that the worker knows of, if any. */
  webhook?: Webhook;
  email?: string;
}

/**
 * Where Twilio calls when a job is over.
 *
 * @example
 * ```ts
 * const webhook: Webhook = { url: 'https://hooks.example.com/twilio', method: 'POST' };
 * ```
 */
export interface Webhook {
  url: string;
  method: 'GET' | 'POST';
}

/**
 * The job that now exists.
 *
 * @example
 * ```ts
 * const job: CreateExportJobResult = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   friendlyName: 'October [0a1b2c3d-0a1b2c3d4e5f-1]',
 *   createdAt: '2026-11-02T10:00:07.000Z',
 *   adopted: false,
 * };
 * ```
 */
export interface CreateExportJobResult {
  jobSid: string;
  /** The whole name at Twilio, marker included. */
  friendlyName: string;
  /** By Twilio's clock. */
  createdAt: Instant;
  /** Whether an earlier attempt, or an earlier run of the export, had made it. */
  adopted: boolean;
  /** The id of the run that asked: a later one of the same history is what a reset has made. */
  inRun?: string;
}

/**
 * What `watchExportJob` needs.
 *
 * @example
 * ```ts
 * const input: WatchExportJobInput = {
 *   ...identity,
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   friendlyName: 'October [0a1b2c3d-0a1b2c3d4e5f-1]',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   createdAt: '2026-11-02T10:00:07.000Z',
 *   seen: null,
 *   firstLook: 'planned',
 *   returnUnchanged: false,
 *   poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
 * };
 * ```
 */
export interface WatchExportJobInput extends ExportIdentity, Persistence {
  jobSid: string;
  /** The whole name at Twilio: the Days list is searched for it. */
  friendlyName: string;
  startDay: Day;
  endDay: Day;
  /** By Twilio's clock. */
  createdAt: Instant;
  /** The picture that the workflow has; null before the first. */
  seen: JobPicture | null;
  /** The id of the run that got the last answer about the job; missing or null where it is not known. */
  inRun?: string | null;
  /** When to look first, where there is a picture already. */
  firstLook: FirstLook;
  /** Whether to return what is seen, changed or not: the last word before a job is given up. */
  returnUnchanged: boolean;
  poll: PollIntervals;
}

/**
 * `planned`: when the next look is due. `soon`: after the minimum interval, since somebody may have wanted a look
 * meanwhile. `now`: at once, and once more soon.
 */
export type FirstLook = 'planned' | 'soon' | 'now';

/**
 * Between which limits the time from look to look lies.
 *
 * @example
 * ```ts
 * const poll: PollIntervals = { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 };
 * ```
 */
export interface PollIntervals {
  minimumIntervalMs: number;
  maximumIntervalMs: number;
}

/**
 * `CompletedOrEmpty`: Twilio did not say which of the two, and the Days list shows that there is a file or that
 * the day did not fail. `Unaccounted`: no entry of `details` names the day. All else is Twilio's own word, a
 * word unknown to us included.
 *
 * @example
 * ```ts
 * const mayBeFetched: PictureStatus[] = ['Completed', 'CompletedEmptyRecords', 'CompletedOrEmpty'];
 * ```
 */
export type PictureStatus = TwilioDayStatus | 'CompletedOrEmpty' | 'Unaccounted' | (string & {});

/**
 * All days of a job at one instant, each once.
 *
 * @example
 * ```ts
 * const picture: JobPicture = {
 *   asOf: '2026-11-02T10:12:31.000Z',
 *   days: { Completed: ['2026-10-01..2026-10-28'], Running: ['2026-10-29..2026-10-30'] },
 *   byStatus: { Completed: 28, Running: 2 },
 *   over: false,
 *   gone: false,
 *   jobQueuePosition: null,
 *   estimatedCompletionTime: '2026-11-02T10:30:00.000Z',
 *   problems: [],
 * };
 * ```
 */
export interface JobPicture {
  /** By Twilio's clock. */
  asOf: Instant;
  /**
   * Since when, by Twilio's clock, the job has said of its days what it says: problems come and go meanwhile, and the
   * Days list may tell more. Missing in a picture of a version before: then it is `asOf`.
   */
  sayingSince?: Instant;
  /** Every day of the job once, by {@link PictureStatus}. */
  days: Record<string, DayRange[]>;
  /**
   * The days by the UTC day on which their files were made. Only of files that are new since the picture before, and
   * only where there is none or it is older than a day: else it tells enough of their age.
   */
  madeOn?: Record<Day, DayRange[]>;
  /** Twilio's own counts, by status, also where it names no days. */
  byStatus: Record<string, number>;
  /** Whether nothing more will happen to this job: the counts of final statuses add up, or the job is gone. */
  over: boolean;
  /** Whether Twilio answers 404 for the job. */
  gone: boolean;
  /** The id of the run that looked. */
  inRun?: string;
  /** A whole number, written as a text. */
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  /** What is not as it should be, a type each at most once. */
  problems: PictureProblem[];
}

/**
 * Something about a job that a person should know.
 *
 * @example
 * ```ts
 * const lines = ({ problems }: JobPicture) =>
 *   problems.map(({ type, problem }: PictureProblem) => `${type}: ${problem}`);
 * ```
 */
export interface PictureProblem {
  /** What makes two problems the same one. */
  type: 'TwilioUnavailable' | 'AuthenticationRejected' | 'UnknownStatus' | 'TwilioRejected';
  /** A sentence: what is wrong and what to do. */
  problem: string;
}

/**
 * The details of `JobUnchanged`: the freshest that is known, for whoever describes the workflow.
 *
 * @example
 * ```ts
 * const sighting: JobSighting = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   asOf: '2026-11-02T10:12:31.000Z',
 *   byStatus: { Completed: 28, Running: 2 },
 *   jobQueuePosition: null,
 *   estimatedCompletionTime: '2026-11-02T10:30:00.000Z',
 * };
 * ```
 */
export interface JobSighting {
  jobSid: string;
  /** By Twilio's clock. */
  asOf: Instant;
  /** How many days are in each of Twilio's statuses. */
  byStatus: Record<string, number>;
  /** A whole number, written as a text. */
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
}

/**
 * What `downloadExportDay` needs.
 *
 * @example
 * ```ts
 * const input: DownloadExportDayInput = {
 *   ...identity,
 *   destination: 'default',
 *   day: '2026-10-01',
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   status: 'Completed',
 * };
 * ```
 */
export interface DownloadExportDayInput extends ExportIdentity, Persistence {
  destination: string;
  day: Day;
  /** The job that made the day, where it is known: a destination may note it with the file. */
  jobSid?: string;
  /** What the job's picture says of the day: it decides what a missing or an empty file means. */
  status: 'Completed' | 'CompletedEmptyRecords' | 'CompletedOrEmpty';
  /**
   * Whether a file that another job than those of this export has made is taken. Refused, it is as if there were no
   * file yet. Missing in the input of a version before: then it is taken. `refuseOtherNamespaces`: of a day that is to
   * be reused any export of this package in this namespace may have made it, and nobody else.
   */
  foreignFiles?: ForeignFiles | 'refuseOtherNamespaces';
}

/**
 * What `deleteExportJob` needs.
 *
 * @example
 * ```ts
 * const input: DeleteExportJobInput = { ...identity, jobSid: 'JS0123456789abcdef0123456789abcdef' };
 * ```
 */
export interface DeleteExportJobInput extends ExportIdentity {
  jobSid: string;
}

/**
 * What Twilio made of a DELETE.
 *
 * @example
 * ```ts
 * const { fate }: DeleteExportJobResult = await twilio.deleteExportJob({ jobSid });
 * if (fate === 'notDeletable') console.warn(`Twilio keeps the job ${jobSid}.`);
 * ```
 */
export interface DeleteExportJobResult {
  fate: 'deleted' | 'alreadyGone' | 'notDeletable';
}

/**
 * What `sweepExportJobs` needs.
 *
 * @example
 * ```ts
 * const input: SweepExportJobsInput = {
 *   ...identity,
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   keep: ['JS0123456789abcdef0123456789abcdef'],
 *   createInDoubt: false,
 * };
 * ```
 */
export interface SweepExportJobsInput extends ExportIdentity {
  /** The first and the last day of the export. */
  startDay: Day;
  endDay: Day;
  /** Jobs that are dealt with already. */
  keep: string[];
  /** Whether a create may still be on its way to Twilio: then the service first gets a minute to settle. */
  createInDoubt: boolean;
}

/**
 * The jobs that were found and what became of them.
 *
 * @example
 * ```ts
 * const left = ({ swept, spared = [] }: SweepExportJobsResult) =>
 *   [...swept.filter(({ fate }) => fate === 'notDeletable'), ...spared].map(({ jobSid }) => jobSid);
 * ```
 */
export interface SweepExportJobsResult {
  swept: ExportedJob[];
  /** Jobs with its marker that were left, as their days are not within its own. Missing where there are none. */
  spared?: SparedJob[];
}

/**
 * A job that carries a marker which is not its own.
 *
 * @example
 * ```ts
 * const spared: SparedJob = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-09-01',
 *   endDay: '2026-09-30',
 * };
 * ```
 */
export type SparedJob = Pick<ExportedJob, 'jobSid' | 'startDay' | 'endDay'>;

/**
 * What `sweepExportFiles` needs.
 *
 * @example
 * ```ts
 * const input: SweepExportFilesInput = { ...identity, destination: 'default', days: ['2026-10-01..2026-10-30'] };
 * ```
 */
export interface SweepExportFilesInput extends ExportIdentity {
  destination: string;
  days: DayRange[];
}

/**
 * What `writeExportManifest` needs.
 *
 * @example
 * ```ts
 * const inputFor = (manifest: ExportManifest): WriteExportManifestInput => ({
 *   ...identity,
 *   destination: manifest.destination,
 *   workflowId: manifest.workflowId,
 *   manifest,
 * });
 * ```
 */
export interface WriteExportManifestInput extends ExportIdentity {
  destination: string;
  workflowId: string;
  manifest: ExportManifest;
}

/**
 * Where the manifest lies.
 *
 * @example
 * ```ts
 * const written: WriteExportManifestResult = { location: 'file:///srv/exports/_manifests/october/0199c2f4.json' };
 * ```
 */
export interface WriteExportManifestResult {
  /** A URL: `file:///…` */
  location: string;
}

/**
 * The first of the details of every failure with which a create is final.
 *
 * @example
 * ```ts
 * const hoursToWait = ({ retryAfterMs = 0 }: CreateRefusedDetails) => Math.ceil(retryAfterMs / 3_600_000);
 * ```
 */
export interface CreateRefusedDetails {
  /** Whether an earlier attempt may have made the job all the same: then clean-up looks for it. */
  inDoubt: boolean;
  /** With `QuotaExhausted`: how long until Twilio's next UTC day, jitter included. */
  retryAfterMs?: number;
}
