import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { QUOTA_DAY, STALL_TIMEOUT } from '../activities/for-worker.ts';
import {
  DEFAULT_REQUESTS_PER_ACCOUNT,
  isQuotaRejection,
  TWILIO_BULKEXPORTS_URL,
} from '../activities/index.ts';
import { readOtherSecrets, readWorkerConfig, type WorkerConfig } from './config.ts';
import { countRunningExports } from './count-running-exports.ts';
import { createWorker, type CreateWorkerOptions } from './create-worker.ts';
import { openHealth } from './health/open-health.ts';
import { installRuntime } from './install-runtime.ts';
import { createLogger } from './logs/create-logger.ts';

/**
 * How the worker process tells of itself, and how it ends.
 *
 * @example
 * ```ts
 * const options: RunWorkerOptions = { say: (line) => console.error(line), shutdownGraceTime: '10 seconds' };
 * ```
 */
export interface RunWorkerOptions extends Pick<CreateWorkerOptions, 'shutdownGraceTime'> {
  /** Told a line when the worker is ready and when it has ended, where the log is not JSON. Never a credential. */
  say: (line: string) => void;
  /** How often the engine is asked how many exports run, where there are metrics. Default 15 seconds. */
  countIntervalMs?: number;
}

/**
 * Temporal could not be reached, or refused the connection.
 *
 * @example
 * ```ts
 * try {
 *   await runWorker({ say: console.error });
 * } catch (error) {
 *   if (!(error instanceof TemporalUnreachable)) throw error;
 *   console.error(error.message);
 *   process.exitCode = 1;
 * }
 * ```
 */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/**
 * The worker process: reads the environment, connects, and runs until SIGINT or SIGTERM. The first signal lets
 * running activities end within their grace time, a second one ends the process at once.
 *
 * @throws `InvalidWorkerConfig`, or {@link TemporalUnreachable}.
 *
 * @example
 * ```ts
 * await runWorker({ say: (line) => console.error(line) });
 * ```
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { say, shutdownGraceTime, countIntervalMs } = options;
  const config = readWorkerConfig();
  const temporal = loadClientConnectConfig();
  const namespace = temporal.namespace ?? 'default';
  const address = temporal.connectionOptions.address ?? 'localhost:7233';
  const logger = createLogger({
    format: config.logFormat,
    accounts: config.accounts,
    secrets: [temporal.connectionOptions.apiKey, ...readOtherSecrets()].filter(
      (key) => typeof key === 'string',
    ),
    write: (line) => void process.stderr.write(line),
  });
  installRuntime({ logger, metrics: config.metrics });
  const tell = config.logFormat === 'json' ? (line: string) => logger.info(line) : say;
  const health = await openHealth(config.healthAddress);
  try {
    if (health.url !== undefined)
      tell(`Probes are answered at ${health.url}/healthz and ${health.url}/readyz.`);
    const connection = await connect(temporal.connectionOptions, address);
    let stopCounting: (() => void) | undefined;
    try {
      const worker = await createWorker({ ...config, connection, namespace, shutdownGraceTime });
      const running = worker.run();
      health.watch({ worker, connection, namespace });
      stopCounting =
        config.metrics &&
        countRunningExports({
          connection,
          namespace,
          taskQueue: config.taskQueue,
          intervalMs: countIntervalMs,
        });
      tell(describeWorker({ config, address, namespace }));
      await running;
      tell('The worker has ended.');
    } finally {
      stopCounting?.();
      await connection.close();
    }
  } finally {
    await health.stop();
  }
}

async function connect(
  options: Parameters<typeof NativeConnection.connect>[0],
  address: string,
): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    throw new TemporalUnreachable(
      `Could not connect to Temporal [${address}]: ${error instanceof Error ? error.message : String(error)}. ` +
        `Is the server up, and are TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and its credentials right?`,
      { cause: error },
    );
  }
}

/** The ready line: names alone, since accounts hold credentials, and the settings that somebody has changed. */
export function describeWorker(input: { config: WorkerConfig; address: string; namespace: string }): string {
  const { config, address, namespace } = input;
  const destinations = Object.entries(config.destinations).map(([name, url]) => `${name} (${url})`);
  return (
    `The worker is ready [task queue ${config.taskQueue}, namespace ${namespace}, Temporal ${address}]: ` +
    `accounts ${Object.keys(config.accounts).join(', ')}; destinations ${destinations.join(', ')}; ` +
    `${config.downloadSlots} downloads at a time${changedSettings(config)}.`
  );
}

/** By the names of their variables: a setting meant for a simulator would else go unseen until it does harm. */
function changedSettings(config: WorkerConfig): string {
  const { twilioUrl, publicUrl, requestsPerAccount, activitiesPerSecond, stallTimeout, quotaDay, metrics } =
    config;
  const changed = [
    ...(twilioUrl === TWILIO_BULKEXPORTS_URL ? [] : [`TWILIO_BULKEXPORTS_URL ${twilioUrl}`]),
    ...(publicUrl === undefined ? [] : [`BULK_EXPORTS_PUBLIC_URL ${publicUrl}`]),
    ...(requestsPerAccount === DEFAULT_REQUESTS_PER_ACCOUNT
      ? []
      : [`BULK_EXPORTS_REQUESTS_PER_ACCOUNT ${requestsPerAccount}`]),
    ...(activitiesPerSecond === undefined
      ? []
      : [`BULK_EXPORTS_ACTIVITIES_PER_SECOND ${activitiesPerSecond}`]),
    ...(stallTimeout === STALL_TIMEOUT.fallback ? [] : [`BULK_EXPORTS_STALL_TIMEOUT ${stallTimeout}`]),
    ...(config.isQuotaRejection === isQuotaRejection ? [] : ['BULK_EXPORTS_QUOTA_REJECTION']),
    ...(quotaDay === QUOTA_DAY.fallback ? [] : [`BULK_EXPORTS_QUOTA_DAY ${quotaDay}`]),
    ...(metrics === undefined ? [] : [`${metrics.variable} ${metrics.told}`]),
  ];
  return changed.length === 0 ? '' : `; set otherwise: ${changed.join(', ')}`;
}
