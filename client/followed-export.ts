/** One export as it is asked: which one is meant, its description, and the answer of one of its runs. */
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  EXPORT_JOB_WORKFLOW_TYPE,
  progressQuery,
  type ExportJobInput,
  type ExportJobResult,
  type ExportProgress,
} from '../workflows/api.ts';
import { exportNotFound, otherWorkflow } from './out-of-reach.ts';
import { describeCurrentRun, type ExportChain } from './run-chain.ts';

/** What has to be known to ask for it. */
export interface FollowedExport extends ExportChain {
  client: Client;
  /** How long the workflow may take to answer, in ms. */
  queryTimeoutMs: number;
}

/** One run of it, as the SDK has it. */
export type RunHandle = WorkflowHandle<(input: ExportJobInput) => Promise<ExportJobResult>>;

/** The run of that id. Asks nothing. */
export function runOf({ client, workflowId }: FollowedExport, runId: string): RunHandle {
  return client.workflow.getHandle(workflowId, runId);
}

/**
 * The description of the run in which the export is now, or ended.
 *
 * @throws `ExportError` of type `ExportNotFound`, also where the workflow of this id is no export.
 */
export async function describeExport(followed: FollowedExport): Promise<WorkflowExecutionDescription> {
  const { client, workflowId } = followed;
  const { namespace } = client.options;
  const description = await describeCurrentRun(client, followed).catch((error: unknown) => {
    throw error instanceof WorkflowNotFoundError ? exportNotFound(workflowId, namespace, error) : error;
  });
  if (description.type === EXPORT_JOB_WORKFLOW_TYPE) return description;
  throw otherWorkflow(workflowId, namespace, description.type);
}

/** The answer of the workflow; null where no worker gives one. The server itself is judged by its description. */
export async function askRun(
  { client, queryTimeoutMs }: FollowedExport,
  run: RunHandle,
): Promise<ExportProgress | null> {
  try {
    return await client.connection.withDeadline(Date.now() + queryTimeoutMs, () => run.query(progressQuery));
  } catch {
    return null;
  }
}
