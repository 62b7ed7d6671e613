import { once } from 'node:events';
import type { Command } from 'commander';
import { createCommand, type Answer, type Cli, type CommandOptions } from '../cli.ts';
import { readSimulatedAccount } from '../config.ts';
import { exampleScriptsFolder, listExampleScripts } from '../example-scripts.ts';
import { CommandError } from '../exit-codes.ts';
import { readNumber, readWholeNumber } from '../read-number.ts';
import { readScript } from '../read-script.ts';
import type { ClockOptions, Simulator, SimulatorOptions, SimulatorScript } from '../../simulator/index.ts';

/** `bulk-exports simulate`: a Twilio to try things on. */
export function simulateCommand(cli: Cli): Command {
  return createCommand(cli, 'simulate', async (options, { answer, env, interruption }) => {
    const interrupted = interruption();
    if (options.has('examples')) return examplesAnswer();
    const account = readSimulatedAccount(env);
    const path = options.text('script');
    const script = path === undefined ? {} : await readScript(path);
    const chosen = readOptions(options);
    const simulator = await start({ ...(account && { credentials: [account] }), ...chosen, script });
    answer(
      startedAnswer(simulator, {
        script,
        isClockStill: chosen.clock?.kind === 'manual',
        isTestAccount: await hasTestAccount(simulator),
      }),
    );
    if (!interrupted.aborted) await once(interrupted, 'abort');
    await simulator.stop();
    return undefined;
  })
    .summary('run a simulated Twilio')
    .description(DESCRIPTION)
    .option('--port <port>', 'of the API (default: any free one)')
    .option('--store-port <port>', 'of the file store (default: any free one)')
    .option(
      '--speed <factor>',
      'how many times faster than ours its time passes; 0: it is moved by hand (default: 1)',
    )
    .option(
      '--script <file>',
      'what happens to days, jobs and requests: a JSON file, or the name of an example',
    )
    .option('--examples', 'list the examples, and end')
    .option('--seed <text>', 'another one gives other ids, records and faults by rate (default: simulator)')
    .option('--quota-days <days>', 'days that may be requested in a UTC day (default: 366)')
    .option('--quota-status <status>', 'HTTP status of the refusal beyond that (default: 400)')
    .option('--quota-code <code>', 'error code of that refusal (default: 20001)')
    .addHelpText('after', HELP);
}

const DESCRIPTION =
  "Runs Twilio's Bulk Exports API and its file store on this machine, until Ctrl-C. Jobs pass through their statuses, " +
  'days get files of made-up records, and no mail leaves. Says at its start where it answers.';

const HELP = `
It listens on 127.0.0.1 and takes the credentials of TWILIO_ACCOUNT_SID and
TWILIO_AUTH_TOKEN where both are set, else a test pair that it prints; a token of
your own is never printed. At --speed 60 an hour of its time is a minute of ours; a
job takes 12 of its minutes or more. At --speed 0 its time stands still until
POST /_simulator/clock moves it.

The examples lie in node_modules/temporal-bulk-exports/examples/simulator-scripts.
Copy one and change it: the type SimulatorScript documents every field.

What happened so far is told by GET /_simulator/ledger: jobs, quota, requests,
faults, links, bytes sent, webhooks, and the mails that would have been sent.

Examples:
  bulk-exports simulate --port 4010 --store-port 4011 --speed 60
  bulk-exports simulate --port 4010 --speed 60 --script create-answer-lost
  bulk-exports simulate --port 4010 --script my-script.json --seed another
  bulk-exports simulate --port 4010 --quota-days 30 --quota-status 429 --quota-code 20429

Then, in another terminal, after the export line that it prints:
  curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \\
    "$TWILIO_BULKEXPORTS_URL/v1/Exports/Messages/Jobs" \\
    -d StartDay=2026-10-01 -d EndDay=2026-10-03 -d FriendlyName=October
  curl "$TWILIO_BULKEXPORTS_URL/_simulator/ledger"
  curl "$TWILIO_BULKEXPORTS_URL/_simulator/clock" -d advance='20 minutes'  # at --speed 0`;

