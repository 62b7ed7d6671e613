/** What the export knows: one small record per day and one per job. Plain JSON. */
import type {
  Day,
  DayFile,
  DayOutcome,
  ExportedJob,
  FileMaker,
  Instant,
  JobFate,
  JobPicture,
  PictureStatus,
  ReusedDay,
} from '../activities/api.ts';
import { daysBetween, type Range } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';

/** All that the export knows. */
export interface Ledger {
  startedAt: Instant;
  /** Whether nobody has said yet which days are there already: no job is asked for before. */
  seeksReuse: boolean;
  /** What jobs from before a reset were asked for, in their order: asked for first, and as it was, each is adopted. */
  underWay: Range[];
  days: DayRecord[];
  jobs: JobRecord[];
}

/** What the export knows of one day. It is over when it has its outcome, and only then. */
export interface DayRecord {
  day: Day;
  stage: 'toSubmit' | 'submitted' | 'toFetch' | 'fetching' | 'over';
  /** In how many submissions it was. */
  attempts: number;
  /** Of its last submission; 0 before the first. */
  submission: number;
  /** Twilio's word on it in that submission; null before the first look. */
  status: PictureStatus | null;
  /** Since when, by the workflow's clock. */
  since: Instant;
  /** Not submitted again before; null: at once. */
  dueAt: Instant | null;
  /** Whether it goes out on its own from now on: a job has said nothing of it, though it spoke of the others. */
  alone: boolean;
  /** By Twilio's clock: its file was made after this, as far as is known; null before it is said to be there. */
  madeAfter: Instant | null;
  /** How many files of this submission were corrupt. */
  corruptFiles: number;
  outcome: DayOutcome | null;
  file: DayFile | null;
  /** Who made the file, where it was another job than those of the export. */
  madeBy: FileMaker | null;
  /** Where it was already, or was thought to be; null for a day that needs a job. */
  reused: ReusedDay | null;
  /** The job that made it for an export before. */
  earlierJobSid: string | null;
  /** Why it is not done, or not well. */
  problem: string | null;
  /** Since when it has that problem. Its status may have changed since then. */
  problemSince: Instant | null;
}

/** What the export knows of one job. */
export interface JobRecord extends Range {
  /** From 1; part of the marker in its friendly name. */
  submission: number;
  /** Null while it is being created. */
  jobSid: string | null;
  friendlyName: string;
  /** By Twilio's clock. */
  createdAt: Instant;
  /** By Twilio's clock: when it was last said to be at work. One that says nothing may be over since its create. */
  workedAt: Instant;
  picture: JobPicture | null;
  /** Since when each problem of the picture is there, by its type. */
  problemsSince: Record<string, Instant>;
  /** What it waits for before it can be created, and until when: Twilio's quota of the next day. */
  quotaWait: { problem: string; since: Instant; endsAt: Instant } | null;
  /** Since when it is on its way out, because we deleted it: its days had run out of patience. */
  abandonedAt: Instant | null;
  /** Whether a DELETE of ours was sent, or may have been, that brought no answer. */
  deleteInDoubt: boolean;
  /** The id of the run that got the last answer about it; null where none has said. */
  inRun: string | null;
  /** Whether it was deleted, by the end of the export itself as far as is known, before a reset undid that end. */
  deletedBeforeReset: boolean;
  /** Whether nothing more is expected of it. */
  over: boolean;
  /** Whether a create was sent, or may have been, that brought no answer. */
  inDoubt: boolean;
  fate: JobFate | null;
}

/** The ledger of an export that begins. */
export function openLedger(
  { startDay, endDay, reuse }: Pick<ResolvedExportJobInput, 'startDay' | 'endDay' | 'reuse'>,
  now: Instant,
): Ledger {
  const days = daysBetween(startDay, endDay).map((day) => newDay(day, now));
  return { startedAt: now, seeksReuse: reuse !== 'never', underWay: [], jobs: [], days };
}

