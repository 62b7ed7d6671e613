import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { DEMO_SPEED } from '../demo/demo-script.ts';
import { readNumber } from '../read-number.ts';

/** `bulk-exports demo`: one export on real parts, from start to files, in half a minute. */
export function demoCommand(cli: Cli): Command {
  return createCommand(cli, 'demo', async (options, context) => {
    const { runDemo } = await import('../demo/run-demo.ts');
    const directory = options.text('directory');
    const speed = readNumber(options, 'speed', { default: DEMO_SPEED, minimum: 1, maximum: 10_000 });
    return runDemo(
      { keep: options.has('keep'), speed, ...(directory !== undefined && { directory }) },
      context,
    );
  })
    .summary('see one export from start to files')
    .description(
      'Starts a Temporal server, a simulated Twilio and a worker, runs one export of 30 days on them, shows its files ' +
        'and ends everything again. Needs no account of anything.',
    )
    .option('--keep', 'leave everything up until Ctrl-C, to look around in the Web UI')
    .option('--speed <factor>', `how much faster the simulated Twilio's time passes (default: ${DEMO_SPEED})`)
    .option('--directory <path>', 'where the files go (default: a folder of this run under exports/demo)');
}
