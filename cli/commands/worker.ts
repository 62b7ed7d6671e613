import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { withTemporal } from '../connect.ts';
import { CommandError } from '../exit-codes.ts';
import { loadWorker } from '../load-worker.ts';

/** `bulk-exports worker`: the process that does the work. */
export function workerCommand(cli: Cli): Command {
  return createCommand(cli, 'worker', async (options, { env, onInterrupt, terminal }) => {
    const { InvalidWorkerConfig, runWorker, TemporalUnreachable } = await loadWorker();
    // From here on it ends in order, by itself.
    onInterrupt(() => {});
    try {
      await runWorker({ say: terminal.say });
    } catch (error) {
      if (error instanceof InvalidWorkerConfig) throw new CommandError('usage', error.message, error);
      if (error instanceof TemporalUnreachable)
        throw new CommandError('unreachable', withoutTransportNoise(error.message), error);
      // A namespace that is not there is told by the native part in its own words. Asked again, Temporal is plainer.
      await withTemporal(options, env, async () => {});
      throw error;
    }
    return { document: { ended: true }, text: '' };
  })
    .summary('run a worker')
    .description('Runs a worker until Ctrl-C or SIGTERM; a second one ends it at once.')
    .addHelpText('after', VARIABLES);
}

/** The native connection prints its error as Rust has it; what a person can use of it is the innermost message. */
function withoutTransportNoise(message: string): string {
  return message.replace(/tonic::transport::Error\(.*\)(?=\. )/s, (printed) => {
    const innermost = [...printed.matchAll(/"((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
    return innermost ?? 'no connection';
  });
}

const VARIABLES = `
Configuration, by the environment:
  TWILIO_ACCOUNT_SID           the account "default", with TWILIO_AUTH_TOKEN or
                               with TWILIO_API_KEY and TWILIO_API_SECRET
  BULK_EXPORTS_ACCOUNTS        path of a JSON file of further accounts by name
  BULK_EXPORTS_DESTINATIONS    JSON of names and URLs
                               (default: {"default": "file:./exports"})
  BULK_EXPORTS_SPOOL, …_SPOOL_LIMIT
                               where days lie on their way into a bucket
                               (default: ./exports-spool, 10 GB)
  BULK_EXPORTS_PUBLIC_URL      where Twilio reaches bulk-exports webhook
  BULK_EXPORTS_TASK_QUEUE      (default: bulk-exports)
  BULK_EXPORTS_DOWNLOAD_SLOTS  how many days are fetched at a time
  BULK_EXPORTS_REQUESTS_PER_ACCOUNT, …_ACTIVITIES_PER_SECOND,
  …_STALL_TIMEOUT, …_QUOTA_REJECTION, …_QUOTA_DAY
                               limits; README says what each is
  BULK_EXPORTS_LOG_FORMAT      json or pretty (default: pretty)
  BULK_EXPORTS_HEALTH_ADDRESS  where /healthz and /readyz are answered, such as
                               8081 (default: nowhere)
  BULK_EXPORTS_METRICS_ADDRESS where Prometheus finds the metrics, such as 9464
                               (default: nowhere)
  BULK_EXPORTS_OTLP_ENDPOINT   or where an OpenTelemetry collector takes them
  TWILIO_BULKEXPORTS_URL       another origin of the API, such as a simulator's
  TEMPORAL_ADDRESS, …          as for the temporal command line`;
