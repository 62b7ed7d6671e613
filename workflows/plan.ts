/** What is left to do, always computed from the ledger. Pure: the clock is a parameter. */
import type { Instant } from '../activities/api.ts';
import { daysBetween, fewestRanges, type Range } from './calendar.ts';
import { byExpiry } from './expiry.ts';
import type { ResolvedExportJobInput } from './input.ts';
import {
  type DayRecord,
  hasFile,
  isStuck,
  type JobRecord,
  lastJobOf,
  type Ledger,
  saysOnlyEnds,
  waitingDays,
} from './ledger.ts';

/** So many jobs of one export live at once; more ranges wait for one of them to end. */
export const MAXIMUM_LIVE_JOBS = 20;

/** How often a day's file may be corrupt before the day is submitted again. */
export const MAXIMUM_CORRUPT_FILES = 3;

/** Twilio says that a job typically takes less than a day; longer in the queue is worth a look. */
export const QUEUE_PATIENCE_MS = 24 * 3_600_000;

/** A job that we deleted is given so long to say that nothing of it is at work before its days go out again all the same. */
export const DELETION_PATIENCE_MS = 3_600_000;

/** Whether every day has its outcome. */
export function isOver(ledger: Ledger): boolean {
  return ledger.days.every(({ outcome }) => outcome !== null);
}

/**
 * The ranges to submit now: the fewest that cover the days that are due, within the limit of live jobs. Days whose
 * files were no good come back one by one; they wait for each other, so that neighbours go out together.
 */
export function rangesToSubmit(ledger: Ledger, now: Instant): Range[] {
  if (ledger.seeksReuse) return [];
  const live = ledger.jobs.filter(({ over }) => !over).length;
  const fetched = new Set(
    ledger.days.filter((record) => isInFetching(record, now)).map(({ submission }) => submission),
  );
  const due = ledger.days.filter(
    (record) =>
      record.stage === 'toSubmit' &&
      !isCoolingDown(record, now) &&
      (lastJobOf(ledger, record)?.over ?? true) &&
      !(hasFile(record.status) && fetched.has(record.submission)),
  );
  const alone = due.filter((record) => record.alone).map(({ day }) => ({ startDay: day, endDay: day }));
  const together = due.filter((record) => !record.alone);
  const first = new Set(together.filter(({ attempts }) => attempts === 0).map(({ day }) => day));
  const underWay = ledger.underWay.filter(({ startDay, endDay }) =>
    daysBetween(startDay, endDay).every((day) => first.has(day)),
  );
  const others = together.filter(
    ({ day }) => !underWay.some((range) => range.startDay <= day && day <= range.endDay),
  );
  return [...underWay, ...fewestRanges(others.map(({ day }) => day)), ...alone].slice(
    0,
    Math.max(0, MAXIMUM_LIVE_JOBS - live),
  );
}

function isInFetching(record: DayRecord, now: Instant): boolean {
  if (record.stage === 'toFetch' || record.stage === 'fetching') return true;
  return hasFile(record.status) && isCoolingDown(record, now);
}

function isCoolingDown({ stage, dueAt }: DayRecord, now: Instant): boolean {
  return stage === 'toSubmit' && dueAt !== null && Date.parse(dueAt) > Date.parse(now);
}

/** When the whole export is out of time, in whichever of its runs. */
export function timeoutEndsAt({ startedAt }: Ledger, { timeoutMs }: ResolvedExportJobInput): Instant {
  return endOf(startedAt, timeoutMs);
}

/** When the next cool-down ends; null where no day cools down. */
export function nextSubmissionAt(ledger: Ledger, now: Instant): Instant | null {
  return earliest(ledger.days.flatMap((record) => (isCoolingDown(record, now) ? (record.dueAt ?? []) : [])));
}

/** The days to fetch now, those whose files expire first before the others, within the window of downloads. */
export function daysToFetch(ledger: Ledger, { maxConcurrentDownloads }: ResolvedExportJobInput): DayRecord[] {
  const fetching = ledger.days.filter(({ stage }) => stage === 'fetching').length;
  return ledger.days
    .filter(({ stage }) => stage === 'toFetch')
    .toSorted(byExpiry)
    .slice(0, Math.max(0, maxConcurrentDownloads - fetching));
}

/** Whether a look at a job can still bring anything. */
export function isExpected(ledger: Ledger, job: JobRecord): boolean {
  return !job.picture?.over && waitingDays(ledger, job).length > 0;
}

/** Whether a day is stuck for longer than the caller is patient. */
export function isOutOfPatience(
  record: DayRecord,
  job: JobRecord,
  now: Instant,
  { errorPatienceMs }: ResolvedExportJobInput,
): boolean {
  return isStuck(record, job) && hasPassed(record.since, errorPatienceMs, now);
}

/** Whether a day waits for longer than a job typically takes, and nothing is known to be wrong. */
export function isLongInQueue(record: DayRecord, job: JobRecord, now: Instant): boolean {
  return isQueued(record, job) && hasPassed(record.since, QUEUE_PATIENCE_MS, now);
}

/** Whether all that a job still owes are days that are out of patience: then it is deleted. */
export function isHopeless(
  ledger: Ledger,
  job: JobRecord,
  now: Instant,
  request: ResolvedExportJobInput,
): boolean {
  if (job.abandonedAt !== null)
    return saysOnlyEnds(job) || hasPassed(job.abandonedAt, DELETION_PATIENCE_MS, now);
  const owed = waitingDays(ledger, job).filter(
    ({ status }) => status !== 'Failed' && status !== 'DeletedByUserRequest',
  );
  return owed.length > 0 && owed.every((record) => isOutOfPatience(record, job, now, request));
}

/** When the next patience with a job ends, ours or a person's; null where none will. */
export function nextPatienceEnd(
  ledger: Ledger,
  job: JobRecord,
  now: Instant,
  { errorPatienceMs }: ResolvedExportJobInput,
): Instant | null {
  const ends = waitingDays(ledger, job).flatMap((record) => {
    if (isStuck(record, job)) return [endOf(record.since, errorPatienceMs)];
    return isQueued(record, job) ? [endOf(record.since, QUEUE_PATIENCE_MS)] : [];
  });
  if (job.abandonedAt !== null) ends.push(endOf(job.abandonedAt, DELETION_PATIENCE_MS));
  return earliest(ends.filter((end) => Date.parse(end) > Date.parse(now)));
}

function isQueued(record: DayRecord, job: JobRecord): boolean {
  return record.status === 'Submitted' || (record.status === 'Unaccounted' && !isStuck(record, job));
}

function hasPassed(since: Instant, patienceMs: number, now: Instant): boolean {
  return Date.parse(now) >= Date.parse(since) + patienceMs;
}

function endOf(since: Instant, patienceMs: number): Instant {
  return new Date(Date.parse(since) + patienceMs).toISOString();
}

function earliest(instants: Instant[]): Instant | null {
  return instants.toSorted()[0] ?? null;
}
