import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { CommandError } from '../exit-codes.ts';

/** `bulk-exports worker`: the process that does the work. */
export function workerCommand(cli: Cli): Command {
  return createCommand(cli, 'worker', async (_, { terminal }) => {
    // Native code: loaded by the commands that run a worker, and by no other.
    const { InvalidWorkerConfig, runWorker } = await import('../../worker/index.ts');
    try {
      await runWorker({ say: terminal.say });
    } catch (error) {
      if (error instanceof InvalidWorkerConfig) throw new CommandError('usage', error.message, error);
      throw error;
    }
    return { document: { ended: true }, text: '' };
  })
    .summary('run a worker')
    .description('Runs a worker until Ctrl-C or SIGTERM; a second one ends it at once.')
    .addHelpText('after', VARIABLES);
}

const VARIABLES = `
Configuration, by the environment:
  TWILIO_ACCOUNT_SID, and TWILIO_AUTH_TOKEN or TWILIO_API_KEY with TWILIO_API_SECRET: the account "default"
  BULK_EXPORTS_ACCOUNTS        path of a JSON file with further accounts by name
  BULK_EXPORTS_DESTINATIONS    JSON of name to URL (default: {"default": "file:./exports"})
  BULK_EXPORTS_TASK_QUEUE      (default: bulk-exports)
  BULK_EXPORTS_DOWNLOAD_SLOTS  how many days are fetched at a time
  TWILIO_BULKEXPORTS_URL       another origin of the API, such as a simulator's
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the others of the temporal command line`;
