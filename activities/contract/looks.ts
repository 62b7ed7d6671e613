/** What is asked about a job at Twilio, and what is seen: types alone, part of the contract in `../api.ts`. */
import type { Day, DayRange, ExportIdentity, Instant, Persistence, TwilioDayStatus } from './words.ts';

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
