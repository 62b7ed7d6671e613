/** The answer to the query `progress`, computed from the ledger. Pure. */
import type { Instant } from '../activities/api.ts';
import type {
  ExportJobProgress,
  ExportJobResult,
  ExportPhase,
  ExportProblem,
  ExportProgress,
} from './api.ts';
import { fewestRanges, formatRange } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';
import { expiryNoticeOf, expiryOf, isAboutToExpire } from './expiry.ts';
import { type DayRecord, isReused, type JobRecord, type Ledger, waitingDays } from './ledger.ts';
import { isLongInQueue, isOutOfPatience, isOver } from './plan.ts';
import { totalsOf } from './result.ts';

/** What the export is doing, as far as the ledger tells. */
export function phaseOf(ledger: Ledger): ExportPhase {
  if (isOver(ledger)) return 'cleaning';
  if (ledger.days.some(({ stage }) => stage === 'toFetch' || stage === 'fetching')) return 'downloading';
  const open = ledger.jobs.filter(({ over }) => !over);
  if (open.length > 0 && open.every(({ quotaWait }) => quotaWait !== null)) return 'waitingForQuota';
  return ledger.jobs.some(({ jobSid }) => jobSid !== null) ? 'waiting' : 'creating';
}

/** Whether a create is under way: what waits for the next quota is not. */
export function awaitsJobs({ jobs }: Ledger): boolean {
  return jobs.some(({ over, jobSid, quotaWait }) => !over && jobSid === null && quotaWait === null);
}

/** What the ledger does not tell. */
export interface Moment {
  phase: ExportPhase;
  result: ExportJobResult | null;
  /** Of activities that are tried again and again. */
  troubles?: ExportProblem[];
  now: Instant;
}

/** How far the export is. */
export function progressOf(
  ledger: Ledger,
  request: ResolvedExportJobInput,
  { phase, result, troubles = [], now }: Moment,
): ExportProgress {
  const { days, downloaded, empty, failed, deleted, sizeBytes, records } = totalsOf(ledger.days);
  const reused = ledger.days.filter(isReused).length;
  return {
    phase,
    resourceType: request.resourceType,
    startDay: request.startDay,
    endDay: request.endDay,
    days: { total: days, downloaded, empty, failed, deleted, reused, byStatus: countStatuses(ledger) },
    sizeBytes,
    records,
    jobs: ledger.jobs.flatMap((job) => jobProgress(job) ?? []),
    problems: [...troubles, ...problemsOf(ledger, request, now)],
    result,
  };
}

function countStatuses(ledger: Ledger): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, stage, status } of ledger.days) {
    if (outcome !== null) continue;
    const word = stage === 'toSubmit' ? 'NotSubmitted' : (status ?? 'Unaccounted');
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

function jobProgress({ jobSid, startDay, endDay, picture }: JobRecord): ExportJobProgress | null {
  if (jobSid === null) return null;
  return {
    jobSid,
    startDay,
    endDay,
    byStatus: picture?.byStatus ?? {},
    jobQueuePosition: picture?.jobQueuePosition ?? null,
    estimatedCompletionTime: picture?.estimatedCompletionTime ?? null,
    asOf: picture?.asOf ?? null,
  };
}

function problemsOf(ledger: Ledger, request: ResolvedExportJobInput, now: Instant): ExportProblem[] {
  return [
    ...ledger.jobs.filter(({ over }) => !over).flatMap((job) => jobProblems(ledger, job, request, now)),
    ...expiringFiles(ledger, now),
    ...problemsOfDays(
      ledger.days.filter(({ problem, outcome }) => problem !== null && outcome !== 'cancelled'),
      {
        describe: (record) => `${record.problem}.${nextStep(record)}`,
        sinceOf: ({ problemSince, since }) => problemSince ?? since,
      },
    ),
  ];
}

function expiringFiles(ledger: Ledger, now: Instant): ExportProblem[] {
  const expiring = ledger.days.filter((record) => isAboutToExpire(record, now));
  const ends = new Set(expiring.flatMap((record) => expiryOf(record) ?? []));
  return [...ends].toSorted().flatMap((expiresAt) => {
    const alike = expiring.filter((record) => expiryOf(record) === expiresAt);
    const describe = () =>
      `Less than a day is left to fetch the file: Twilio keeps it until ${expiresAt}, or a little longer. ` +
      'See Pending Activities for what is in the way; once it has expired, the day is submitted again';
    return problemsOfDays(alike, { describe, sinceOf: noticedAt }).map((problem) =>
      Object.assign(problem, { expiresAt }),
    );
  });
}

function noticedAt(record: DayRecord): Instant {
  return expiryNoticeOf(record) ?? record.since;
}

function nextStep({ stage, dueAt }: DayRecord): string {
  if (stage === 'over') return '';
  return stage === 'toSubmit' && dueAt !== null
    ? ` It is submitted again after ${dueAt}.`
    : ' It has been submitted again.';
}

function jobProblems(
  ledger: Ledger,
  job: JobRecord,
  request: ResolvedExportJobInput,
  now: Instant,
): ExportProblem[] {
  const jobSid = job.jobSid ?? undefined;
  const waiting = waitingDays(ledger, job);
  const outOfPatience = waiting.filter((record) => isOutOfPatience(record, job, now, request));
  const queued = waiting.filter((record) => isLongInQueue(record, job, now));
  const { quotaWait } = job;
  return [
    ...(quotaWait ? [quotaProblem(job, quotaWait)] : []),
    ...(job.picture?.problems ?? []).map(({ type, problem }) => ({
      problem,
      since: job.problemsSince[type] ?? now,
      jobSid,
    })),
    ...problemsOfDays(outOfPatience, {
      jobSid,
      describe: ({ status }) =>
        `${status} for longer than the export is patient. Twilio may still bring the day; once the other days of ` +
        'the job are over, the job is deleted and the day is submitted again',
    }),
    ...problemsOfDays(queued, {
      jobSid,
      describe: () =>
        'In the queue for more than a day, though Twilio says that a job typically takes less. Nothing is lost; ' +
        "ask Twilio's support if it lasts",
    }),
  ];
}

function quotaProblem(
  job: JobRecord,
  { problem, since, endsAt }: NonNullable<JobRecord['quotaWait']>,
): ExportProblem {
  return { problem, since, day: formatRange(job), resumesAt: endsAt };
}

/** What is said of days. */
interface Told {
  jobSid?: string;
  describe: (record: DayRecord) => string;
  /** Without it, since the day has its status. */
  sinceOf?: (record: DayRecord) => Instant;
}

/** Days with the same problem are one problem for each range of them, not one for each day, since the first has it. */
function problemsOfDays(
  records: readonly DayRecord[],
  { jobSid, describe, sinceOf = ({ since }) => since }: Told,
): ExportProblem[] {
  const alike = new Map<string, DayRecord[]>();
  for (const record of records) {
    const problem = describe(record);
    alike.set(problem, [...(alike.get(problem) ?? []), record]);
  }
  return [...alike].flatMap(([problem, group]) =>
    fewestRanges(group.map(({ day }) => day)).map((range) => ({
      problem,
      since: earliest(group.filter(({ day }) => range.startDay <= day && day <= range.endDay).map(sinceOf)),
      day: formatRange(range),
      jobSid,
    })),
  );
}

function earliest(instants: Instant[]): Instant {
  return instants.toSorted()[0] ?? '';
}
