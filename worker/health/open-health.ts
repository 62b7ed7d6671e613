import type { NativeConnection, Worker } from '@temporalio/worker';
import { InvalidWorkerConfig } from '../config.ts';
import type { ListenAddress } from '../listen-address.ts';
import { startHealthServer } from './health-server.ts';
import { createReadiness } from './readiness.ts';

/** What probes are told of one worker. */
export interface WorkerHealth {
  /** Where; undefined where nobody is told. */
  url?: string;
  /** From now on this worker is judged. Before, there is none that is ready. */
  watch: (watched: WatchedWorker) => void;
  stop: () => Promise<void>;
}

/** A worker, and what it is connected by. */
export interface WatchedWorker {
  worker: Worker;
  connection: NativeConnection;
  namespace: string;
}

/** A probe of Kubernetes waits for a second unless it is told otherwise. */
const TEMPORAL_ANSWERS_WITHIN_MS = 800;

/**
 * Tells probes of the worker, where an address is given.
 *
 * @throws InvalidWorkerConfig where it can not be listened on.
 */
export async function openHealth(address: ListenAddress | undefined): Promise<WorkerHealth> {
  if (address === undefined) return { watch: () => {}, stop: async () => {} };
  let watched: WatchedWorker | undefined;
  const whyNotReady = createReadiness({
    status: () => watched?.worker.getStatus(),
    askTemporal: async () => await askForNamespace(watched),
    withinMs: TEMPORAL_ANSWERS_WITHIN_MS,
  });
  try {
    const { url, stop } = await startHealthServer(address, whyNotReady);
    return {
      url,
      stop,
      watch: (next) => {
        watched = next;
      },
    };
  } catch (error) {
    throw new InvalidWorkerConfig([
      'BULK_EXPORTS_HEALTH_ADDRESS must be an address that this process can listen on, ' +
        `got one with: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

/** What the SDK asks as well before it polls: it shows the address, the credentials and the namespace to be good. */
async function askForNamespace(watched: WatchedWorker | undefined): Promise<unknown> {
  if (watched === undefined) return undefined;
  const { connection, namespace } = watched;
  return await connection.withDeadline(Date.now() + TEMPORAL_ANSWERS_WITHIN_MS, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
}
