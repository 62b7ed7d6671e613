/**
 * A worker process that logs all that the SDK can log, at its most talkative, to its stdout, and shows its metrics to
 * whoever asks on loopback. Beside the real worker it runs one whose activities give a planted secret away in every
 * place that there is.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { ExportActivities } from '../../activities/index.ts';
import { createWorker, type CreateWorkerOptions, workflowsPath } from '../../worker/index.ts';
import { sharedBundle } from '../support/shared-bundle.ts';

/** What the test tells it, as JSON in the variable `LOGGING_WORKER`. */
export interface LoggingWorkerOptions {
  address: string;
  /** Where `/metrics` answers, as Prometheus asks for them. */
  metricsAddress: string;
  real: Pick<
    CreateWorkerOptions,
    'taskQueue' | 'accounts' | 'twilioUrl' | 'settings' | 'shutdownGraceTime'
  > & { destinations: Record<string, string> };
  planted: { taskQueue: string; secret: string };
}

/** The line that says that both workers are up. */
export const READY_LINE = 'both workers are ready';

if (process.env['LOGGING_WORKER'] !== undefined) await run(JSON.parse(process.env['LOGGING_WORKER']));

async function run({ address, metricsAddress, real, planted }: LoggingWorkerOptions): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('TRACE', (entry) => {
      process.stdout.write(`${JSON.stringify(entry, (_, value: unknown) => printable(value))}\n`);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'DEBUG', other: 'INFO' }) },
      metrics: { prometheus: { bindAddress: metricsAddress } },
    },
  });
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await sharedBundle('workflows', workflowsPath);
  const workers = [
    await createWorker({ ...real, workflowBundle, connection, namespace: 'default' }),
    await Worker.create({
      connection,
      namespace: 'default',
      taskQueue: planted.taskQueue,
      workflowBundle,
      activities: plantedActivities(planted.secret),
      maxHeartbeatThrottleInterval: '100 milliseconds',
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  process.stdout.write(`${READY_LINE}\n`);
  await running;
  await connection.close();
}

function printable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause, fields: Object.entries(value) };
}

function plantedActivities(secret: string): Partial<ExportActivities> {
  const betray = (nonRetryable: boolean): never => {
    const failure = ApplicationFailure.create({
      type: 'TwilioUnavailable',
      message: `the message says ${secret}`,
      details: [{ link: secret }],
      nextRetryDelay: '1 hour',
      nonRetryable,
      cause: new Error(`the cause says ${secret}`),
    });
    failure.stack = `Error: at ${secret}`;
    throw failure;
  };
  return {
    findReusableDays: async () => ({ published: [], available: [] }),
    createExportJob: async () => ({
      jobSid: 'JS1',
      friendlyName: secret,
      createdAt: new Date().toISOString(),
      adopted: false,
    }),
    watchExportJob: async () => {
      const { log, metricMeter } = Context.current();
      log.warn('a log line', { secret });
      metricMeter.createCounter('planted').add(1, { secret });
      Context.current().heartbeat({ secret });
      return betray(false);
    },
    deleteExportJob: async () => betray(true),
    sweepExportJobs: async () => ({ swept: [] }),
    sweepExportFiles: async () => {},
    writeExportManifest: async () => ({ location: `file:///${secret}` }),
  };
}
