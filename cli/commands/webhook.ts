import { once } from 'node:events';
import type { Command } from 'commander';
import { createWebhookReceiver, InvalidWebhookConfig, readWebhookConfig } from '../../client/index.ts';
import type { WebhookConfig } from '../../client/index.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { CommandError } from '../exit-codes.ts';
import { readWholeNumber } from '../read-number.ts';
import { createWebhookNews } from '../webhook-news.ts';
import { startWebhookServer } from '../webhook-server.ts';

/** `bulk-exports webhook`: the process that Twilio calls. */
export function webhookCommand(cli: Cli): Command {
  const command = createCommand(cli, 'webhook', async (options, { answer, env, interruption, terminal }) => {
    const interrupted = interruption();
    const host = options.text('host') ?? '127.0.0.1';
    const port = readWholeNumber(options, 'port', { default: 8_080, minimum: 0, maximum: 65_535 });
    const { publicUrl, authTokens, unchecked } = readConfig(env);
    return await withTemporal(options, env, async ({ client, address: temporal, namespace }) => {
      const onEvent = createWebhookNews({ say: terminal.say });
      const receiver = createWebhookReceiver({ client, publicUrl, authTokens, onEvent });
      const server = await startWebhookServer({ host, port }, receiver.requestListener);
      const accounts = Object.keys(authTokens);
      for (const name of unchecked)
        terminal.say(
          `The account "${name}" has no Auth Token here: its callbacks are refused, and its exports look by themselves.`,
        );
      answer({
        document: { address: server.address, publicUrl, accounts, namespace, temporal },
        text:
          `The webhook receiver is ready [${server.address}, called at ${publicUrl}, namespace ${namespace}, ` +
          `Temporal ${temporal}]: accounts ${accounts.join(', ')}.`,
      });
      if (!interrupted.aborted) await once(interrupted, 'abort');
      await server.stop();
      await receiver.close();
      terminal.say('The webhook receiver has ended.');
      return undefined;
    });
  });
  return withConnectOptions(command)
    .summary("receive Twilio's webhooks")
    .description(DESCRIPTION)
    .option('--port <port>', 'to listen on; 0 for any free one (default: 8080)')
    .option('--host <address>', 'to listen on (default: 127.0.0.1)')
    .addHelpText('after', HELP);
}

const DESCRIPTION =
  'Receives the webhooks by which Twilio tells that a job is over, and has the export look at once. Runs until Ctrl-C ' +
  'or SIGTERM; then exports that are to be told still are: 20 seconds at the most. A second one ends it at once.';

const HELP = `
Configuration, by the environment, which may be that of a worker:
  BULK_EXPORTS_PUBLIC_URL      where Twilio reaches this process, by https; give the
                               workers the same, and they have Twilio call it
  TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN
                               by the token Twilio's signature is checked; an API
                               key signs nothing
  TWILIO_SECONDARY_AUTH_TOKEN  a second token, while they are rotated
  BULK_EXPORTS_ACCOUNTS        path of a JSON file of further accounts by name, each
                               with accountSid, authToken, secondaryAuthToken
  TEMPORAL_ADDRESS, …          as for the temporal command line

Example, behind a proxy that ends TLS and passes /bulk-exports on to port 8080:
  BULK_EXPORTS_PUBLIC_URL=https://hooks.example.com/bulk-exports \\
    bulk-exports webhook --port 8080`;

function readConfig(env: NodeJS.ProcessEnv): WebhookConfig {
  try {
    return readWebhookConfig(env);
  } catch (error) {
    if (error instanceof InvalidWebhookConfig) throw new CommandError('usage', error.message, error);
    throw error;
  }
}
