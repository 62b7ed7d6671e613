import type { NativeConnection } from '@temporalio/worker';
import { EXPORT_JOB_WORKFLOW_TYPE } from '../workflows/api.ts';
import { tellRunningExports } from './metric-series.ts';

/** From one question to the next. It costs one request that is no action of a workflow. */
const INTERVAL_MS = 15_000;

/**
 * Asks the engine now and then how many exports run, and tells the metrics: what waits has no worker that could count
 * it. Where the engine does not answer, the last number stays. Returns what ends it.
 */
export function countRunningExports(input: {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  intervalMs?: number;
}): () => void {
  const { connection, namespace, taskQueue, intervalMs = INTERVAL_MS } = input;
  const query =
    `WorkflowType = '${EXPORT_JOB_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running' ` +
    `AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'`;
  const ask = (): void => {
    connection.workflowService.countWorkflowExecutions({ namespace, query }).then(
      ({ count }) => tellRunningExports({ namespace, taskQueue }, Number(count)),
      () => {},
    );
  };
  ask();
  const timer = setInterval(ask, intervalMs);
  return () => clearInterval(timer);
}
