/** What is left to do, always computed from the ledger. Pure: the clock is a parameter. */
import type { Instant } from '../activities/api.ts';
import { fewestRanges, type Range } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';
import { type DayRecord, type JobRecord, type Ledger, waitingDays } from './ledger.ts';

/** So many jobs of one export live at once; more ranges wait for one of them to end. */
export const MAXIMUM_LIVE_JOBS = 20;

/** How often a day's file may be corrupt before the day is submitted again. */
export const MAXIMUM_CORRUPT_FILES = 3;

/** Twilio says that a job typically takes less than a day; longer in the queue is worth a look. */
export const SUBMITTED_PATIENCE_MS = 24 * 3_600_000;

/** Whether every day has its outcome. */
export function isOver(ledger: Ledger): boolean {
  return ledger.days.every(({ outcome }) => outcome !== null);
}

/** The ranges to submit now: the fewest that cover the days that are due, within the limit of live jobs. */
export function rangesToSubmit(ledger: Ledger, now: Instant): Range[] {
  const live = ledger.jobs.filter(({ over }) => !over).length;
  const due = ledger.days.filter(
    ({ stage, dueAt }) => stage === 'toSubmit' && (dueAt === null || Date.parse(dueAt) <= Date.parse(now)),
  );
  const alone = due.filter((record) => record.alone).map(({ day }) => ({ startDay: day, endDay: day }));
  const together = fewestRanges(due.filter((record) => !record.alone).map(({ day }) => day));
  return [...together, ...alone].slice(0, Math.max(0, MAXIMUM_LIVE_JOBS - live));
}

/** When the next cool-down ends; null where no day cools down. */
export function nextSubmissionAt(ledger: Ledger, now: Instant): Instant | null {
  return earliest(
    ledger.days.flatMap(({ stage, dueAt }) =>
      stage === 'toSubmit' && dueAt !== null && Date.parse(dueAt) > Date.parse(now) ? [dueAt] : [],
    ),
  );
}

/** The days to fetch now, earliest first, within the window of downloads. */
export function daysToFetch(ledger: Ledger, { maxConcurrentDownloads }: ResolvedExportJobInput): DayRecord[] {
  const fetching = ledger.days.filter(({ stage }) => stage === 'fetching').length;
  return ledger.days
    .filter(({ stage }) => stage === 'toFetch')
    .slice(0, Math.max(0, maxConcurrentDownloads - fetching));
}

/** Whether Twilio has stopped speaking of progress on this day, though it is not over. */
export function isStuck({ status }: DayRecord): boolean {
  return status === 'ErrorDuringRun' || status === 'Unaccounted';
}

/** Whether a day is stuck for longer than the caller is patient. */
export function isOutOfPatience(
  record: DayRecord,
  now: Instant,
  { errorPatienceMs }: ResolvedExportJobInput,
): boolean {
  return isStuck(record) && Date.parse(now) >= Date.parse(record.since) + errorPatienceMs;
}

/** Whether all that a job still owes are days that are out of patience: then it is deleted. */
export function isHopeless(
  ledger: Ledger,
  job: JobRecord,
  now: Instant,
  request: ResolvedExportJobInput,
): boolean {
  const owed = waitingDays(ledger, job).filter(
    ({ status }) => status !== 'Failed' && status !== 'DeletedByUserRequest',
  );
  return owed.length > 0 && owed.every((record) => isOutOfPatience(record, now, request));
}

/** When the next day of a job has waited so long that somebody should know; null where none will have. */
export function nextPatienceEnd(
  ledger: Ledger,
  job: JobRecord,
  now: Instant,
  { errorPatienceMs }: ResolvedExportJobInput,
): Instant | null {
  return earliest(
    waitingDays(ledger, job).flatMap((record) => {
      const patienceMs = isStuck(record)
        ? errorPatienceMs
        : record.status === 'Submitted'
          ? SUBMITTED_PATIENCE_MS
          : null;
      if (patienceMs === null) return [];
      const endsAt = Date.parse(record.since) + patienceMs;
      return endsAt > Date.parse(now) ? [new Date(endsAt).toISOString()] : [];
    }),
  );
}

function earliest(instants: Instant[]): Instant | null {
  return instants.toSorted()[0] ?? null;
}
