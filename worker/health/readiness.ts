import type { WorkerStatus } from '@temporalio/worker';

/** What readiness is judged by. */
export interface ReadinessInput {
  /** Of the worker; undefined before there is one. */
  status: () => Pick<WorkerStatus, 'runState' | 'workflowPollerState' | 'activityPollerState'> | undefined;
  /** Asks Temporal anything that a worker needs. Rejects where there is no answer. */
  askTemporal: () => Promise<unknown>;
  /** How long Temporal has to answer. */
  withinMs: number;
}

/**
 * Makes the check whether the worker gets work: it runs, it polls, and Temporal answers. Checks at one time are one
 * question.
 *
 * @returns why it is not ready, in a sentence; null where it is.
 */
export function createReadiness(input: ReadinessInput): () => Promise<string | null> {
  let asked: Promise<string | null> | null = null;
  return async () => {
    const reason = ownReason(input.status());
    if (reason !== null) return reason;
    asked ??= temporalsReason(input).finally(() => {
      asked = null;
    });
    return asked;
  };
}

function ownReason(status: ReturnType<ReadinessInput['status']>): string | null {
  if (status === undefined) return 'The worker has not started yet.';
  const { runState, workflowPollerState, activityPollerState } = status;
  if (runState !== 'RUNNING') return `The worker does not run: it is ${runState}.`;
  if (workflowPollerState !== 'POLLING') return `The worker polls no workflows: ${workflowPollerState}.`;
  if (activityPollerState !== 'POLLING') return `The worker polls no activities: ${activityPollerState}.`;
  return null;
}

async function temporalsReason({ askTemporal, withinMs }: ReadinessInput): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`Temporal does not answer within ${withinMs} ms.`), withinMs);
  });
  const answered = askTemporal().then(
    () => null,
    (error: unknown) => `Temporal does not answer: ${error instanceof Error ? error.message : String(error)}`,
  );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
