/**
 * Runs within the workflow sandbox of the chaos run's workers: the engine notices a killed worker in seconds in
 * place of minutes. The workflow itself is the product's own.
 */
import { msToNumber } from '@temporalio/common/lib/time.js';
import type { ActivityInput, WorkflowInterceptors } from '@temporalio/workflow';
import { paceOfEngine } from './pace.ts';

/** Picked up by its name. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [{ scheduleActivity: async (input, next) => next(hastened(input)) }],
});

function hastened(input: ActivityInput): ActivityInput {
  const { options } = input;
  const { heartbeatTimeout, startToCloseTimeout, retry } = options;
  const { initialInterval, maximumInterval, heartbeatDivisor, startToCloseWithoutHeartbeat } = paceOfEngine;
  return {
    ...input,
    options: {
      ...options,
      ...(heartbeatTimeout === undefined
        ? { startToCloseTimeout: startToCloseWithoutHeartbeat }
        : { startToCloseTimeout, heartbeatTimeout: msToNumber(heartbeatTimeout) / heartbeatDivisor }),
      retry: { ...retry, initialInterval, maximumInterval },
    },
  };
}
