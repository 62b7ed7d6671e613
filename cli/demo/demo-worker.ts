import { pathToFileURL } from 'node:url';
import type { Simulator } from '../../simulator/index.ts';
import { loadWorker } from '../load-worker.ts';

/** What the demo's worker is connected to. */
export interface DemoWorkerOptions {
  /** Of Temporal. */
  address: string;
  taskQueue: string;
  simulator: Simulator;
  /** Where the files go. */
  directory: string;
}

/** A worker that runs. */
export interface DemoWorker {
  /** Rejects where the worker ends by a failure of its own. */
  ended: Promise<void>;
  stop: () => Promise<void>;
}

/** Whoever ends the demo waits for it, and nothing of it is kept. */
const SHUTDOWN_GRACE_TIME = '1 second';

/** Runs a worker in this process. */
export async function startDemoWorker(options: DemoWorkerOptions): Promise<DemoWorker> {
  const { address, taskQueue, simulator, directory } = options;
  // Native code: loaded by the commands that run a worker, and by no other.
  const [{ DefaultLogger, NativeConnection, Runtime }, { createWorker, DEFAULT_DOWNLOAD_SLOTS }] =
    await Promise.all([import('@temporalio/worker'), loadWorker()]);
  // Ctrl-C is the demo's own: everything ends in order then.
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({
    connection,
    namespace: 'default',
    taskQueue,
    accounts: {
      default: {
        accountSid: simulator.accountSid,
        username: simulator.accountSid,
        password: simulator.authToken,
      },
    },
    destinations: { default: pathToFileURL(directory).href },
    twilioUrl: simulator.apiUrl,
    downloadSlots: DEFAULT_DOWNLOAD_SLOTS,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
  });
  const ended = worker.run();
  // Whoever stops it learns of its failure; until then the promise has this owner.
  ended.catch(() => {});
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      try {
        await ended;
      } finally {
        await connection.close();
      }
    },
  };
}
