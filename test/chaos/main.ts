/** `npm run chaos`: many exports at once, while workers are killed, the server goes away and Twilio is in trouble. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runChaos } from './run-chaos.ts';
import type { StoreKind } from './store.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const command = new Command('npm run chaos --')
  .description(
    'Runs exports against a simulated Twilio that is in trouble, cancels, resets, pauses and terminates some of them, ' +
      'kills their workers again and again, stops the Temporal server, reaps, and then checks what is left. Ends with ' +
      'exit code 1 where anything is not as it has to be.',
  )
  .option('--exports <count>', 'how many exports', wholeNumber(1, 5_000), 200)
  .option('--days <count>', 'how many days one of them asks for at most', wholeNumber(1, 10), 10)
  .option('--seed <text>', 'what is asked and what goes wrong follows from it (default: a random one)')
  .option('--workers <count>', 'worker processes', wholeNumber(1, 20), 3)
  .option(
    '--life <seconds>',
    'how long a worker lives on average before it is killed',
    wholeNumber(1, 600),
    10,
  )
  .option(
    '--faults <percent>',
    'how many of the requests that it fits each kind of fault meets at least; at most twice as many',
    wholeNumber(0, 50),
    10,
  )
  .addOption(new Option('--into <kind>', 'where the days go').choices(['disk', 's3']).default('disk'))
  .option('--restarts <count>', 'how often the Temporal server is stopped and started', wholeNumber(0, 20), 1)
  .option(
    '--continue-after <events>',
    'after so many events the server suggests to go on in a new run (most exports have 70 to 100)',
    wholeNumber(10, 50_000),
    60,
  )
  .option('--at-once <count>', 'exports that run at the same time', wholeNumber(1, 1_000), 50)
  .option('--limit <minutes>', 'after so long the run is given up', wholeNumber(1, 600), 30)
  .option('--keep', 'keep histories, logs and files also where nothing is wrong', false)
  .addHelpText('after', '\nWhen exactly something happens depends on the machine and follows from no seed.');

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

const options = command.parse().opts<{
  exports: number;
  days: number;
  seed?: string;
  workers: number;
  life: number;
  faults: number;
  into: StoreKind;
  restarts: number;
  continueAfter: number;
  atOnce: number;
  limit: number;
  keep: boolean;
}>();
const seed = options.seed ?? randomBytes(4).toString('hex');
say(`Seed ${seed}.`);
const { violations, figures, folder } = await runChaos({
  exports: options.exports,
  mostDays: options.days,
  seed,
  workers: options.workers,
  lifeMs: { minimum: options.life * 500, maximum: options.life * 1_500 },
  faultPercent: options.faults,
  mostKills: Number.POSITIVE_INFINITY,
  into: options.into,
  serverRestarts: options.restarts,
  continueAfterEvents: options.continueAfter,
  disturbedWithinMs: 12_000,
  quotaDayEndsAfterMs: 45_000,
  atOnce: options.atOnce,
  limitMs: options.limit * 60_000,
  keep: options.keep,
  say,
});
console.log(JSON.stringify({ seed, ...figures }, null, 2));
for (const { rule, where, what } of violations) console.log(`VIOLATED: ${rule} [${where}]: ${what}`);
console.log(
  violations.length === 0 ? `All is well [seed ${seed}].` : `${violations.length} violations [seed ${seed}].`,
);
if (violations.length > 0 || options.keep) console.log(`Histories, logs and files lie in ${folder}`);
// A run that was given up may still ask for its end.
process.exit(violations.length === 0 ? 0 : 1);
