/**
 * `npm run bench:simulator`: how fast does one simulator process serve files? It serves 366 days of one megabyte,
 * again and again, in turn with a bare Node HTTP server that sends one buffer from its memory. Ends with exit code 1
 * where it reaches less than 80 % of the bare server's rate. `npm run bench:simulator -- 20` takes another number
 * of rounds.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { request } from 'undici';
import type { Ledger, SimulatorScript } from '../simulator/index.ts';
import { basic, secondsOf, serveDays } from './serve-days.ts';
import type { Measured, Way } from './serve-days.ts';
import { startMeasuredServer } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';

/** What may be asked of the simulator: its share of the bare server's rate, files alone. */
const MINIMUM_SHARE = 0.8;

const MB = 1_000_000;
const DAYS = 366;
const FILE_BYTES = MB;
const CONNECTIONS = 8;

/** A round takes a tenth of a second: many of them, in turn, meet the same neighbours on a busy machine. */
const USUAL_ROUNDS = 60;

/** Whole days are told and nothing is asked of them: fewer rounds are enough. Odd, so that their order changes too. */
const ROUNDS_PER_WHOLE_DAYS = 5;

/** Until the code of both servers is compiled. */
const WARM_UP_ROUNDS = 8;

const rounds = readRounds(process.argv.slice(2));
const days = Array.from({ length: DAYS }, (_, index) => dayBefore(DAYS + 1 - index));
const script: SimulatorScript = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: FILE_BYTES }] };
const simulator = await startMeasuredServer('simulator', JSON.stringify(script));
const bare = await startMeasuredServer('bare', String(FILE_BYTES));
try {
  const { residentBytes: atStart } = await simulator.use();
  const madeInSeconds = await secondsOf(() => makeFiles(simulator));
  const { residentBytes: withFiles } = await simulator.use();
  let filesServed = 0;
  for (const day of [days[0] ?? '', days[DAYS - 1] ?? '']) {
    await verify(simulator, day);
    filesServed += 1;
  }

  const ways = {
    'bare, files': createWay(bare, 'files'),
    'simulator, files': createWay(simulator, 'files'),
    'bare, 307 and file': createWay(bare, 'whole days'),
    'simulator, 307 and file': createWay(simulator, 'whole days'),
  };
  for (let round = 1; round <= WARM_UP_ROUNDS + rounds; round++) {
    // There and back, so that nothing is always measured after the same other.
    const order = round % 2 === 0 ? Object.values(ways) : Object.values(ways).toReversed();
    for (const way of order) {
      if (way.what === 'whole days' && round % ROUNDS_PER_WHOLE_DAYS !== 0) continue;
      const measured = await serveDays(way, { days, fileBytes: FILE_BYTES, connections: CONNECTIONS });
      if (way.server === simulator) filesServed += DAYS;
      if (round > WARM_UP_ROUNDS) way.measured.push(measured);
    }
  }
  await compareWithLedger(simulator, filesServed);
  const { residentBytes: atEnd } = await simulator.use();

  report(ways);
  console.log(
    `Made ${DAYS} files in ${madeInSeconds.toFixed(1)} s. Resident memory of the simulator: ${inMb(atStart)} MB at its start, ${inMb(withFiles)} MB with the files, ${inMb(atEnd)} MB at the end.`,
  );
  const files = shareOf(ways['simulator, files'], ways['bare, files']);
  const wholeDays = shareOf(ways['simulator, 307 and file'], ways['bare, 307 and file']);
  console.log(`Whole days, each with its redirect: ${inPercent(wholeDays)} of the bare server's rate.`);
  console.log(
    `Files: ${inPercent(files)} of the bare server's rate (at least ${inPercent(MINIMUM_SHARE)}): ${files >= MINIMUM_SHARE ? 'reached' : 'MISSED'}`,
  );
  process.exitCode = files >= MINIMUM_SHARE ? 0 : 1;
} finally {
  await Promise.all([simulator.stop(), bare.stop()]);
}

