/**
 * `npm run bench:download`: what the proof of a file costs. Fetches one file again and again, in turn by a plain
 * copy from the same store to the same disk, by such a copy that is then decompressed to nowhere, and by the
 * activity, which also hashes what lies on the disk and counts its records. `npm run bench:download -- 1000` takes
 * another size, in MB.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { MockActivityEnvironment } from '@temporalio/testing';
import { request } from 'undici';
import { builtActivities } from './built.ts';
import type {
  DownloadExportDayInput,
  DownloadExportDayResult,
  ExportActivities,
} from '../activities/index.ts';
import { dayBefore, MB, medianOf, secondsOf } from './measure.ts';
import { basic, startMeasuredServer } from './server-process.ts';

const { createActivities, createFileStorage } = await builtActivities();
const ROUNDS = 3;
/** As the activity has it. */
const GUNZIP_CHUNK_BYTES = 256 * 1024;
const DAY = dayBefore(5);

const sizeMb = Number(process.argv[2] ?? 300);
const folder = await mkdtemp(join(tmpdir(), 'bench-download-'));
const script = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: sizeMb * MB }] };
const simulator = await startMeasuredServer('simulator', JSON.stringify(script));
const { apiUrl, accountSid, authToken } = simulator;
const { activities, close } = createActivities({
  accounts: { default: { accountSid, username: accountSid, password: authToken } },
  destinations: { default: createFileStorage(pathToFileURL(folder).href) },
  twilioUrl: apiUrl,
});
try {
  await createJob(activities);
  const path = join(folder, 'copy');
  const ways: Record<string, { run: (round: number) => Promise<void>; seconds: number[] }> = {
    'plain copy': { run: () => copy(path), seconds: [] },
    'copy and gunzip': { run: () => copy(path).then(() => decompress(path)), seconds: [] },
    'download with its proof': { run: (round) => download(activities, `round-${round}`), seconds: [] },
  };
  for (let round = 1; round <= ROUNDS; round++)
    for (const { run, seconds } of Object.values(ways)) seconds.push(await secondsOf(() => run(round)));

  console.log(`A file of ${sizeMb} MB, median of ${ROUNDS}:`);
  const plainSeconds = medianOf(ways['plain copy']?.seconds ?? []);
  for (const [way, { seconds }] of Object.entries(ways)) {
    const median = medianOf(seconds);
    const speed = `${(sizeMb / median).toFixed(0)} MB/s`;
    console.log(
      `  ${way.padEnd(25)}${median.toFixed(2).padStart(7)} s${speed.padStart(12)}${(median / plainSeconds).toFixed(1).padStart(7)} times the plain copy`,
    );
  }
} finally {
  await close();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
}

async function createJob({ createExportJob }: ExportActivities): Promise<void> {
  const exportId = 'create';
  // The run of this very export: one of another would first let a create of that other run settle, for minutes.
  const workflowExecution = { workflowId: 'bench', runId: exportId };
  await new MockActivityEnvironment({ workflowExecution }).run(createExportJob, {
    ...identityOf(exportId),
    destination: 'default',
    startDay: DAY,
    endDay: DAY,
    friendlyName: 'benchmark',
    submission: 1,
    isUnderWay: false,
  });
}

async function download({ downloadExportDay }: ExportActivities, exportId: string): Promise<void> {
  const input: DownloadExportDayInput = {
    ...identityOf(exportId),
    destination: 'default',
    day: DAY,
    status: 'Completed',
  };
  const downloaded: DownloadExportDayResult = await new MockActivityEnvironment().run(
    downloadExportDay,
    input,
  );
  if (downloaded.outcome !== 'downloaded' || downloaded.file.sizeBytes !== sizeMb * MB)
    throw new Error(`Expected a file of ${sizeMb} MB, got ${JSON.stringify(downloaded)}.`);
}

/** Link and file as the activity asks for them; then nothing but the bytes, flushed to the disk. */
async function copy(path: string): Promise<void> {
  const headers = { authorization: basic(simulator) };
  const day = await request(`${apiUrl}/v1/Exports/Messages/Days/${DAY}`, { headers });
  await day.body.dump();
  const { body } = await request(String(day.headers['location']));
  await pipeline(body, createWriteStream(path, { flush: true }));
}

async function decompress(path: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(path), createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES }), nowhere);
}

function identityOf(exportId: string) {
  return { account: 'default', resourceType: 'Messages', exportId } as const;
}
