/** The few steps that change what the export knows. Pure but for the ledger that they change. */
import type {
  Day,
  DayFile,
  DayOutcome,
  DayRange,
  FileMaker,
  FindReusableDaysResult,
  Instant,
  JobPicture,
} from '../activities/api.ts';
import { DAY_MS, daysOfRanges, parseRange, type Range } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';
import {
  type DayRecord,
  hasFile,
  isAbandoned,
  isStuck,
  type JobRecord,
  type Ledger,
  newJob,
  saysOnlyEnds,
  waitingDays,
} from './ledger.ts';

/** Enters which days are there already: they are over, or fetched, before a job is asked for. */
export function enterReusableDays(
  ledger: Ledger,
  { published, available, underWay = [] }: FindReusableDaysResult,
  now: Instant,
): void {
  ledger.seeksReuse = false;
  ledger.underWay = underWay.map(parseRange);
  const recordOf = new Map(ledger.days.map((record) => [record.day, record]));
  for (const { day, jobSid, reused, ...found } of published) {
    const record = recordOf.get(day);
    if (record === undefined) continue;
    closeDay(record, found, now);
    record.reused = reused;
    record.earlierJobSid = jobSid;
  }
  for (const { day, status, reused } of available) {
    const record = recordOf.get(day);
    if (record?.stage !== 'toSubmit') continue;
    Object.assign(record, { stage: 'toFetch', status, reused, since: now });
    record.madeAfter = startOf(reused.createDate);
  }
}

/** Enters a submission: its days now wait for the new job. */
export function enterSubmission(ledger: Ledger, { startDay, endDay }: Range, now: Instant): JobRecord {
  const job = newJob({ startDay, endDay }, ledger.jobs.length + 1, now);
  ledger.jobs.push(job);
  for (const record of ledger.days) {
    if (record.day < startDay || record.day > endDay) continue;
    record.stage = 'submitted';
    record.attempts += 1;
    record.submission = job.submission;
    record.status = null;
    record.since = now;
    record.dueAt = null;
    record.madeAfter = null;
    record.corruptFiles = 0;
  }
  return job;
}

/** Enters what a look has shown. A day whose file is there is fetched from now on, whatever its job does. */
export function enterPicture(
  ledger: Ledger,
  job: JobRecord,
  { madeOn = {}, ...picture }: JobPicture,
  now: Instant,
): void {
  const before = job.problemsSince;
  const lookedBefore = job.picture?.asOf ?? job.createdAt;
  const stuckBefore = new Set(waitingDays(ledger, job).filter((record) => isStuck(record, job)));
  const isFirstSinceReset = job.inRun !== null && picture.inRun !== undefined && picture.inRun !== job.inRun;
  job.inRun = picture.inRun ?? job.inRun;
  job.picture = picture;
  if (!picture.gone && !saysOnlyEnds(job)) job.workedAt = picture.asOf;
  job.problemsSince = Object.fromEntries(picture.problems.map(({ type }) => [type, before[type] ?? now]));

  const statusOf = wordByDay(picture.days);
  const dayMade = wordByDay(madeOn);
  for (const record of waitingDays(ledger, job)) {
    const status = statusOf.get(record.day) ?? 'Unaccounted';
    const isNew = status !== record.status;
    record.status = status;
    // The time in the queue does not count against the patience with a day that is stuck.
    if (isNew || (isStuck(record, job) && !stuckBefore.has(record))) record.since = now;
    if (!hasFile(status)) continue;
    record.stage = 'toFetch';
    record.madeAfter = madeAfter(dayMade.get(record.day), lookedBefore);
  }
  // The answer to a DELETE of ours was lost, and it was carried out: from now on the job is on its way out.
  if (job.deleteInDoubt && waitingDays(ledger, job).some(isBeingDeleted)) job.abandonedAt ??= now;
  // Whoever resets an export wants its days: what was deleted until then goes out again, also where a person did it.
  if (isFirstSinceReset && (picture.gone || waitingDays(ledger, job).some(isBeingDeleted)))
    job.deletedBeforeReset = true;
}

function wordByDay(ranges: Record<string, DayRange[]>): Map<Day, string> {
  return new Map(
    Object.entries(ranges).flatMap(([word, days]) =>
      daysOfRanges(days).map((day): [Day, string] => [day, word]),
    ),
  );
}

