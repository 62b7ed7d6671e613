/**
 * Runs of workflows as the server knows them, raw: the SDK's own calls decode the memo of every run, and would fail
 * on one that a codec has encrypted.
 */
import {
  isGrpcServiceError,
  type Client,
  type Payload,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';

/** A run in a list. It may be behind the truth by a few seconds. */
export interface ListedRun {
  workflowId: string;
  runId: string;
  memo: Record<string, Payload>;
}

/** A run as it is at this moment. */
export interface DescribedRun {
  workflowId: string;
  runId: string;
  /** With which its chain of resets and Continue-As-New began; null where the server does not tell. */
  firstRunId: string | null;
  status: WorkflowExecutionStatusName;
  isOpen: boolean;
  /** Milliseconds since 1970. */
  startedAtMs: number;
  /** Milliseconds since 1970; null while it is open. */
  closedAtMs: number | null;
}

/** `temporal.api.enums.v1.WorkflowExecutionStatus` by its numbers, in the SDK's spelling. */
const STATUSES: readonly WorkflowExecutionStatusName[] = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
];

const CLOSED: ReadonlySet<WorkflowExecutionStatusName> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
]);

/** The most that a server gives in a page. */
const PAGE_SIZE = 1_000;

/** The runs that match a filter of Temporal's, a page at a time. */
export async function* listRuns(client: Client, query: string): AsyncGenerator<ListedRun, void> {
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page = await client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: PAGE_SIZE,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const { execution, memo } of page.executions ?? [])
      if (execution?.workflowId && execution.runId)
        yield { workflowId: execution.workflowId, runId: execution.runId, memo: memo?.fields ?? {} };
    ({ nextPageToken } = page);
  } while (nextPageToken && nextPageToken.length > 0);
}

/** A run by the server's own records, never behind; null for one that it does not know, or has forgotten. */
export async function describeRun(
  client: Client,
  /** Without a run id: the latest. */
  execution: { workflowId: string; runId?: string },
): Promise<DescribedRun | null> {
  const { namespace } = client.options;
  const described = await orNull(client.workflowService.describeWorkflowExecution({ namespace, execution }));
  const { execution: found, ...run } = described?.workflowExecutionInfo ?? {};
  if (!found?.workflowId || !found.runId) return null;
  const status = STATUSES[run.status ?? 0] ?? 'UNKNOWN';
  return {
    workflowId: found.workflowId,
    runId: found.runId,
    firstRunId: run.firstRunId || (await readFirstRunId(client, found)),
    status,
    // A status that is none of these may be one of a newer server: open until it is known to be closed.
    isOpen: !CLOSED.has(status),
    startedAtMs: msOf(run.startTime) ?? 0,
    closedAtMs: msOf(run.closeTime),
  };
}

/** From the first event, where an older server does not tell it in the description. */
async function readFirstRunId(
  client: Client,
  { workflowId, runId }: { workflowId?: string | null; runId?: string | null },
): Promise<string | null> {
  const page = await orNull(
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    }),
  );
  const started = page?.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return started?.firstExecutionRunId || null;
}

/** `grpc.status.NOT_FOUND`. */
const NOT_FOUND = 5;

/** Null where the server does not know what was asked for. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code === NOT_FOUND) return null;
    throw error;
  }
}

function msOf(instant: { seconds?: unknown; nanos?: number | null } | null | undefined): number | null {
  return instant ? Number(instant.seconds ?? 0) * 1_000 + Math.floor((instant.nanos ?? 0) / 1e6) : null;
}
