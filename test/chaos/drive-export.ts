import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { disturb, type DisturbInput, type Disturbed } from './disturb.ts';
import { WORKFLOW_TASK_TIMEOUT } from './pace.ts';
import { persist } from './persist.ts';
import type { PlannedExport } from './plan.ts';

/** Where an export runs. */
export interface DriveInput extends DisturbInput {
  taskQueue: string;
}

/** Starts an export, disturbs it when it is due, and returns once it is closed. The server may be away meanwhile. */
export async function driveExport(input: DriveInput, planned: PlannedExport): Promise<Disturbed> {
  const { client } = input;
  await startExport(input, planned);
  const disturbed = await disturb(input, planned);
  // At last: a reset makes a closed one run again.
  await untilClosed(client, planned.workflowId);
  return disturbed;
}

async function startExport({ client, taskQueue }: DriveInput, planned: PlannedExport): Promise<void> {
  const { workflowId, input } = planned;
  await persist(() =>
    client.workflow
      .start('exportJob', {
        taskQueue,
        workflowId,
        args: [input],
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        staticSummary: `${input.resourceType} ${input.startDay}..${input.endDay}`,
      })
      .catch((error: unknown) => {
        // The answer to a first try was lost, with the server.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }),
  );
}

/** How it ended is the check's matter. */
async function untilClosed(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    await persist(() =>
      handle.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      }),
    );
    // The run that ended may have been reset, and another goes on.
    const { status } = await persist(() => handle.describe());
    if (status.name !== 'RUNNING') return;
  }
}
