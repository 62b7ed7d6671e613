/**
 * A worker process of the chaos run, to be killed at any moment. It is told what to run by the first message of its
 * parent, says `ready`, and ends when its parent does. Its log is what it writes.
 */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { TwilioAccount } from '../../activities/index.ts';
import { BulkExportsPlugin } from '../../worker/index.ts';
import { HEARTBEAT_THROTTLE, paceOfActivities, QUOTA_DAY, STICKY_TIMEOUT } from './pace.ts';

/** What a worker is told. */
export interface ChaosWorkerOptions {
  address: string;
  taskQueue: string;
  twilioUrl: string;
  /** A `file:` URL. */
  destination: string;
  accounts: Record<string, TwilioAccount>;
  /** The path of the bundle of the workflow, with `quick-timeouts.ts` in it. */
  bundlePath: string;
  /** How long a file of nobody's has to lie before it is swept; null for the default. */
  staleHalfMs: number | null;
}

/** How many days one process fetches at a time: fewer than there are, so that they queue. */
const DOWNLOAD_SLOTS = 6;

process.once('message', (options) => void run(options as ChaosWorkerOptions));
process.once('disconnect', () => process.exit(0));

async function run(options: ChaosWorkerOptions): Promise<void> {
  const { address, taskQueue, twilioUrl, destination, accounts, bundlePath, staleHalfMs } = options;
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => {
      process.stdout.write(`${JSON.stringify(entry, (_, value: unknown) => printable(value))}\n`);
    }),
    shutdownSignals: [],
  });
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
        downloadSlots: DOWNLOAD_SLOTS,
        quotaDay: QUOTA_DAY,
        settings: { ...paceOfActivities, ...(staleHalfMs !== null && { staleHalfMs }) },
      }),
    ],
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
  });
  const running = worker.run();
  process.send?.('ready');
  await running;
}

function printable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause, fields: Object.entries(value) };
}
