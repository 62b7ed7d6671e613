import {
  TerminatedFailure,
  WorkflowFailedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { ExportJobResult } from '../workflows/api.ts';
import { completedResult, failedEnding } from './export-ending.ts';
import { askRun, runOf, type FollowedExport } from './followed-export.ts';
import { throughOutages } from './outages.ts';
import { describeCurrentRun, firstRunIdOf } from './run-chain.ts';

/**
 * The result of the export that was described, whenever it comes: through times when Temporal can not be reached, and
 * through resets.
 *
 * @param signal once it is aborted, nothing more is asked.
 * @throws the `ExportError` that its end is.
 */
export async function awaitExport(
  followed: FollowedExport,
  description: WorkflowExecutionDescription,
  signal: AbortSignal | undefined,
): Promise<ExportJobResult> {
  const { client, workflowId } = followed;
  try {
    const run = runOf(followed, description.runId);
    return completedResult(workflowId, await throughOutages(() => run.result(), signal));
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const chain = { workflowId, firstExecutionRunId: firstRunIdOf(description) };
    const current = await throughOutages(() => describeCurrentRun(client, chain), signal);
    // A reset terminates a run, and the export goes on in another one.
    if (error.cause instanceof TerminatedFailure && current.runId !== description.runId)
      return awaitExport(followed, current, signal);
    const receipt = async () => (await askRun(followed, runOf(followed, current.runId)))?.result ?? null;
    throw await failedEnding(workflowId, error, receipt);
  }
}
