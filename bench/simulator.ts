/**
 * `npm run bench:simulator`: how fast does one simulator process serve files? It serves 366 days of one megabyte,
 * again and again, in turn with a bare Node HTTP server that sends one buffer from its memory: the files alone, and
 * whole days with the redirect that leads to each file. Ends with exit code 1 where the files reach less than 80 % of
 * the bare server's rate. The share of whole days is told and not judged: a redirect is small, and a busy machine moves
 * its share by five points to either side. `npm run bench:simulator -- 20` takes another number of rounds for each start.
 */
import type { SimulatorScript } from '../simulator/index.ts';
import { dayBefore, inMb, MB, secondsOf } from './measure.ts';
import { inPercent, shareOf, tableOfRates } from './rates.ts';
import type { MeasuredWay } from './rates.ts';
import { serveDays } from './serve-days.ts';
import { compareWithLedger, makeFiles, verifyFile } from './served-files.ts';
import { startMeasuredServer } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';

/** What may be asked of the simulator: its share of the bare server's rate. */
const MINIMUM_SHARE = 0.8;

const DAYS = 366;
const FILE_BYTES = MB;
const CONNECTIONS = 8;

/** How fast a process serves depends by several percent on where it came to lie: it is started anew so often. */
const STARTS = 5;

/** Of each start. A round takes a tenth of a second: many, in turn, meet the same neighbours on a busy machine. */
const USUAL_ROUNDS = 16;

/** Until the code of both servers is compiled. */
const WARM_UP_ROUNDS = 9;

const rounds = readRounds(process.argv.slice(2));
const days = Array.from({ length: DAYS }, (_, index) => dayBefore(DAYS + 1 - index));
const served = { days, fileBytes: FILE_BYTES };
const script: SimulatorScript = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: FILE_BYTES }] };
const ways: Record<string, MeasuredWay> = {
  'bare, files': createWay('files'),
  'simulator, files': createWay('files'),
  'bare, 307 and file': createWay('whole days'),
  'simulator, 307 and file': createWay('whole days'),
};
for (let start = 1; start <= STARTS; start++) {
  console.log(`Start ${start} of ${STARTS}: ${await measureFromStart()}`);
}
console.log(
  `${DAYS} days of 1 MB over ${CONNECTIONS} connections, medians of ${STARTS} × ${rounds} rounds, Node ${process.version}:`,
);
console.log(tableOfRates(ways, DAYS * FILE_BYTES));
const files = shareOf(ways, 'files');
const wholeDays = shareOf(ways, '307 and file');
console.log(
  `Files: ${inPercent(files)} of the bare server's rate (at least ${inPercent(MINIMUM_SHARE)}): ${files >= MINIMUM_SHARE ? 'reached' : 'MISSED'}`,
);
console.log(
  `Whole days, each with its redirect: ${inPercent(wholeDays)} of the rate of a bare server that redirects too`,
);
process.exitCode = files >= MINIMUM_SHARE ? 0 : 1;

/** Starts both servers, lets them serve, and tells what the simulator needed beside. */
async function measureFromStart(): Promise<string> {
  const simulator = await startMeasuredServer('simulator', JSON.stringify(script));
  const bare = await startMeasuredServer('bare', String(FILE_BYTES));
  try {
    const { residentBytes: atStart } = await simulator.use();
    const madeInSeconds = await secondsOf(() => makeFiles(simulator, served));
    const { residentBytes: withFiles } = await simulator.use();
    const verified = [days[0] ?? '', days[DAYS - 1] ?? ''];
    for (const day of verified) await verifyFile(simulator, day, FILE_BYTES);
    const filesServed = await measure({ simulator, bare });
    await compareWithLedger(simulator, verified.length + filesServed, FILE_BYTES);
    const { residentBytes: atEnd } = await simulator.use();
    return `${DAYS} files made in ${madeInSeconds.toFixed(1)} s; resident memory of the simulator ${inMb(atStart)} MB, ${inMb(withFiles)} MB with the files, ${inMb(atEnd)} MB at the end`;
  } finally {
    await Promise.all([simulator.stop(), bare.stop()]);
  }
}

function createWay(what: MeasuredWay['what']): MeasuredWay {
  return { what, measured: [] };
}

/** Goes all ways in turn, round after round, and gives the number of files that the simulator has served. */
async function measure(servers: Record<'simulator' | 'bare', MeasuredServer>): Promise<number> {
  let filesServed = 0;
  for (let round = 1; round <= WARM_UP_ROUNDS + rounds; round++) {
    // There and back, so that nothing is always measured after the same other.
    const inOrder = Object.entries(ways);
    for (const [name, { what, measured }] of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
      const kind = name.startsWith('bare') ? 'bare' : 'simulator';
      const result = await serveDays(
        { server: servers[kind], what },
        { ...served, connections: CONNECTIONS },
      );
      if (kind === 'simulator') filesServed += DAYS;
      if (round > WARM_UP_ROUNDS) measured.push(result);
    }
  }
  return filesServed;
}

function readRounds(args: string[]): number {
  const [wanted = USUAL_ROUNDS] = args.map(Number);
  if (!Number.isInteger(wanted) || wanted < 1 || args.length > 1) {
    throw new Error(`Expected at most one number of rounds, at least 1, got ${args.join(' ')}.`);
  }
  return wanted;
}
