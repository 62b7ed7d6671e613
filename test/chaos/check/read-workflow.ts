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
  workflowTaskFailedEventAttributes?: { baseRunId?: string | null; newRunId?: string | null } | null;
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

/** Asks the engine for all that it holds of a workflow, over all runs of its chain and those that were put aside. */
export async function readWorkflow(client: Client, workflowId: string): Promise<WorkflowEvidence> {
  const { raw, status, runId } = await client.workflow.getHandle(workflowId).describe();
  const read = async (ofRunId: string): Promise<HistoryEvent[]> =>
    (await client.workflow.getHandle(workflowId, ofRunId).fetchHistory()).events ?? [];
  const events: HistoryEvent[] = [];
  const led = new Set<string>();
  let firstRunId = '';
  let runs = 0;
  for (let next: string | null | undefined = runId; next;) {
    const ofRun = await read(next);
    led.add(next);
    events.unshift(...ofRun);
    runs += 1;
    const started = ofRun[0]?.workflowExecutionStartedEventAttributes;
    firstRunId = started?.firstExecutionRunId ?? '';
    next = started?.continuedExecutionRunId;
  }
  const abandoned = new Map<string, HistoryEvent[]>();
  const sought = [events];
  for (let ofRun = sought.pop(); ofRun; ofRun = sought.pop())
    for (const base of ofRun.flatMap(baseOfReset)) {
      if (led.has(base) || abandoned.has(base)) continue;
      const put = await read(base);
      abandoned.set(base, put);
      sought.push(put);
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
    abandoned: [...abandoned.values()],
    description: raw,
  };
}

/** The run of which a reset made this one: a history says so at the task that the reset put aside. */
function baseOfReset({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): string[] {
  return failed?.newRunId && failed.baseRunId ? [failed.baseRunId] : [];
}

function decode(of: Payloads | null | undefined): unknown[] {
  return (of?.payloads ?? []).map(({ data }) =>
    data?.length ? (JSON.parse(Buffer.from(data).toString()) as unknown) : null,
  );
}
