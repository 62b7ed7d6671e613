import type { Duration } from '@temporalio/common';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DEFAULT_DOWNLOAD_SLOTS } from '../activities/index.ts';
import { BulkExportsPlugin } from './plugin.ts';
import type { BulkExportsPluginOptions } from './plugin.ts';

/**
 * How long running activities may go on after a shutdown began; then they are told to stop. It need not be longer
 * than their heartbeat timeouts: they beat until they return, and one that was told to stop ends with a failure
 * that the engine retries at once on another worker, without waiting for a heartbeat that does not come.
 */
const SHUTDOWN_GRACE_TIME = '15 seconds';
/** When a shutdown gives up on what does not stop. Kubernetes kills after 30 seconds. */
const SHUTDOWN_FORCE_TIME = '25 seconds';

/**
 * What a worker of our own is made of.
 *
 * @example
 * ```ts
 * const options: CreateWorkerOptions = {
 *   connection,
 *   namespace: 'default',
 *   taskQueue: 'bulk-exports',
 *   accounts,
 *   destinations: { default: 'file:///srv/exports', archive: 's3://exports/twilio?region=eu-central-1' },
 *   activitiesPerSecond: 20,
 * };
 * ```
 */
export interface CreateWorkerOptions extends BulkExportsPluginOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** Default the package's own; made now, in a second or two, where Temporal's SDK is not of the version of that one. */
  workflowBundle?: WorkflowBundleOption;
  /**
   * How many activities a second the engine gives out of the whole task queue, to all its workers together. The last
   * worker that asks sets it, so all of them need the same. Default no limit: at what rate an account may ask is not
   * public, its requests at once are limited already, and a queue serves many accounts.
   */
  activitiesPerSecond?: number;
  /** How long running activities may go on after a shutdown began. Default `15 seconds`. */
  shutdownGraceTime?: Duration;
}

/**
 * A Worker that runs exports and nothing else. Its HTTP connections are closed when it has ended.
 *
 * @throws `TypeError` that names every faulty option at once.
 *
 * @example
 * ```ts
 * const worker = await createWorker({ ...readWorkerConfig(), connection, namespace: 'default' });
 * await worker.run();
 * ```
 */
export async function createWorker(options: CreateWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, workflowBundle, shutdownGraceTime, ...rest } = options;
  const { activitiesPerSecond, ...pluginOptions } = rest;
  const downloadSlots = options.downloadSlots ?? DEFAULT_DOWNLOAD_SLOTS;
  return await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    plugins: [new BulkExportsPlugin({ ...pluginOptions, downloadSlots })],
    // A download beyond the slots waits in the process or is sent back, so that looks always find a place.
    maxConcurrentActivityTaskExecutions: 2 * downloadSlots + 50,
    maxTaskQueueActivitiesPerSecond: activitiesPerSecond,
    shutdownGraceTime: shutdownGraceTime ?? SHUTDOWN_GRACE_TIME,
    shutdownForceTime: SHUTDOWN_FORCE_TIME,
  });
}
