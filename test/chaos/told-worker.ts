/** What every worker is that tests start in a process of its own, to be killed at any moment. */
import { type Logger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { TwilioAccount } from '../../activities/index.ts';
import { BulkExportsPlugin, type BulkExportsPluginOptions } from '../../worker/index.ts';
import { HEARTBEAT_THROTTLE, STICKY_TIMEOUT } from './pace.ts';

/** What it is told by the first message of its parent. */
export interface ToldWorkerOptions {
  address: string;
  taskQueue: string;
  twilioUrl: string;
  /** A `file:` or an `s3:` URL. */
  destination: string;
  accounts: Record<string, TwilioAccount>;
  /** The path of the bundle of the workflow, with `quick-timeouts.ts` in it. */
  bundlePath: string;
}

/** What one kind of worker has of its own. */
export interface OwnOptions {
  logger: Logger;
  /** Without destinations, there is the one that it is told. */
  exporting: Omit<BulkExportsPluginOptions, 'accounts' | 'destinations' | 'twilioUrl'> &
    Partial<Pick<BulkExportsPluginOptions, 'destinations'>>;
  interceptors?: WorkerOptions['interceptors'];
  onReady: () => void;
}

/** Waits to be told, then runs the worker, and ends this process when its parent ends. */
export function runWhenTold(own: (told: never) => OwnOptions): void {
  process.once('message', (told) => void run(told as ToldWorkerOptions, own(told as never)));
  process.once('disconnect', () => process.exit(0));
}

async function run(
  { address, taskQueue, twilioUrl, destination, accounts, bundlePath }: ToldWorkerOptions,
  { logger, exporting, interceptors, onReady }: OwnOptions,
): Promise<void> {
  Runtime.install({ logger, shutdownSignals: [] });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace: 'default',
    taskQueue,
    workflowBundle: { codePath: bundlePath },
    plugins: [
      new BulkExportsPlugin({
        accounts,
        destinations: { default: destination },
        twilioUrl,
        ...exporting,
      }),
    ],
    interceptors,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
  });
  const running = worker.run();
  onReady();
  await running;
}
