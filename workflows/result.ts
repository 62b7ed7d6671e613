/** The statement that every day asked for is accounted for. Pure. */
import type { ExportedDay, ExportedJob, ExportTotals } from '../activities/api.ts';
import type { ExportJobResult } from './api.ts';
import type { ResolvedExportJobInput } from './input.ts';
import { closeDay } from './bookkeeping.ts';
import { type DayRecord, exportedJob, isReused, lastJobOf, type Ledger } from './ledger.ts';

/** Gives every day that is not over the outcome that the end of the export means for it. */
export function endRemainingDays(
  ledger: Ledger,
  ending: { outcome: 'cancelled' | 'failed'; problem: string },
): void {
  for (const record of ledger.days) {
    if (record.outcome !== null) continue;
    const status = record.status ?? (record.stage === 'toSubmit' ? 'not submitted' : 'not yet looked at');
    const before = record.problem === null ? '' : `; before that: ${record.problem}`;
    closeDay(record, {
      outcome: ending.outcome,
      problem: `${ending.problem} [${status}]${problemOfJob(ledger, record)}${before}`,
    });
  }
}

/** Each day that waits for the job repeats it, so it is kept short. */
const MAXIMUM_JOB_PROBLEM_CHARACTERS = 300;

/** What keeps a job's looks from an answer may be all that keeps its days. */
function problemOfJob(ledger: Ledger, record: DayRecord): string {
  if (record.stage !== 'submitted') return '';
  const [first] = lastJobOf(ledger, record)?.picture?.problems ?? [];
  if (!first) return '';
  const { problem } = first;
  const isLong = problem.length > MAXIMUM_JOB_PROBLEM_CHARACTERS;
  return `; of its job: ${isLong ? `${problem.slice(0, MAXIMUM_JOB_PROBLEM_CHARACTERS)}…` : problem}`;
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