/** The record of a day that nothing has happened to. */
export function newDay(day: Day, now: Instant): DayRecord {
  return {
    day,
    stage: 'toSubmit',
    attempts: 0,
    submission: 0,
    status: null,
    since: now,
    dueAt: null,
    alone: false,
    madeAfter: null,
    corruptFiles: 0,
    outcome: null,
    file: null,
    madeBy: null,
    reused: null,
    earlierJobSid: null,
    problem: null,
    problemSince: null,
  };
}

/** The record of a job that has not been asked for yet. */
export function newJob({ startDay, endDay }: Range, submission: number, now: Instant): JobRecord {
  return {
    submission,
    startDay,
    endDay,
    jobSid: null,
    friendlyName: '',
    createdAt: now,
    workedAt: now,
    picture: null,
    problemsSince: {},
    quotaWait: null,
    abandonedAt: null,
    deleteInDoubt: false,
    inRun: null,
    deletedBeforeReset: false,
    over: false,
    inDoubt: false,
    fate: null,
  };
}

/** The days that still wait for this job. */
export function waitingDays(ledger: Ledger, job: JobRecord): DayRecord[] {
  return ledger.days.filter(
    ({ stage, submission }) => stage === 'submitted' && submission === job.submission,
  );
}

/**
 * Whether Twilio has stopped speaking of progress on a day: it is in ErrorDuringRun, or it stands nowhere though
 * the job speaks of other days and says that none is under way. A job that says nothing is simply in the queue, unless
 * a job before has left its day untold too: then nothing may be all that is ever said of it.
 */
export function isStuck({ status, alone }: DayRecord, { picture }: JobRecord): boolean {
  if (status === 'ErrorDuringRun') return true;
  if (status !== 'Unaccounted' || picture === null) return false;
  const words = wordsOf(picture);
  return (words.length > 0 || alone) && words.every((word) => isEnd(word) || word === 'ErrorDuringRun');
}

/** Whether nothing that is said of a job is still to come, though it may leave days untold. */
export function saysOnlyEnds({ picture }: JobRecord): boolean {
  return picture !== null && wordsOf(picture).every(isEnd);
}

function wordsOf({ days, byStatus }: JobPicture): string[] {
  return [...Object.keys(days), ...Object.keys(byStatus)].filter((word) => word !== 'Unaccounted');
}

function isEnd(word: string): boolean {
  return hasFile(word) || word === 'Failed' || word === 'DeletedByUserRequest';
}

/** Whether a day has come home from where it was already: one whose file at Twilio was no good needs a job after all. */
export function isReused({ outcome, reused, attempts }: DayRecord): boolean {
  return reused !== null && attempts === 0 && (outcome === 'downloaded' || outcome === 'empty');
}

/** The job that was last asked for a day, if it came to be. */
export function lastJobOf(ledger: Ledger, record: DayRecord): JobRecord | undefined {
  return ledger.jobs[record.submission - 1];
}

/** Whether a job that goes away does so by our own doing. */
export function isAbandoned({ abandonedAt, deleteInDoubt, deletedBeforeReset }: JobRecord): boolean {
  return abandonedAt !== null || deleteInDoubt || deletedBeforeReset;
}

/** A job as results and manifests name it; null where it never came to be. */
export function exportedJob(job: JobRecord): ExportedJob | null {
  const { jobSid, startDay, endDay, fate } = job;
  return jobSid === null ? null : { jobSid, startDay, endDay, fate: fate ?? 'unknown' };
}

/** The statuses with which Twilio says that a day's file may be fetched. */
export type FileStatus = 'Completed' | 'CompletedEmptyRecords' | 'CompletedOrEmpty';

/** Whether this is one of the {@link FileStatus}es. */
export function hasFile(status: PictureStatus | null): status is FileStatus {
  return status === 'Completed' || status === 'CompletedEmptyRecords' || status === 'CompletedOrEmpty';
}
