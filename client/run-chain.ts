/**
 * One export is a chain of runs: Continue-As-New and a reset end a run and begin the next one under the same workflow
 * id. A later export of that id begins a chain of its own.
 */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

/** A workflow id and, where the handle came from a start, which of its exports is meant. */
export interface ExportChain {
  workflowId: string;
  /** Where it is missing, the latest export of the id is meant. */
  firstExecutionRunId?: string | undefined;
}

/**
 * The description of the chain's current run; of its last one where the export is over, also where the id belongs to a
 * later export by now.
 *
 * @throws `WorkflowNotFoundError` of the SDK.
 */
export async function describeCurrentRun(
  client: Client,
  { workflowId, firstExecutionRunId }: ExportChain,
): Promise<WorkflowExecutionDescription> {
  const latest = await client.workflow.getHandle(workflowId).describe();
  if (firstExecutionRunId === undefined || firstRunIdOf(latest) === firstExecutionRunId) return latest;
  const runId = await lastRunId(client, workflowId, firstExecutionRunId);
  return client.workflow.getHandle(workflowId, runId).describe();
}

/** The run with which the chain of a run began; its own id where the server does not tell. */
export function firstRunIdOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

async function lastRunId(client: Client, workflowId: string, runId: string): Promise<string> {
  const next = (await resetRunId(client, workflowId, runId)) || (await nextRunId(client, workflowId, runId));
  return next ? lastRunId(client, workflowId, next) : runId;
}

/** The run that a reset made of this one. The last event tells of it no more than of any other termination. */
async function resetRunId(client: Client, workflowId: string, runId: string): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  return raw.workflowExtendedInfo?.resetRunId ?? undefined;
}

/** What a run's last event says of its successor, also of one by a retry or a cron of the caller's. */
async function nextRunId(client: Client, workflowId: string, runId: string): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
    historyEventFilterType: CLOSE_EVENT,
  });
  const last = history?.events?.at(-1);
  const ending =
    last?.workflowExecutionContinuedAsNewEventAttributes ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes ??
    last?.workflowExecutionCompletedEventAttributes;
  return ending?.newExecutionRunId ?? undefined;
}

/** `temporal.api.enums.v1.HistoryEventFilterType`. */
const CLOSE_EVENT = 2;
