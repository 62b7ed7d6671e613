/**
 * What the export knows: one small record per day and one per job, and the few steps that change them. All of it
 * is plain JSON and pure, so that it crosses Continue-As-New and can be tested without an engine.
 */
import type {
  Day,
  DayFile,
  DayOutcome,
  ExportedJob,
  Instant,
  JobFate,
  JobPicture,
  PictureStatus,
} from '../activities/api.ts';
import { DAY_MS, daysBetween, daysOfRanges, type Range } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';

/** All that the export knows. */
export interface Ledger {
  startedAt: Instant;
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
  /** Whether it goes out again on its own, since among others it could not be told how it ended. */
  alone: boolean;
  /** How many files of this submission were corrupt. */
  corruptFiles: number;
  outcome: DayOutcome | null;
  file: DayFile | null;
  /** Why it is not done, or not well. */
  problem: string | null;
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
  /** By Twilio's clock: when it last showed something new. */
  lastSeenAt: Instant;
  picture: JobPicture | null;
  /** Since when each problem of the picture is there, by its type. */
  problemsSince: Record<string, Instant>;
  /** What keeps it from being created, if something does. */
  obstacle: { problem: string; since: Instant; quota: boolean } | null;
  /** Whether nothing more is expected of it. */
  over: boolean;
  /** Whether a create was sent, or may have been, that brought no answer. */
  inDoubt: boolean;
  fate: JobFate | null;
}

/** The ledger of an export that begins. */
export function openLedger({ startDay, endDay }: Range, now: Instant): Ledger {
  return {
    startedAt: now,
    jobs: [],
    days: daysBetween(startDay, endDay).map((day) => ({
      day,
      stage: 'toSubmit',
      attempts: 0,
      submission: 0,
      status: null,
      since: now,
      dueAt: null,
      alone: false,
      corruptFiles: 0,
      outcome: null,
      file: null,
      problem: null,
    })),
  };
}

/** Enters a submission: its days now wait for the new job. */
export function enterSubmission(ledger: Ledger, { startDay, endDay }: Range, now: Instant): JobRecord {
  const job: JobRecord = {
    submission: ledger.jobs.length + 1,
    startDay,
    endDay,
    jobSid: null,
    friendlyName: '',
    createdAt: now,
    lastSeenAt: now,
    picture: null,
    problemsSince: {},
    obstacle: null,
    over: false,
    inDoubt: false,
    fate: null,
  };
  ledger.jobs.push(job);
  for (const record of ledger.days) {
    if (record.day < startDay || record.day > endDay) continue;
    record.stage = 'submitted';
    record.attempts += 1;
    record.submission = job.submission;
    record.status = null;
    record.since = now;
    record.dueAt = null;
    record.alone = false;
    record.corruptFiles = 0;
  }
  return job;
}

/** Enters what a look has shown. A day whose file is there is fetched from now on, whatever its job does. */
export function enterPicture(ledger: Ledger, job: JobRecord, picture: JobPicture, now: Instant): void {
  const before = job.problemsSince;
  job.picture = picture;
  if (!picture.gone) job.lastSeenAt = picture.asOf;
  job.problemsSince = Object.fromEntries(picture.problems.map(({ type }) => [type, before[type] ?? now]));

  const statusOf = new Map(
    Object.entries(picture.days).flatMap(([status, ranges]) =>
      daysOfRanges(ranges).map((day) => [day, status]),
    ),
  );
  for (const record of waitingDays(ledger, job)) {
    const status = statusOf.get(record.day) ?? 'Unaccounted';
    if (status !== record.status) {
      record.status = status;
      record.since = now;
    }
    if (hasFile(status)) record.stage = 'toFetch';
  }
}

/**
 * Closes a job of which nothing more is expected: a day that it did not bring is failed, deleted, or submitted
 * again, each within its own attempts.
 *
 * @param abandoned whether we deleted the job ourselves because days of it had run out of patience.
 */
export function closeJob(
  ledger: Ledger,
  job: JobRecord,
  { request, now, abandoned }: { request: ResolvedExportJobInput; now: Instant; abandoned: boolean },
): void {
  job.over = true;
  for (const record of waitingDays(ledger, job)) {
    const problem = missingDayProblem(record, job, abandoned);
    if (!abandoned && wasDeleted(record, job)) {
      closeDay(record, { outcome: 'deleted', problem });
    } else {
      record.alone = record.status === 'Unaccounted' && !abandoned && !job.picture?.gone;
      tryAgain(record, { problem, request, now });
    }
  }
}

/** A day that was not brought goes out again after the cool-down, or has failed for good. */
export function tryAgain(
  record: DayRecord,
  { problem, request, now }: { problem: string; request: ResolvedExportJobInput; now: Instant },
): void {
  const { maximumAttempts, cooldownMs } = request.resubmit;
  if (record.attempts >= maximumAttempts) {
    const tries =
      record.attempts === 1 ? 'the only submission' : `the last of ${record.attempts} submissions`;
    closeDay(record, { outcome: 'failed', problem: `${problem} (${tries})` });
    return;
  }
  record.stage = 'toSubmit';
  record.problem = problem;
  record.since = now;
  record.dueAt = new Date(Date.parse(now) + cooldownMs).toISOString();
}

/** Gives a day its one outcome. */
export function closeDay(
  record: DayRecord,
  {
    outcome,
    file = null,
    problem = null,
  }: { outcome: DayOutcome; file?: DayFile | null; problem?: string | null },
): void {
  record.stage = 'over';
  record.outcome = outcome;
  record.file = file;
  record.problem = problem;
}

/** The days that still wait for this job. */
export function waitingDays(ledger: Ledger, job: JobRecord): DayRecord[] {
  return ledger.days.filter(
    ({ stage, submission }) => stage === 'submitted' && submission === job.submission,
  );
}

/** The job that was last asked for a day, if it came to be. */
export function lastJobOf(ledger: Ledger, record: DayRecord): JobRecord | undefined {
  return ledger.jobs[record.submission - 1];
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

/** Files and jobs vanish seven days after they were made; a little earlier we no longer blame a person. */
const VANISHING_AGE_DAYS = 6;

function wasDeleted({ status }: DayRecord, { picture, lastSeenAt }: JobRecord): boolean {
  if (status === 'DeletedByUserRequest' || status === 'RunningToBeDeleted') return true;
  if (!picture?.gone || status === 'Failed') return false;
  return Date.parse(picture.asOf) < Date.parse(lastSeenAt) + VANISHING_AGE_DAYS * DAY_MS;
}

function missingDayProblem({ day, status }: DayRecord, job: JobRecord, abandoned: boolean): string {
  const where = `[${day}, job ${job.jobSid}]`;
  if (abandoned) return `Day ran out of patience in ${status} ${where}; its job was deleted`;
  if (status === 'Failed') return `Twilio reports Failed ${where}`;
  if (status === 'DeletedByUserRequest') return `The day was deleted at Twilio by somebody else ${where}`;
  if (job.picture?.gone) return `Twilio does not know the job any more ${where}`;
  return `The job is over and Twilio does not say how the day ended ${where}`;
}
