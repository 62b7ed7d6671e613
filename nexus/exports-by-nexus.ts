import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  getClient,
  startWorkflow,
  WorkflowRunOperationHandler,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import {
  type CheckedInput,
  checkExportInput,
  describeAtStart,
  differencesTo,
  InvalidInputError,
  readStartInput,
  startWithKnownAttributes,
} from '../client/for-nexus.ts';
import { EXPORT_JOB_WORKFLOW_TYPE, type ExportJobInput, type ExportJobResult } from '../workflows/api.ts';
import { bulkExports } from './api.ts';

/**
 * What answers to the Nexus service `BulkExports` in a Worker: it starts `exportJob` on the Worker's own task queue,
 * under the id that the typed client would give it. The same request twice, while it runs, is one export with two to
 * tell of its end; the cancellation of either cancels it.
 */
export function createExportsByNexus(): nexus.ServiceHandler<typeof bulkExports.operations> {
  return nexus.serviceHandler(bulkExports, {
    export: new WorkflowRunOperationHandler<ExportJobInput, ExportJobResult>(startExport),
  });
}

type ExportWorkflow = (input: ExportJobInput) => Promise<ExportJobResult>;
type Started = WorkflowHandle<ExportJobResult>;

async function startExport(context: nexus.StartOperationContext, input: ExportJobInput): Promise<Started> {
  const wanted = checkInput(input);
  const { workflowId, resolved } = wanted;
  return await startWithKnownAttributes(wanted, (typedSearchAttributes) =>
    startOrJoin(context, wanted, {
      workflowId,
      args: [input],
      ...describeAtStart(resolved),
      typedSearchAttributes,
    }),
  );
}

function checkInput(input: unknown): CheckedInput {
  try {
    return checkExportInput(input);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw refusal('BAD_REQUEST', error.message);
  }
}

async function startOrJoin(
  context: nexus.StartOperationContext,
  wanted: CheckedInput,
  options: WorkflowStartOptions<ExportWorkflow>,
): Promise<Started> {
  const start = (workflowIdConflictPolicy: 'FAIL' | 'USE_EXISTING') =>
    startWorkflow<ExportWorkflow>(context, EXPORT_JOB_WORKFLOW_TYPE, {
      ...options,
      workflowIdConflictPolicy,
    });
  try {
    return await start('FAIL');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const compared = await refuseOther(wanted);
  const joined = await start('USE_EXISTING');
  // The one that was compared may have ended meanwhile: then this is a new one, ours or not.
  if (joined.runId !== compared) await refuseOther(wanted);
  return joined;
}

/** Gives the run that runs by this id, where it does what is wanted. Its callbacks are its own business otherwise. */
async function refuseOther({ workflowId, resolved }: CheckedInput): Promise<string> {
  const client: Client = getClient();
  const { runId, type } = await client.workflow.getHandle(workflowId).describe();
  const differences =
    type === EXPORT_JOB_WORKFLOW_TYPE
      ? differencesTo(await readStartInput(client, { workflowId, runId }), resolved)
      : [`its workflow type is ${type}, expected ${EXPORT_JOB_WORKFLOW_TYPE}`];
  if (differences.length > 0)
    throw refusal(
      'CONFLICT',
      `Another export of this id runs already [${workflowId}]: ${differences.join('; ')}. ` +
        'Wait for it, or cancel it.',
    );
  return runId;
}

/** What the caller alone can mend: asked again it would be the same. */
function refusal(type: 'BAD_REQUEST' | 'CONFLICT', message: string): nexus.HandlerError {
  return new nexus.HandlerError(type, message, { retryableOverride: false });
}
