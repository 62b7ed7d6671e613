/**
 * `npm run bench:resume`: what a killed worker costs. A worker process is killed (SIGKILL) at 90 % of a file of 1 GB,
 * while the bytes flow over a line of 500 Mbit/s; another one brings the export home. Prints one JSON object, with the
 * bytes that were fetched again, and ends with exit code 1 where these are too many. `npm run bench:resume -- 100 200`
 * takes another size, in MB, and another line, in Mbit/s.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { createClosers } from '../cli/demo/closers.ts';
import { startDevServer } from '../cli/demo/dev-server.ts';
import { findTemporalServer } from '../cli/temporal-server/index.ts';
import { BulkExportsClient } from '../client/index.ts';
import { startSimulator } from '../simulator/index.ts';
import { startLimitedLine } from './limited-line.ts';
import { dayBefore, inMb, MB } from './measure.ts';
import { startMeasuredWorker } from './worker-process.ts';

const KILLED_AT = 0.9;

/** What may be reached: what lay in memory and in the sockets of the killed process, and little more. */
const MAXIMUM_AGAIN_BYTES = 8 * MB;

const DAY = dayBefore(5);
const TASK_QUEUE = 'resume';

const { fileMb, lineMbits } = readArguments(process.argv.slice(2));
const fileBytes = fileMb * MB;
const say = (line: string) => process.stderr.write(`${line}\n`);
const closers = createClosers(say);
try {
  const server = await startDevServer(await findTemporalServer({ say }));
  closers.add('the Temporal server', server.stop);
  const connection = await Connection.connect({ address: server.address });
  closers.add('the connection', () => connection.close());
  const folder = await mkdtemp(join(tmpdir(), 'bench-resume-'));
  closers.add('the folder', () => rm(folder, { recursive: true, force: true }));
  const simulator = await startSimulator({
    script: { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: fileBytes }] },
  });
  closers.add('the simulator', simulator.stop);
  const line = await startLimitedLine(simulator, (lineMbits * MB) / 8);
  closers.add('the line', async () => line.stop());
  const variables = {
    TEMPORAL_ADDRESS: server.address,
    TWILIO_ACCOUNT_SID: simulator.accountSid,
    TWILIO_AUTH_TOKEN: simulator.authToken,
    TWILIO_BULKEXPORTS_URL: line.apiUrl,
    BULK_EXPORTS_TASK_QUEUE: TASK_QUEUE,
    BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
  };

  const killed = await startMeasuredWorker(variables);
  const client = new BulkExportsClient({ client: new Client({ connection }), taskQueue: TASK_QUEUE });
  const handle = await client.startExport({
    resourceType: 'Messages',
    startDay: DAY,
    endDay: DAY,
    poll: { minimumInterval: '1 second' },
  });
  while ((await halfBytes(folder)) < KILLED_AT * fileBytes) await pause(1);
  await killed.kill();
  const keptBytes = await halfBytes(folder);
  const sentToKilledBytes = line.sentBytes();
  if (keptBytes === 0 || keptBytes >= fileBytes)
    throw new Error(`The worker was killed too late, with ${keptBytes} of ${fileBytes} bytes on the disk.`);
  say(`Killed with ${inMb(keptBytes)} of ${fileMb} MB on the disk. The engine notices it after 30 seconds …`);

  const successor = await startMeasuredWorker(variables);
  closers.add('the worker', successor.stop);
  const { outcome, days } = await handle.result();
  const { requests } = simulator.ledger();
  const isWhole = days[0]?.sha256 === simulator.expectedFile({ resourceType: 'Messages', day: DAY })?.sha256;
  const againBytes = line.sentBytes() - fileBytes;
  const isReached = outcome === 'complete' && isWhole && againBytes <= MAXIMUM_AGAIN_BYTES;
  console.log(
    JSON.stringify({
      fileBytes,
      lineMbits,
      keptBytes,
      sentToKilledBytes,
      againBytes,
      maximumAgainBytes: MAXIMUM_AGAIN_BYTES,
      fileRequests: requests.getFile,
      isWhole,
      isReached,
    }),
  );
  process.exitCode = isReached ? 0 : 1;
} finally {
  await closers.closeAll();
}

/** What lies on the disk under a name that is not final. */
async function halfBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const half = names.find((name) => /\/_half-[^/]*$/.test(name));
  if (half === undefined) return 0;
  // It may just have got its final name.
  const found = await stat(join(folder, half)).catch(() => null);
  return found?.size ?? 0;
}

function readArguments(args: string[]): { fileMb: number; lineMbits: number } {
  const [fileMb = 1000, lineMbits = 500] = args.map(Number);
  if (!Number.isInteger(fileMb) || fileMb < 20 || !(lineMbits > 0) || args.length > 2)
    throw new Error(
      `Expected a size of the file in whole MB, at least 20, and a line in Mbit/s, got ${args.join(' ')}.`,
    );
  return { fileMb, lineMbits };
}
