import { CancellationScope, sleep } from '@temporalio/workflow';
import type { ExportJobInput, ExportJobResult } from './api.ts';
import { answerCallers } from './callers.ts';
import { cleanUp } from './clean-up.ts';
import { conclude, endingOf, giveMissingDaysTheirOutcome } from './ending.ts';
import { ExportRun, msUntil, now } from './export-run.ts';
import { exportFailure } from './failures.ts';
import { fetchDay } from './fetch-day.ts';
import { followJob } from './follow-job.ts';
import { InvalidExportInput, parseExportJobInput, type ResolvedExportJobInput } from './input.ts';
import { daysToFetch, isOver, nextSubmissionAt, rangesToSubmit } from './plan.ts';
import { showPhase } from './search-attributes.ts';

/**
 * One export, end to end: asks Twilio for the days, waits, downloads each as soon as it is there, asks again for
 * those that failed, cleans up, and ends when every day has exactly one outcome.
 *
 * @returns the result, with outcome `cancelled` after the `cancel` signal.
 * @throws `ApplicationFailure` of one of the `ExportFailureType`s; `CancelledFailure` when the engine was asked to
 * cancel.
 */
export async function exportJob(input: ExportJobInput): Promise<ExportJobResult> {
  const run = new ExportRun(acceptInput(input));
  answerCallers(run);
  run.announce();

  await run.workThrough(() => bringEveryDayHome(run));
  const ending = endingOf(run);

  giveMissingDaysTheirOutcome(run, ending);
  run.enterCleaning();
  const result = await CancellationScope.nonCancellable(() => cleanUp(run, ending));
  return conclude(run, ending, result);
}

/** What is left to do is computed from the ledger, again after each thing that happens. */
async function bringEveryDayHome(run: ExportRun): Promise<void> {
  const { ledger, request } = run;
  run.launch(() => stopAfterTimeout(run));
  let coolDownEndsAt: string | null = null;
  while (!isOver(ledger)) {
    for (const range of rangesToSubmit(ledger, now())) run.launch(() => followJob(run, range));
    for (const record of daysToFetch(ledger, request)) run.launch(() => fetchDay(run, record));

    const nextAt = nextSubmissionAt(ledger, now());
    if (nextAt !== null && nextAt !== coolDownEndsAt) run.launch(() => coolDown(run, nextAt));
    coolDownEndsAt = nextAt;
    await run.news();
  }
}

async function coolDown({ ledger }: ExportRun, endsAt: string): Promise<void> {
  const count = ledger.days.filter(({ stage }) => stage === 'toSubmit').length;
  await sleep(msUntil(endsAt), {
    summary: `cool-down before submitting ${count} ${count === 1 ? 'day' : 'days'} again`,
  });
}

async function stopAfterTimeout(run: ExportRun): Promise<void> {
  await sleep(run.request.timeoutMs, { summary: 'timeout of the export' });
  run.stop({ kind: 'timeout' });
}

function acceptInput(input: unknown): ResolvedExportJobInput {
  try {
    return parseExportJobInput(input, Date.now());
  } catch (error) {
    if (!(error instanceof InvalidExportInput)) throw error;
    showPhase('failed');
    throw exportFailure('InvalidInput', error.message, { faults: error.faults });
  }
}
