import type { Client } from '@temporalio/client';
import type { WorkflowEvidence } from './evidence.ts';

/** What is read of an event: payloads are the engine's own encoding of JSON. */
interface HistoryEvent {
  workflowExecutionStartedEventAttributes?: {
    firstExecutionRunId?: string | null;
    continuedExecutionRunId?: string | null;
  } | null;
  workflowExecutionSignaledEventAttributes?: { signalName?: string | null } | null;
  workflowExecutionCancelRequestedEventAttributes?: object | null;
  workflowExecutionCompletedEventAttributes?: { result?: Payloads | null } | null;
  workflowExecutionFailedEventAttributes?: { failure?: Failure | null } | null;
}

interface Payloads {
  payloads?: { data?: Uint8Array | null }[] | null;
}

interface Failure {
  message?: string | null;
  applicationFailureInfo?: { type?: string | null; details?: Payloads | null } | null;
}

/** Asks the engine for all that it holds of a workflow, over all runs of its chain. */
export async function readWorkflow(client: Client, workflowId: string): Promise<WorkflowEvidence> {
  const { raw, status, runId } = await client.workflow.getHandle(workflowId).describe();
  const events: HistoryEvent[] = [];
  let firstRunId = '';
  let runs = 0;
  for (let next: string | null | undefined = runId; next;) {
    const history = await client.workflow.getHandle(workflowId, next).fetchHistory();
    const ofRun: HistoryEvent[] = history.events ?? [];
    events.unshift(...ofRun);
    runs += 1;
    const started = ofRun[0]?.workflowExecutionStartedEventAttributes;
    firstRunId = started?.firstExecutionRunId ?? '';
    next = started?.continuedExecutionRunId;
  }
  const last = events.at(-1);
  const failure = last?.workflowExecutionFailedEventAttributes?.failure;
  return {
    firstRunId,
    runs,
    status: status.name,
    result: decode(last?.workflowExecutionCompletedEventAttributes?.result)[0] ?? null,
    failure: failure
      ? {
          type: failure.applicationFailureInfo?.type ?? '',
          message: failure.message ?? '',
          details: decode(failure.applicationFailureInfo?.details),
        }
      : null,
    signals: events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []),
    cancelRequested: events.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
    events,
    description: raw,
  };
}

function decode(of: Payloads | null | undefined): unknown[] {
  return (of?.payloads ?? []).map(({ data }) =>
    data?.length ? (JSON.parse(Buffer.from(data).toString()) as unknown) : null,
  );
}