const PORTS = { default: 0, minimum: 0, maximum: 65_535 };

function readOptions(options: CommandOptions): SimulatorOptions {
  const speed = readNumber(options, 'speed', { default: 1, minimum: 0, maximum: 1_000_000 });
  const [port, storePort] = [
    readWholeNumber(options, 'port', PORTS),
    readWholeNumber(options, 'storePort', PORTS),
  ];
  if (port === storePort && port !== 0)
    throw new CommandError('usage', `--store-port must be another one than --port, got ${port} for both.`);
  const seed = options.text('seed');
  return {
    port,
    storePort,
    clock: clockOf(speed),
    ...(seed !== undefined && { seed }),
    quotaDays: readWholeNumber(options, 'quotaDays', { default: 366, minimum: 0, maximum: 1_000_000 }),
    quotaRejection: {
      status: readWholeNumber(options, 'quotaStatus', { default: 400, minimum: 400, maximum: 499 }),
      code: readWholeNumber(options, 'quotaCode', { default: 20_001, minimum: 0, maximum: 999_999 }),
    },
  };
}

function clockOf(speed: number): ClockOptions {
  if (speed === 0) return { kind: 'manual' };
  return speed === 1 ? { kind: 'real' } : { kind: 'faster', speed };
}

/** Refuses a port that is not to be had with the option that asked for it. */
async function start(options: SimulatorOptions): Promise<Simulator> {
  const { startSimulator } = await import('../../simulator/index.ts');
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const option = port === options.port ? '--port' : '--store-port';
    const reason = code === 'EADDRINUSE' ? 'another program listens there' : 'this user may not listen there';
    throw new CommandError(
      'usage',
      `The simulator can not listen on 127.0.0.1:${port}: ${reason}. ` +
        `Give another ${option}, or none for any free one.`,
      error,
    );
  }
}

/** Whether its account is the one that opens nothing else, by default or because the variables repeat it. */
async function hasTestAccount({ accountSid, authToken }: Simulator): Promise<boolean> {
  const { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } = await import('../../simulator/index.ts');
  return accountSid === TEST_ACCOUNT_SID && authToken === TEST_AUTH_TOKEN;
}

function startedAnswer(
  { apiUrl, storeUrl, accountSid, authToken }: Simulator,
  {
    script,
    isClockStill,
    isTestAccount,
  }: { script: SimulatorScript; isClockStill: boolean; isTestAccount: boolean },
): Answer {
  const [ledger, clock] = [`${apiUrl}/_simulator/ledger`, `${apiUrl}/_simulator/clock`];
  const credentials = isTestAccount ? ` TWILIO_ACCOUNT_SID=${accountSid} TWILIO_AUTH_TOKEN=${authToken}` : '';
  const lines = [
    `The API answers at ${apiUrl}, the file store at ${storeUrl}`,
    ...(script.description === undefined ? [] : [`The script: ${script.description}`]),
    `What happened so far: curl ${ledger}`,
    ...(isClockStill ? [`Its clock stands still: curl ${clock} -d advance='20 minutes'`] : []),
    isTestAccount
      ? 'A worker finds it by these variables, a test account that opens nothing else:'
      : `It knows the account of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN [${accountSid}]. A worker finds it by:`,
    // An API key of the reader's would be taken before the token, sent here, and refused.
    `  export TWILIO_BULKEXPORTS_URL=${apiUrl}${credentials} TWILIO_API_KEY= TWILIO_API_SECRET=`,
    'Ctrl-C ends it.',
  ];
  return {
    document: { apiUrl, storeUrl, accountSid, ...(isTestAccount && { authToken }), ledger, clock },
    text: lines.join('\n'),
  };
}

async function examplesAnswer(): Promise<Answer> {
  const [folder, examples] = [exampleScriptsFolder(), await listExampleScripts()];
  return {
    document: { folder, examples },
    text: [
      ...examples.map(({ name, description }) => `${name}\n    ${description}`),
      '',
      `Play one by its name: bulk-exports simulate --script ${examples[0]?.name}`,
      `To change it, copy it from ${folder}`,
    ].join('\n'),
  };
}
