/** The statement that every day asked for is accounted for. Pure. */
import type { ExportedDay, ExportedJob, ExportTotals, Instant } from '../activities/api.ts';
import type { ExportJobResult, ExportProblem } from './api.ts';
import type { ResolvedExportJobInput } from './input.ts';
import { closeDay } from './bookkeeping.ts';
import { formatRange } from './calendar.ts';
import { type DayRecord, exportedJob, isReused, type JobRecord, lastJobOf, type Ledger } from './ledger.ts';

/** Why the days that are left end now, and what is known to keep them from their end. */
export interface RemainingDaysEnd {
  outcome: 'cancelled' | 'failed';
  problem: string;
  /** Of activities that are tried again and again. */
  troubles: readonly ExportProblem[];
  now: Instant;
}

/** Gives every day that is not over the outcome that the end of the export means for it. */
export function endRemainingDays(
  ledger: Ledger,
  { outcome, problem, troubles, now }: RemainingDaysEnd,
): void {
  const keptBy = obstacles(ledger, troubles);
  for (const record of ledger.days) {
    if (record.outcome !== null) continue;
    const status = record.status ?? (record.stage === 'toSubmit' ? 'not submitted' : 'not yet looked at');
    const before = record.problem === null ? '' : `; before that: ${record.problem}`;
    closeDay(record, { outcome, problem: `${problem} [${status}]${keptBy(record)}${before}` }, now);
  }
}

/** What keeps a day from its end, as its problem goes on to say. What keeps its job may be all that keeps the day. */
function obstacles(ledger: Ledger, troubles: readonly ExportProblem[]): (record: DayRecord) => string {
  const fetching = new Set(ledger.days.filter(({ stage }) => stage === 'fetching').map(({ day }) => day));
  const ofDownloads = troubles.filter(({ day }) => day !== undefined && fetching.has(day));
  const ofExport = troubles.find(({ day, jobSid }) => day === undefined && jobSid === undefined);
  return (record) => {
    switch (record.stage) {
      case 'toSubmit':
        return told('of the export', ofExport?.problem);
      case 'submitted':
        return told('of its job', problemOfJob(lastJobOf(ledger, record), troubles));
      case 'toFetch':
        return told('it waits for other downloads, of which one', ofDownloads[0]?.problem);
      case 'fetching':
        return told('of its download', ofDownloads.find(({ day }) => day === record.day)?.problem);
      case 'over':
        return '';
    }
  };
}

function problemOfJob(job: JobRecord | undefined, troubles: readonly ExportProblem[]): string | undefined {
  if (job === undefined) return undefined;
  const range = formatRange(job);
  const ofJob = troubles.find(({ day, jobSid }) =>
    job.jobSid === null ? day === range : jobSid === job.jobSid,
  );
  return ofJob?.problem ?? job.picture?.problems[0]?.problem ?? job.quotaWait?.problem;
}

/** Each day that is kept by the same repeats it, so it is kept short. */
const MAXIMUM_OBSTACLE_CHARACTERS = 300;

function told(whose: string, problem: string | undefined): string {
  if (problem === undefined) return '';
  const isLong = problem.length > MAXIMUM_OBSTACLE_CHARACTERS;
  return `; ${whose}: ${isLong ? `${problem.slice(0, MAXIMUM_OBSTACLE_CHARACTERS)}…` : problem}`;
}

/** The result of an export whose days are all over, before its manifest is written. */
export function resultOf(
  ledger: Ledger,
  request: ResolvedExportJobInput,
  { sweptJobs, ...end }: { sweptJobs: ExportedJob[]; notCleaned: string[]; cancelReason?: string },
): ExportJobResult {
  const totals = totalsOf(ledger.days);
  return {
    outcome: outcomeOf(totals),
    resourceType: request.resourceType,
    startDay: request.startDay,
    endDay: request.endDay,
    days: ledger.days.map((record) => exportedDay(ledger, record)),
    jobs: [...ledger.jobs.flatMap((job) => exportedJob(job) ?? []), ...sweptJobs],
    totals,
    manifest: null,
    ...end,
  };
}

/** Sums over the days, as far as they are over. */
export function totalsOf(days: readonly DayRecord[]): ExportTotals {
  const count = (outcome: DayRecord['outcome']) => days.filter((record) => record.outcome === outcome).length;
  return {
    days: days.length,
    downloaded: count('downloaded'),
    empty: count('empty'),
    failed: count('failed'),
    deleted: count('deleted'),
    cancelled: count('cancelled'),
    sizeBytes: days.reduce((sum, { file }) => sum + (file?.sizeBytes ?? 0), 0),
    records: days.reduce((sum, { file }) => sum + (file?.records ?? 0), 0),
  };
}

/** Where the published days lie, each place once, with `day=*` for the days. */
export function locationsOf(days: readonly DayRecord[]): string[] {
  return [...new Set(days.flatMap(({ day, file }) => file?.location.replace(`day=${day}`, 'day=*') ?? []))];
}

function outcomeOf({ cancelled, failed, deleted }: ExportTotals): ExportJobResult['outcome'] {
  if (cancelled > 0) return 'cancelled';
  return failed + deleted > 0 ? 'incomplete' : 'complete';
}

function exportedDay(ledger: Ledger, record: DayRecord): ExportedDay {
  const { day, outcome, file, madeBy, attempts, reused, earlierJobSid, problem } = record;
  const jobSid = lastJobOf(ledger, record)?.jobSid ?? earlierJobSid;
  return {
    day,
    outcome: outcome ?? 'failed',
    ...(file && { location: file.location }),
    sizeBytes: file?.sizeBytes ?? 0,
    records: file?.records ?? 0,
    ...(file && { sha256: file.sha256 }),
    ...(jobSid && { jobSid }),
    attempts,
    ...(madeBy && { madeBy }),
    ...(problem !== null && { problem }),
    ...(reused !== null && isReused(record) && { reused }),
  };
}
