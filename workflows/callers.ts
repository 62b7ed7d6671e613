/** What callers and operators may say to a running export, and ask of it. */
import { setHandler } from '@temporalio/workflow';
import { type CancelInput, cancelSignal, checkNowSignal, progressQuery } from './api.ts';
import type { ExportRun } from './export-run.ts';

/**
 * Sets the handlers. They take any JSON and never throw: a handler that throws stalls the workflow for ever, and a
 * person in the UI may send junk or nothing. What is no JSON at all fails before it comes here.
 */
export function answerCallers(run: ExportRun): void {
  setHandler(progressQuery, () => run.progress(), {
    description:
      'How far the export is: phase, days by status, jobs, problems; the whole result once it has ended.',
  });
  setHandler(
    cancelSignal,
    (input: unknown) => {
      if (!run.canBeStopped) return;
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
  setHandler(checkNowSignal, () => run.lookNow(), { description: 'Look at Twilio now. No argument.' });
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
