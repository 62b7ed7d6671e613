import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { WORKFLOW_TASK_TIMEOUT } from './pace.ts';
import type { PlannedExport } from './plan.ts';

/** Starts an export, disturbs it when it is due, and returns once it is closed. The server may be away meanwhile. */
export async function driveExport(client: Client, taskQueue: string, planned: PlannedExport): Promise<void> {
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
  const closed = untilClosed(client, workflowId);
  const disturbing = disturb(client, planned);
  await Promise.all([closed, disturbing]);
}

/** Signals of a storm, and the pause between two of them. */
const STORM_SIGNALS = 40;
const STORM_PAUSE_MS = 50;

async function disturb(
  client: Client,
  { workflowId, disturbance, disturbedAfterMs }: PlannedExport,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const tell = (act: () => Promise<unknown>) =>
    persist(async () => {
      await act().catch((error: unknown) => {
        // It was faster.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
    });
  switch (disturbance) {
    case 'none':
    case 'shortTimeout':
      return;
    case 'cancelSignal':
      await setTimeout(disturbedAfterMs);
      return await tell(() => handle.signal('cancel', { reason: 'The chaos run wants it so.' }));
    case 'cancelEngine':
      await setTimeout(disturbedAfterMs);
      return await tell(() => handle.cancel());
    case 'terminate':
      await setTimeout(disturbedAfterMs);
      return await tell(() => handle.terminate('The chaos run wants it so.'));
    case 'checkNowStorm':
      await setTimeout(disturbedAfterMs);
      for (let sent = 0; sent < STORM_SIGNALS; sent += 1) {
        await tell(() => handle.signal('checkNow'));
        await setTimeout(STORM_PAUSE_MS);
      }
  }
}

/** How it ended is the check's matter. */
async function untilClosed(client: Client, workflowId: string): Promise<void> {
  await persist(() =>
    client.workflow
      .getHandle(workflowId)
      .result()
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      }),
  );
}

const RETRY_DELAY_MS = 300;

/** Tries again for as long as the server does not answer. */
async function persist<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      await setTimeout(RETRY_DELAY_MS);
    }
  }
}

/** gRPC's codes for a deadline, for the server's own busyness, an internal error, and for nobody there. */
const PASSING_CODES = new Set([1, 4, 8, 13, 14]);

function isOutOfReach(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (isGrpcServiceError(each) && PASSING_CODES.has(each.code)) return true;
  return false;
}
