import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { readSimulatedAccount } from '../config.ts';
import { CommandError } from '../exit-codes.ts';
import { readNumber, readWholeNumber } from '../read-number.ts';
import type { SimulatorScript } from '../../simulator/index.ts';

/** `bulk-exports simulate`: a Twilio to try things on. */
export function simulateCommand(cli: Cli): Command {
  return createCommand(cli, 'simulate', async (options, { answer, env, interrupted }) => {
    const { startSimulator } = await import('../../simulator/index.ts');
    const speed = readNumber(options, 'speed', { default: 1, minimum: 0.001, maximum: 1_000_000 });
    const account = readSimulatedAccount(env);
    const simulator = await startSimulator({
      ...(account && { credentials: [account] }),
      port: readWholeNumber(options, 'port', PORTS),
      storePort: readWholeNumber(options, 'storePort', PORTS),
      clock: speed === 1 ? { kind: 'real' } : { kind: 'faster', speed },
      script: await readScript(options.text('script')),
    });
    const { apiUrl, storeUrl, accountSid, authToken } = simulator;
    answer({
      document: {
        apiUrl,
        storeUrl,
        accountSid,
        ...(!account && { authToken }),
        ledger: `${apiUrl}/_simulator/ledger`,
      },
      text: [
        `The API answers at ${apiUrl}, the file store at ${storeUrl}; what happened: ${apiUrl}/_simulator/ledger`,
        ...(account
          ? [
              `It knows the account of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN [${accountSid}]. A worker finds it by:`,
              `  export TWILIO_BULKEXPORTS_URL=${apiUrl}`,
            ]
          : [
              'A worker finds it by these variables, a test account that opens nothing else:',
              `  export TWILIO_BULKEXPORTS_URL=${apiUrl} TWILIO_ACCOUNT_SID=${accountSid} TWILIO_AUTH_TOKEN=${authToken}`,
            ]),
        'Ctrl-C ends it.',
      ].join('\n'),
    });
    if (!interrupted.aborted) await once(interrupted, 'abort');
    await simulator.stop();
    return undefined;
  })
    .summary('run a simulated Twilio')
    .description('Runs the Bulk Exports API and its file store on this machine, until Ctrl-C.')
    .option('--port <port>', 'of the API (default: any free one)')
    .option('--store-port <port>', 'of the file store (default: any free one)')
    .option('--speed <factor>', 'how much faster its time passes (default: 1)')
    .option('--script <file>', 'what happens to days, jobs and requests, as JSON')
    .addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
It knows the account of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN where both are
set, else a test account.

Example:
  bulk-exports simulate --port 4010 --speed 60`;

const PORTS = { default: 0, minimum: 0, maximum: 65_535 };

async function readScript(path: string | undefined): Promise<SimulatorScript> {
  if (path === undefined) return {};
  const { parseScript } = await import('../../simulator/index.ts');
  try {
    return parseScript(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('usage', `The script can not be used [${path}]: ${reason}`, error);
  }
}