/** The look before had not seen the file; the day on which it was made tells more, unless that is the day of the look. */
function madeAfter(madeOn: Day | undefined, lookedBefore: Instant): Instant {
  return madeOn === undefined || lookedBefore.startsWith(madeOn) ? lookedBefore : startOf(madeOn);
}

function startOf(day: Day): Instant {
  return `${day}T00:00:00.000Z`;
}

function isBeingDeleted({ status }: DayRecord): boolean {
  return status === 'RunningToBeDeleted' || status === 'DeletedByUserRequest';
}

/** Enters whose file a day that lay at Twilio has come home with: another job may have made one since it was found. */
export function enterMaker(record: DayRecord, { friendlyName, createDate }: FileMaker): void {
  const { reused } = record;
  if (reused?.from === 'available')
    record.reused = { ...reused, friendlyName, createDate: createDate ?? reused.createDate };
}

/** Closes a job of which nothing more is expected: a day that it did not bring is deleted, or tried again. */
export function closeJob(
  ledger: Ledger,
  job: JobRecord,
  request: ResolvedExportJobInput,
  now: Instant,
): void {
  closeDeletedDays(ledger, job, now);
  if (!isAbandoned(job) && !job.picture?.gone) setUntoldDaysApart(ledger, job);
  for (const record of waitingDays(ledger, job)) {
    tryAgain(record, { problem: missingDayProblem(record, job), request, now });
  }
  job.over = true;
}

/** A day that a job leaves untold goes out on its own: then all that is said is said of it. */
export function setUntoldDaysApart(ledger: Ledger, job: JobRecord): void {
  for (const record of waitingDays(ledger, job)) if (record.status === 'Unaccounted') record.alone = true;
}

/** A day that somebody else deleted is not submitted again: that was a person's will. */
export function closeDeletedDays(ledger: Ledger, job: JobRecord, now: Instant): void {
  if (isAbandoned(job)) return;
  for (const record of waitingDays(ledger, job))
    if (wasDeleted(record, job))
      closeDay(record, { outcome: 'deleted', problem: missingDayProblem(record, job) }, now);
}

/** Closes for good the days that a job still owes and that nobody may ask for again, since it lives on. */
export function closeStuckDays(ledger: Ledger, job: JobRecord, problem: string, now: Instant): void {
  for (const record of waitingDays(ledger, job))
    if (isStuck(record, job)) closeDay(record, { outcome: 'failed', problem }, now);
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
    closeDay(record, { outcome: 'failed', problem: `${problem} (${tries})` }, now);
    return;
  }
  record.stage = 'toSubmit';
  record.problem = problem;
  record.problemSince = now;
  record.since = now;
  record.dueAt = new Date(Date.parse(now) + cooldownMs).toISOString();
}

/** Gives a day its one outcome. */
export function closeDay(
  record: DayRecord,
  {
    outcome,
    file = null,
    madeBy = null,
    problem = null,
  }: { outcome: DayOutcome; file?: DayFile | null; madeBy?: FileMaker | null; problem?: string | null },
  now: Instant,
): void {
  record.stage = 'over';
  record.outcome = outcome;
  record.file = file;
  record.madeBy = madeBy;
  record.problem = problem;
  record.problemSince = problem === null ? null : now;
}

/** Files and jobs vanish seven days after their end; a little earlier we no longer blame a person. */
const VANISHING_AGE_DAYS = 6;

function wasDeleted({ status }: DayRecord, { picture, workedAt }: JobRecord): boolean {
  if (status === 'DeletedByUserRequest' || (status === 'RunningToBeDeleted' && picture?.gone)) return true;
  if (!picture?.gone || status === 'Failed') return false;
  return Date.parse(picture.asOf) < Date.parse(workedAt) + VANISHING_AGE_DAYS * DAY_MS;
}

function missingDayProblem({ status }: DayRecord, job: JobRecord): string {
  const where = `[job ${job.jobSid}]`;
  if (status === 'Failed') return `Twilio reports Failed ${where}`;
  if (job.deletedBeforeReset) return `The job was deleted before the export was reset ${where}`;
  if (isAbandoned(job))
    return `The day was stuck for longer than the export is patient, and its job was deleted ${where}`;
  if (status === 'DeletedByUserRequest') return `The day was deleted at Twilio by somebody else ${where}`;
  if (job.picture?.gone) return `Twilio does not know the job any more ${where}`;
  if (!job.picture?.over && job.fate === 'notDeletable')
    return `Twilio says nothing of the day, and its job could not be deleted ${where}`;
  return `The job is over and Twilio does not say how the day ended ${where}`;
}
