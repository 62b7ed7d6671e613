/** How an export ends: why its work stopped, and what that makes of the workflow. */
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { ExportedDay } from '../activities/api.ts';
import type { ExportJobResult } from './api.ts';
import { fewestRanges, formatRange } from './calendar.ts';
import { type ExportRun, now } from './export-run.ts';
import { applicationFailureOf, exportFailure, isOutOfTime, problemOf } from './failures.ts';
import { countExport, outcomeOf } from './metrics.ts';
import { isOver } from './plan.ts';
import { endRemainingDays } from './result.ts';

/** Why the work ended. */
export type Ending =
  | { kind: 'everyDayIsOver' }
  | { kind: 'cancelled' }
  | { kind: 'timedOut'; limit: Limit }
  /** `refused`: before anything was made at Twilio or found, so there is nothing to clean up and nothing to tell. */
  | { kind: 'refused' | 'failed'; error: unknown };

/** A time that was too short for an export. */
interface Limit {
  whose: string;
  /** How to start the next one. */
  advice: string;
}

const ENGINE_TIME: Limit = {
  whose: 'The time that the engine was told to give the workflow',
  advice: "without a run or execution timeout of the engine: the input's timeout is enough",
};

/** A stop that came after the last day had its outcome is none. */
export function endingOf({ ledger, request, stopReason }: ExportRun): Ending {
  if (isOver(ledger)) return { kind: 'everyDayIsOver' };
  switch (stopReason?.kind) {
    case 'failure': {
      if (isOutOfTime(stopReason.error)) return { kind: 'timedOut', limit: ENGINE_TIME };
      const nothingWasMade = ledger.jobs.every(({ jobSid, inDoubt }) => jobSid === null && !inDoubt);
      const nothingIsThere = ledger.days.every(({ reused }) => reused === null);
      return { kind: nothingWasMade && nothingIsThere ? 'refused' : 'failed', error: stopReason.error };
    }
    case 'timeout':
      return {
        kind: 'timedOut',
        limit: {
          whose: `The timeout of the export, ${formatHours(request.timeoutMs)},`,
          advice: 'with a longer timeout',
        },
      };
    case 'engineTimeout':
      return { kind: 'timedOut', limit: ENGINE_TIME };
    case 'cancelSignal':
    case undefined:
      return { kind: 'cancelled' };
  }
}

/** Every day asked for has exactly one outcome, however the export ends. */
export function giveMissingDaysTheirOutcome(run: ExportRun, ending: Ending): void {
  const end = (outcome: 'cancelled' | 'failed', problem: string) =>
    endRemainingDays(run.ledger, { outcome, problem, troubles: run.troubles.known(), now: now() });
  switch (ending.kind) {
    case 'everyDayIsOver':
      return;
    case 'cancelled':
      return end('cancelled', 'The export was cancelled first');
    case 'timedOut':
      return end('failed', `${ending.limit.whose} ended first`);
    case 'refused':
      end('failed', problemOf(ending.error));
      // They were never in work: the count of failed days is for those that Twilio, or we, could not bring.
      return run.leaveDaysUncounted();
    case 'failed':
      return end('failed', problemOf(ending.error));
  }
}

/** The one place where the workflow becomes Completed, Failed or Canceled. When both cancels came, the engine's wins. */
export function conclude(run: ExportRun, ending: Ending, result: ExportJobResult): ExportJobResult {
  countExport(run.request.resourceType, outcomeOf(ending, result));
  switch (ending.kind) {
    case 'refused':
    case 'failed':
      run.enterFinal('failed', ending.kind === 'refused' ? null : result);
      throw applicationFailureOf(ending.error) ?? ending.error;
    case 'timedOut':
      run.enterFinal('failed', result);
      throw exportFailure('ExportTimedOut', timedOutMessage(ending.limit, result), result);
    case 'cancelled':
      run.enterFinal('cancelled', result);
      if (CancellationScope.current().consideredCancelled)
        throw new CancelledFailure(
          'The export was cancelled. The query progress and the manifest hold its receipt.',
        );
      return result;
    case 'everyDayIsOver':
      run.enterFinal(result.outcome, result);
      if (result.outcome === 'incomplete' && !run.request.allowIncomplete)
        throw exportFailure('ExportIncomplete', incompleteMessage(result), result);
      return result;
  }
}

function incompleteMessage(result: ExportJobResult): string {
  const missing = result.days.filter(({ outcome }) => outcome === 'failed' || outcome === 'deleted');
  return (
    `Could not bring every day home [${nameOf(result)}]: ${missing.length} of ${result.totals.days} days failed or ` +
    `were deleted at Twilio, ${rangesOf(missing)}. First problem: ${missing[0]?.problem}. ${othersOf(result)}` +
    `Start an export of the missing days again; if they fail again, Twilio's support asks for ` +
    `the job sids, ${sidsOf(result)}, and for the request ids in the problems of the days.`
  );
}

function timedOutMessage({ whose, advice }: Limit, result: ExportJobResult): string {
  const missing = result.days.filter(({ outcome }) => outcome === 'failed' || outcome === 'deleted');
  return (
    `${whose} ended first [${nameOf(result)}]: ${missing.length} of ${result.totals.days} days are missing, ` +
    `${rangesOf(missing)}. First problem: ${missing[0]?.problem}. ` +
    `${othersOf(result)}Start an export of the missing days again, ${advice}; Twilio's ` +
    `support asks for the job sids, ${sidsOf(result)}.`
  );
}

function othersOf({ totals }: ExportJobResult): string {
  const count = totals.downloaded + totals.empty;
  return count === 0 ? '' : `The other ${count} days are downloaded and whole, or empty. `;
}

function nameOf({ resourceType, startDay, endDay }: ExportJobResult): string {
  return `${resourceType} ${formatRange({ startDay, endDay })}`;
}

/** An error message names so many; the details have all. */
const MAXIMUM_NAMED = 10;

function rangesOf(days: readonly ExportedDay[]): string {
  return named(fewestRanges(days.map(({ day }) => day)).map(formatRange));
}

function sidsOf({ jobs }: ExportJobResult): string {
  return named(jobs.map(({ jobSid }) => jobSid)) || 'of which there are none';
}

function named(names: string[]): string {
  const more = names.length > MAXIMUM_NAMED ? ` and ${names.length - MAXIMUM_NAMED} more` : '';
  return names.slice(0, MAXIMUM_NAMED).join(', ') + more;
}

function formatHours(ms: number): string {
  return ms >= 3_600_000 ? `${Math.round(ms / 360_000) / 10} hours` : `${Math.round(ms / 1000)} seconds`;
}
