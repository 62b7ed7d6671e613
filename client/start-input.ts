import type { Client } from '@temporalio/client';
import { decodePayloads } from './payloads.ts';

/**
 * The input with which a run was started, as the caller gave it; undefined where the run has none. Costs one small
 * page of its history, and needs no worker.
 *
 * @param execution without a run id, the latest run.
 */
export async function readStartInput(
  client: Client,
  execution: { workflowId: string; runId?: string },
): Promise<unknown> {
  const namespace = client.options.namespace;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [input] = await decodePayloads(client.options.loadedDataConverter, started?.input?.payloads, {
    namespace,
    workflowId: execution.workflowId,
  });
  return input;
}
