/**
 * `npm run bench:memory`: does the worker's memory grow with the size of the files? A worker process with a real
 * Temporal server fetches four files of 100 MB at once, and a fresh one four files of 1 GB. Ends with exit code 1
 * where a figure is missed. `npm run bench:memory -- 10 100` takes other sizes, in MB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import { createClosers } from '../cli/demo/closers.ts';
import { startDevServer } from '../cli/demo/dev-server.ts';
import { findTemporalServer } from '../cli/temporal-server/index.ts';
import { BulkExportsClient } from '../client/index.ts';
import { startSimulator } from '../simulator/index.ts';
import { dayBefore, inMb, MB } from './measure.ts';
import { startMeasuredWorker } from './worker-process.ts';

const FILES_AT_ONCE = 4;

/**
 * What is asked for: the worker's peak does not depend on the size of files, and stays near idle. What grows is held
 * against the whole peak, but counted from idle: two workers at rest differ by more than their downloads do.
 */
const MAXIMUM_GROWTH = 0.1;
const MAXIMUM_ABOVE_IDLE_BYTES = 150 * MB;

/** A worker that has just started still frees what it bundled its workflows with. */
const SETTLE_MS = 5_000;

const [smallMb, largeMb] = readSizes(process.argv.slice(2));
const say = (line: string) => process.stderr.write(`${line}\n`);
const closers = createClosers(say);
try {
  const server = await startDevServer(await findTemporalServer({ say }));
  closers.add('the Temporal server', server.stop);
  const connection = await Connection.connect({ address: server.address });
  closers.add('the connection', () => connection.close());
  const client = new Client({ connection });

  const small = await measure({ client, address: server.address, fileMb: smallMb });
  const large = await measure({ client, address: server.address, fileMb: largeMb });
  const isReached = report(small, large);
  process.exitCode = isReached ? 0 : 1;
} finally {
  await closers.closeAll();
}

interface Measured {
  fileMb: number;
  idleBytes: number;
  peakBytes: number;
  afterBytes: number;
  seconds: number;
  samples: number;
}

async function measure(input: { client: Client; address: string; fileMb: number }): Promise<Measured> {
  const { client, address, fileMb } = input;
  const parts = createClosers(say);
  try {
    const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
    parts.add('the folder', () => rm(folder, { recursive: true, force: true }));
    const simulator = await startSimulator({
      script: { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: fileMb * MB }] },
    });
    parts.add('the simulator', simulator.stop);
    const taskQueue = `memory-${fileMb}`;
    const worker = await startMeasuredWorker({
      TEMPORAL_ADDRESS: address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_TASK_QUEUE: taskQueue,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
    });
    parts.add('the worker', worker.stop);

    await pause(SETTLE_MS);
    const { nowBytes: idleBytes } = await worker.memory();
    say(`${FILES_AT_ONCE} files of ${fileMb} MB at once, from ${inMb(idleBytes)} MB idle …`);
    worker.beginPeak();
    const startMs = performance.now();
    const handle = await new BulkExportsClient({ client, taskQueue }).startExport({
      resourceType: 'Messages',
      startDay: dayBefore(4 + FILES_AT_ONCE),
      endDay: dayBefore(5),
      maxConcurrentDownloads: FILES_AT_ONCE,
      poll: { minimumInterval: '1 second' },
    });
    const { totals } = await handle.result();
    const seconds = (performance.now() - startMs) / 1000;
    if (totals.downloaded !== FILES_AT_ONCE || totals.sizeBytes !== FILES_AT_ONCE * fileMb * MB) {
      throw new Error(`Expected ${FILES_AT_ONCE} files of ${fileMb} MB, got ${JSON.stringify(totals)}.`);
    }
    const { peakBytes, nowBytes: afterBytes, samples } = await worker.memory();
    return { fileMb, idleBytes, peakBytes, afterBytes, seconds, samples };
  } finally {
    await parts.closeAll();
  }
}

function report(small: Measured, large: Measured): boolean {
  const table = new Table({
    head: ['files at once', 'idle', 'peak', 'above idle', 'after', 'samples', 'took'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const measured of [small, large]) {
    const { fileMb, idleBytes, peakBytes, afterBytes, samples, seconds } = measured;
    table.push([
      `${FILES_AT_ONCE} × ${fileMb} MB`,
      `${inMb(idleBytes)} MB`,
      `${inMb(peakBytes)} MB`,
      `${inMb(aboveIdleBytes(measured))} MB`,
      `${inMb(afterBytes)} MB`,
      samples,
      `${seconds.toFixed(1)} s`,
    ]);
  }
  console.log(`Resident memory of the worker process, Node ${process.version}:`);
  console.log(table.toString());
  const growth = (aboveIdleBytes(large) - aboveIdleBytes(small)) / small.peakBytes;
  const aboveIdle = Math.max(aboveIdleBytes(small), aboveIdleBytes(large));
  const isFlat = growth <= MAXIMUM_GROWTH;
  const isLow = aboveIdle <= MAXIMUM_ABOVE_IDLE_BYTES;
  console.log(
    `${largeMb} MB against ${smallMb} MB: ${(growth * 100).toFixed(1)} % (at most ${MAXIMUM_GROWTH * 100} %): ${isFlat ? 'reached' : 'MISSED'}`,
  );
  console.log(
    `Above idle: ${inMb(aboveIdle)} MB (at most ${inMb(MAXIMUM_ABOVE_IDLE_BYTES)} MB): ${isLow ? 'reached' : 'MISSED'}`,
  );
  return isFlat && isLow;
}

function aboveIdleBytes({ peakBytes, idleBytes }: Measured): number {
  return peakBytes - idleBytes;
}

function readSizes(args: string[]): [number, number] {
  const [smallMb = 100, largeMb = 1000] = args.map(Number);
  if (![smallMb, largeMb].every((mb) => Number.isInteger(mb) && mb >= 1) || args.length > 2) {
    throw new Error(`Expected at most two sizes of files in whole MB, got ${args.join(' ')}.`);
  }
  return [smallMb, largeMb];
}