/** One way to serve, and what its rounds took. */
type MeasuredWay = Way & { measured: Measured[] };

function createWay(server: MeasuredServer, what: Way['what']): MeasuredWay {
  return { server, what, measured: [] };
}

/** Makes the job of all days, and waits until each has its file. */
async function makeFiles(server: MeasuredServer): Promise<void> {
  const url = `${server.apiUrl}/v1/Exports/Messages`;
  const form = { StartDay: days[0] ?? '', EndDay: days[DAYS - 1] ?? '', FriendlyName: 'benchmark' };
  const created = await request(`${url}/Jobs`, {
    method: 'POST',
    headers: { authorization: basic(server), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  await created.body.dump();
  const listed = await request(`${url}/Days?PageSize=400`, { headers: { authorization: basic(server) } });
  const list = (await listed.body.json()) as { days: { size: number }[] };
  if (list.days.length !== DAYS || list.days.some(({ size }) => size !== FILE_BYTES)) {
    throw new Error(`Expected ${DAYS} days of ${FILE_BYTES} bytes, got ${list.days.length} days.`);
  }
}

/** Downloads a day with a real client, and holds it against what the simulator says of it. */
async function verify(server: MeasuredServer, day: string): Promise<void> {
  const headers = { authorization: basic(server) };
  const redirect = await request(`${server.apiUrl}/v1/Exports/Messages/Days/${day}`, { headers });
  await redirect.body.dump();
  const { body } = await request(String(redirect.headers['location']));
  const bytes = Buffer.from(await body.arrayBuffer());
  const got = {
    sizeBytes: bytes.length,
    records: gunzipSync(bytes).toString('utf8').trimEnd().split('\n').length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const expected = await server.expectedFile({ resourceType: 'Messages', day });
  if (JSON.stringify(got) !== JSON.stringify(expected) || got.sizeBytes !== FILE_BYTES) {
    throw new Error(`Expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)} [${day}].`);
  }
}

/** The simulator must have counted what came here. */
async function compareWithLedger(server: MeasuredServer, files: number): Promise<void> {
  const { body } = await request(`${server.apiUrl}/_simulator/ledger`);
  const { bytesSent, links } = (await body.json()) as Ledger;
  if (bytesSent.total !== files * FILE_BYTES || links.used !== files) {
    throw new Error(
      `Expected ${files} files in the ledger, got ${bytesSent.total} bytes, ${links.used} links.`,
    );
  }
}

function report(ways: Readonly<Record<string, MeasuredWay>>): void {
  const table = new Table({
    head: ['served', 'rate', 'slowest', 'fastest', "server's CPU", 'rate of a CPU'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const [name, { measured }] of Object.entries(ways)) {
    const rates = measured.map(({ seconds }) => rateOf(seconds));
    table.push([
      name,
      `${medianOf(rates).toFixed(0)} MB/s`,
      `${Math.min(...rates).toFixed(0)} MB/s`,
      `${Math.max(...rates).toFixed(0)} MB/s`,
      inPercent(medianOf(measured.map(({ seconds, cpuSeconds }) => cpuSeconds / seconds))),
      `${medianOf(measured.map(({ cpuSeconds }) => rateOf(cpuSeconds))).toFixed(0)} MB/s`,
    ]);
  }
  console.log(
    `${DAYS} days of 1 MB over ${CONNECTIONS} connections, medians of ${rounds} rounds, Node ${process.version}:`,
  );
  console.log(table.toString());
}

/** The median of the rounds' shares: the two of one round met the same neighbours. */
function shareOf(one: MeasuredWay, other: MeasuredWay): number {
  return medianOf(
    one.measured.map(({ seconds }, round) => (other.measured[round]?.seconds ?? Number.NaN) / seconds),
  );
}

function rateOf(seconds: number): number {
  return (DAYS * FILE_BYTES) / MB / seconds;
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

function dayBefore(count: number): string {
  return new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
}

function medianOf(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function inMb(bytes: number): string {
  return (bytes / MB).toFixed(0);
}

function inPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
