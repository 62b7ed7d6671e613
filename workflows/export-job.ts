import {
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExportJobInput, ExportJobResult } from './api.ts';
import { enterSubmission } from './bookkeeping.ts';
import { answerCallers } from './callers.ts';
import { cardOfRefusal } from './card.ts';
import { type CarriedLedger, carryLedger, isCarriedBy, takeOverLedger } from './carried-ledger.ts';
import { cleanUp } from './clean-up.ts';
import { conclude, endingOf, giveMissingDaysTheirOutcome } from './ending.ts';
import { ExportRun, msUntil, now } from './export-run.ts';
import { nextExpiryNotice } from './expiry.ts';
import { exportFailure } from './failures.ts';
import { fetchDay } from './fetch-day.ts';
import { followJob } from './follow-job.ts';
import { InvalidExportInput, parseExportJobInput, type ResolvedExportJobInput } from './input.ts';
import { openLedger } from './ledger.ts';
import { reuseDays } from './reuse-days.ts';
import { countExport } from './metrics.ts';
import { daysToFetch, isOver, nextSubmissionAt, rangesToSubmit, timeoutEndsAt } from './plan.ts';
import { showPhase } from './search-attributes.ts';
import { timeLimitOf } from './time-limit.ts';

/**
 * One export, end to end: asks Twilio for the days, waits, downloads each as soon as it is there, asks again for
 * those that failed, cleans up, and ends when every day has exactly one outcome. A long one goes on in a new run when
 * the engine suggests it.
 *
 * @param continued what the run before knew; given by that run alone.
 * @returns the result, with outcome `cancelled` after the `cancel` signal.
 * @throws `ApplicationFailure` of one of the `ExportFailureType`s; `CancelledFailure` when the engine was asked to
 * cancel.
 *
 * @example
 * ```ts
 * // In a workflow of one's own, whose module also has: export { exportJob } from 'temporal-bulk-exports/workflows';
 * import { executeChild } from '@temporalio/workflow';
 *
 * const { outcome, manifest } = await executeChild(exportJob, {
 *   args: [input],
 *   parentClosePolicy: 'REQUEST_CANCEL',
 * });
 * ```
 */
export async function exportJob(input: ExportJobInput, continued?: CarriedLedger): Promise<ExportJobResult> {
  const request = acceptInput(input, continued);
  const ledger = continued
    ? takeOverLedger(continued, workflowInfo().originalExecutionRunId)
    : openLedger(request, now());
  const run = new ExportRun(request, ledger);
  answerCallers(run);
  run.announce();

  await run.workThrough(() => bringEveryDayHome(run));
  if (run.isHandingOver)
    await continueAsNew<typeof exportJob>(input, carryLedger(run.ledger, run.identity.exportId));
  const ending = endingOf(run);

  giveMissingDaysTheirOutcome(run, ending);
  run.enterCleaning();
  const result = await CancellationScope.nonCancellable(() => cleanUp(run, ending));
  return conclude(run, ending, result);
}

/** What is left to do is computed from the ledger, again after each thing that happens. */
async function bringEveryDayHome(run: ExportRun): Promise<void> {
  const { ledger, request } = run;
  run.launch(() => tellOfExpiry(run));
  run.launch(() => stopAfterTimeout(run));
  for (const job of ledger.jobs.filter(({ over }) => !over)) run.launch(() => followJob(run, job));
  if (ledger.seeksReuse) run.launch(() => reuseDays(run));
  let coolDownEndsAt: string | null = null;
  while (!isOver(ledger)) {
    if (workflowInfo().continueAsNewSuggested) return run.handOver();
    for (const range of rangesToSubmit(ledger, now()))
      run.launch(() => followJob(run, enterSubmission(ledger, range, now())));
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
  const { kind, endsAt } = timeLimitOf(timeoutEndsAt(run.ledger, run.request), workflowInfo());
  await sleep(msUntil(endsAt), { summary: 'timeout of the export' });
  run.stop({ kind });
}

/** Nothing else may happen on the day before a file expires: somebody has to look at what keeps it from its fetch. */
async function tellOfExpiry(run: ExportRun): Promise<never> {
  const notice = () => nextExpiryNotice(run.ledger, now());
  for (;;) {
    await condition(() => notice() !== null);
    // One timer for whichever days, not one for each: those that are fetched by then need no word.
    const dueAt = notice() ?? now();
    const summary = 'a day before files expire at Twilio';
    const isFoundEarlier = await condition(() => (notice() ?? dueAt) < dueAt, msUntil(dueAt), { summary });
    if (!isFoundEarlier) run.announce();
  }
}

/**
 * No caller may bring a ledger, and none may start a cron: its runs are one export to the engine, so that each would
 * take the jobs of the one before for its own.
 */
function acceptInput(input: unknown, continued: unknown): ResolvedExportJobInput {
  const { firstExecutionRunId, cronSchedule } = workflowInfo();
  const isContinued = isCarriedBy(firstExecutionRunId, continued);
  try {
    if (cronSchedule)
      throw new InvalidExportInput([
        `cronSchedule must not be set, got "${cronSchedule}": use a Schedule of Temporal, and terminate this workflow`,
      ]);
    if (continued !== undefined && !isContinued)
      throw new InvalidExportInput(['exportJob takes one argument, got a second one']);
    return parseExportJobInput(input, Date.now());
  } catch (error) {
    if (!(error instanceof InvalidExportInput)) throw error;
    // Its jobs are at work: a worker of another version may not end it, and its task waits for one that goes on.
    if (isContinued)
      throw new Error('The run before accepted an input that this worker does not', { cause: error });
    showPhase('failed');
    countExport('unknown', 'refused');
    setCurrentDetails(cardOfRefusal(error.message));
    throw exportFailure('InvalidInput', error.message, { faults: error.faults });
  }
}
