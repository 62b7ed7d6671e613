/**
 * `npm run bench:simulator`: how fast does one simulator process serve files? It serves 366 days of one megabyte,
 * again and again, in turn with a bare Node HTTP server that sends one buffer from its memory: the files alone, and
 * whole days with the redirect that leads to each file. Ends with exit code 1 where either reaches less than 80 % of
 * the bare server's rate. `npm run bench:simulator -- 20` takes another number of rounds.
 */
import type { SimulatorScript } from '../simulator/index.ts';
import { dayBefore, inMb, MB, secondsOf } from './measure.ts';
import { inPercent, shareOf, tableOfRates } from './rates.ts';
import type { MeasuredWay } from './rates.ts';
import { serveDays } from './serve-days.ts';
import type { Way } from './serve-days.ts';
import { compareWithLedger, makeFiles, verifyFile } from './served-files.ts';
import { startMeasuredServer } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';

/** What may be asked of the simulator: its share of the bare server's rate. */
const MINIMUM_SHARE = 0.8;

const DAYS = 366;
const FILE_BYTES = MB;
const CONNECTIONS = 8;

/** A round takes a tenth of a second: many of them, in turn, meet the same neighbours on a busy machine. */
const USUAL_ROUNDS = 60;

/** A round of whole days takes twice as long: fewer are enough. Odd, so that their order changes too. */
const ROUNDS_PER_WHOLE_DAYS = 3;

/** Until the code of both servers is compiled. */
const WARM_UP_ROUNDS = 9;

const rounds = readRounds(process.argv.slice(2));
const days = Array.from({ length: DAYS }, (_, index) => dayBefore(DAYS + 1 - index));
const served = { days, fileBytes: FILE_BYTES };
const script: SimulatorScript = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: FILE_BYTES }] };
const simulator = await startMeasuredServer('simulator', JSON.stringify(script));
const bare = await startMeasuredServer('bare', String(FILE_BYTES));
try {
  const { residentBytes: atStart } = await simulator.use();
  const madeInSeconds = await secondsOf(() => makeFiles(simulator, served));
  const { residentBytes: withFiles } = await simulator.use();
  const verified = [days[0] ?? '', days[DAYS - 1] ?? ''];
  for (const day of verified) await verifyFile(simulator, day, FILE_BYTES);

  const ways = {
    'bare, files': createWay(bare, 'files'),
    'simulator, files': createWay(simulator, 'files'),
    'bare, 307 and file': createWay(bare, 'whole days'),
    'simulator, 307 and file': createWay(simulator, 'whole days'),
  };
  const filesServed = await measure(Object.values(ways));
  await compareWithLedger(simulator, verified.length + filesServed, FILE_BYTES);
  const { residentBytes: atEnd } = await simulator.use();

  console.log(
    `${DAYS} days of 1 MB over ${CONNECTIONS} connections, medians of ${rounds} rounds, Node ${process.version}:`,
  );
  console.log(tableOfRates(ways, DAYS * FILE_BYTES));
  console.log(
    `Made ${DAYS} files in ${madeInSeconds.toFixed(1)} s. Resident memory of the simulator: ${inMb(atStart)} MB at its start, ${inMb(withFiles)} MB with the files, ${inMb(atEnd)} MB at the end.`,
  );
  const shares = {
    Files: shareOf(ways['simulator, files'], ways['bare, files']),
    'Whole days, each with its redirect': shareOf(
      ways['simulator, 307 and file'],
      ways['bare, 307 and file'],
    ),
  };
  for (const [what, share] of Object.entries(shares)) {
    console.log(
      `${what}: ${inPercent(share)} of the bare server's rate (at least ${inPercent(MINIMUM_SHARE)}): ${share >= MINIMUM_SHARE ? 'reached' : 'MISSED'}`,
    );
  }
  process.exitCode = Object.values(shares).every((share) => share >= MINIMUM_SHARE) ? 0 : 1;
} finally {
  await Promise.all([simulator.stop(), bare.stop()]);
}

function createWay(server: MeasuredServer, what: Way['what']): MeasuredWay {
  return { server, what, measured: [] };
}

/** Goes all ways in turn, round after round, and gives the number of files that the simulator has served. */
async function measure(ways: readonly MeasuredWay[]): Promise<number> {
  let filesServed = 0;
  for (let round = 1; round <= WARM_UP_ROUNDS + rounds; round++) {
    // There and back, so that nothing is always measured after the same other.
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      if (way.what === 'whole days' && round % ROUNDS_PER_WHOLE_DAYS !== 0) continue;
      const measured = await serveDays(way, { ...served, connections: CONNECTIONS });
      if (way.server === simulator) filesServed += DAYS;
      if (round > WARM_UP_ROUNDS) way.measured.push(measured);
    }
  }
  return filesServed;
}

function readRounds(args: string[]): number {
  const [wanted = USUAL_ROUNDS] = args.map(Number);
  if (!Number.isInteger(wanted) || wanted < ROUNDS_PER_WHOLE_DAYS || args.length > 1) {
    throw new Error(
      `Expected at most one number of rounds, at least ${ROUNDS_PER_WHOLE_DAYS}, got ${args.join(' ')}.`,
    );
  }
  return wanted;
}
