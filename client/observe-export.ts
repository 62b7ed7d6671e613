import { WorkflowFailedError } from '@temporalio/client';
import { describedProgress, endedProgress, type Ending } from './described-progress.ts';
import { failedEnding } from './export-ending.ts';
import { askRun, describeExport, runOf, type FollowedExport, type RunHandle } from './followed-export.ts';
import { readPendingLooks } from './pending-looks.ts';
import { isOver, mergeProgress, type ObservedProgress } from './progress.ts';
import { readStartInput } from './start-input.ts';

/**
 * How far the export is: the workflow's own answer with what is fresher in the pending activities; what the server alone
 * knows where no worker answers.
 *
 * @param signal once it is aborted, nothing more is asked.
 * @throws `ExportError` of type `ExportNotFound`; the reason of `signal`.
 */
export async function observeExport(
  followed: FollowedExport,
  signal: AbortSignal | undefined,
): Promise<ObservedProgress> {
  const { client, workflowId } = followed;
  const described = await describeExport(followed);
  const { runId } = described;
  const run = runOf(followed, runId);
  const answer = await askRun(followed, run);
  signal?.throwIfAborted();
  // What has ended since it was described is described again: how it ended, the workflow itself may not know.
  const hasEnded = answer !== null && isOver(answer) && !described.closeTime;
  const description = hasEnded ? await run.describe() : described;
  const [looks, ending] = await Promise.all([
    readPendingLooks(client, description),
    description.closeTime ? endingOf(workflowId, run) : {},
  ]);
  signal?.throwIfAborted();
  if (!answer)
    return describedProgress(description, await readStartInput(client, { workflowId, runId }), looks, ending);
  const progress = mergeProgress(workflowId, answer, looks);
  return description.closeTime ? endedProgress(progress, description, ending) : progress;
}

async function endingOf(workflowId: string, run: RunHandle): Promise<Ending> {
  try {
    return { result: await run.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { result, type, message } = await failedEnding(workflowId, error, () => Promise.resolve(null));
    // A cancel is how a person wanted it, no problem; its receipt is in the workflow's own answer.
    return type === 'ExportCancelled' ? { type } : { ...(result && { result }), type, message };
  }
}
