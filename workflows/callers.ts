/** What callers and operators may say to a running export, and ask of it. */
import { setHandler, sleep } from '@temporalio/workflow';
import { type CancelInput, cancelSignal, checkNowSignal, progressQuery } from './api.ts';
import { type ExportRun, msUntil } from './export-run.ts';

/**
 * Sets the handlers. They take anything and never throw: a handler that throws stalls the workflow for ever, and
 * a person in the UI may send junk or nothing.
 */
export function answerCallers(run: ExportRun): void {
  setHandler(progressQuery, () => run.progress(), {
    description:
      'How far the export is: phase, days by status, jobs, problems; the whole result once it has ended.',
  });
  setHandler(
    cancelSignal,
    (input: unknown) => {
      if (run.isStopped) return;
      const { reason, deleteJob } = parseCancel(input);
      if (reason !== undefined) run.cancelReason = reason;
      if (deleteJob !== undefined) run.deleteJob = deleteJob;
      run.stop({ kind: 'cancelSignal' });
    },
    {
      description:
        'Stop, clean up, keep what is downloaded. Argument, all optional: {"reason": "text", "deleteJob": true}.',
    },
  );
  const lookNow = lookNowWithinReason(run);
  setHandler(checkNowSignal, lookNow, { description: 'Look at Twilio now. No argument.' });
}

/** Several wishes at once are one look, and there is at most one look per minimum interval. */
function lookNowWithinReason(run: ExportRun): () => void {
  let nextAllowedAt = new Date(0).toISOString();
  let isWished = false;
  return () => {
    if (isWished || run.isStopped) return;
    isWished = true;
    run.launch(async () => {
      const waitMs = msUntil(nextAllowedAt);
      if (waitMs > 0) await sleep(waitMs, { summary: 'the next look that checkNow may have' });
      isWished = false;
      nextAllowedAt = new Date(Date.now() + run.request.poll.minimumIntervalMs).toISOString();
      run.waits.interrupt();
    });
  };
}

/** A reason is shown and kept, so it has a limit. */
const MAXIMUM_REASON_CHARACTERS = 500;

/** Any `cancel` is a cancel: what can not be understood of its argument is left out. */
export function parseCancel(input: unknown): CancelInput {
  if (typeof input !== 'object' || input === null) return {};
  const { reason, deleteJob } = input as Record<string, unknown>;
  return {
    ...(typeof reason === 'string' && { reason: reason.slice(0, MAXIMUM_REASON_CHARACTERS) }),
    ...(typeof deleteJob === 'boolean' && { deleteJob }),
  };
}
