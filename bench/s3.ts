/**
 * `npm run bench:s3`: what it takes to bring a day into S3. Takes one file again and again from the same store into
 * the same bucket, in turn by rclone, which copies it without a look at what it holds; by rclone, and then `gzip -t`
 * of the copy, the least that a proof is; and by the activity, which keeps it on the disk, proves it meanwhile, and
 * uploads it. The proof is measured alone, too, in a process of its own and of a file that lies there: less is no
 * proof. First as fast as this machine copies memory, then over a line of 250 Mbit/s. It also tells the processor time
 * of whoever takes part: no order of the same steps is faster than all of it, spread over all processors.
 * `npm run bench:s3 -- 1000 500` takes another size, in MB, and another line, in Mbit/s.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { request } from 'undici';
import { builtActivities } from './built.ts';
import type { DayStorage, DownloadExportDayResult, ExportActivities } from '../activities/index.ts';
import { findRclone } from '../test/support/find-rclone.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../test/support/s3-server.ts';
import { dayBefore, MB, medianOf, secondsOf } from './measure.ts';
import { cpuOf, cpuOfThisAndEnded } from './cpu.ts';
import { basic, type MeasuredServer, startMeasuredServer } from './server-process.ts';

const { createActivities, createS3Storage } = await builtActivities();
const ROUNDS = 3;
const cores = availableParallelism();
const DAY = dayBefore(5);

const [sizeMb = 300, lineMbits = 250] = process.argv.slice(2).map(Number);
Object.assign(process.env, S3_ENVIRONMENT);
const rclone = await findRclone({ say: console.error });
const bucket = await startS3Server();
try {
  await compare([]);
  await compare([String(lineMbits)]);
} finally {
  await bucket.close();
}

/** `line`: in Mbit/s, or none. */
async function compare(line: string[]): Promise<void> {
  const script = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: sizeMb * MB }] };
  const simulator = await startMeasuredServer('simulator', JSON.stringify(script), ...line);
  const folder = await mkdtemp(join(tmpdir(), 'bench-s3-'));
  const steps = { 'of it proof': [] as number[], 'of it upload': [] as number[] };
  const { apiUrl, accountSid, authToken } = simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: {
      default: withTimes(createS3Storage(urlOf(bucket), spoolIn(join(folder, 'spool'))), steps),
    },
    twilioUrl: apiUrl,
  });
  try {
    await createJob(activities);
    const file = join(folder, 'day.json.gz');
    await fetchTo(file, simulator);
    const seconds = {
      rclone: [] as number[],
      'with gzip -t': [] as number[],
      'proof alone': [] as number[],
      ours: [] as number[],
    };
    const cpu = { rclone: [] as Cpu[], 'proof alone': [] as Cpu[], ours: [] as Cpu[] };
    const measured = async (of: 'rclone' | 'ours', run: () => Promise<void>): Promise<number> => {
      const before = await cpuNow(simulator);
      const took = await secondsOf(run);
      cpu[of].push(subtract(await cpuNow(simulator), before));
      return took;
    };
    for (let round = 1; round <= ROUNDS; round++) {
      const name = `round-${round}${line.join('')}`;
      const copied = await measured('rclone', () => copyByRclone(simulator, name));
      seconds.rclone.push(copied);
      seconds['with gzip -t'].push(copied + (await secondsOf(() => testByGzip(name))));
      const proof = await proveAlone(file);
      seconds['proof alone'].push(proof.seconds);
      cpu['proof alone'].push({ copier: proof.cpuSeconds, Twilio: 0, S3: 0 });
      seconds.ours.push(await measured('ours', () => download(activities, name)));
    }
    const over = line.map((mbits) => ` over a line of ${mbits} Mbit/s`).join('');
    console.log(`A file of ${sizeMb} MB${over}, median of ${ROUNDS}:`);
    const median = medianOf(seconds.rclone);
    for (const [way, all] of Object.entries({ ...seconds, ...steps })) {
      const own = medianOf(all);
      console.log(
        `  ${way.padEnd(14)}${own.toFixed(2).padStart(7)} s${`${(sizeMb / own).toFixed(0)} MB/s`.padStart(12)}` +
          `${(median / own).toFixed(2).padStart(7)} of rclone's rate`,
      );
    }
    for (const [way, all] of Object.entries(cpu)) {
      const of = (name: keyof Cpu): number => medianOf(all.map((one) => one[name]));
      const parts = (['copier', 'Twilio', 'S3'] as const).map((name) => `${name} ${of(name).toFixed(2)}`);
      const sum = of('copier') + of('Twilio') + of('S3');
      console.log(
        `  CPU of ${way}: ${parts.join(' + ')} = ${sum.toFixed(2)} s, at best ${(sum / cores).toFixed(2)} s on ${cores} cores`,
      );
    }
  } finally {
    await close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds of processor time, of who copies and of the two servers. */
type Cpu = Record<'copier' | 'Twilio' | 'S3', number>;

async function cpuNow(simulator: MeasuredServer): Promise<Cpu> {
  const [{ own, ended }, { cpuSeconds }, stored] = await Promise.all([
    cpuOfThisAndEnded(),
    simulator.use(),
    cpuOf(bucket.pid() ?? 0),
  ]);
  return { copier: own + ended, Twilio: cpuSeconds, S3: stored };
}

function subtract(after: Cpu, before: Cpu): Cpu {
  return {
    copier: after.copier - before.copier,
    Twilio: after.Twilio - before.Twilio,
    S3: after.S3 - before.S3,
  };
}

function urlOf({ bucket: name, endpoint }: S3Server): string {
  return `s3://${name}/ours?endpoint=${endpoint}&forcePathStyle=true&checksum=md5`;
}

function spoolIn(folder: string): { folder: string; limitBytes: number } {
  return { folder, limitBytes: 3 * sizeMb * MB };
}

async function copyByRclone(simulator: MeasuredServer, name: string): Promise<void> {
  const link = await linkOf(simulator);
  await promisify(execFile)(rclone, ['copyurl', '--config', '/dev/null', link, remoteOf(name)]);
}

async function linkOf(simulator: MeasuredServer): Promise<string> {
  const headers = { authorization: basic(simulator) };
  const day = await request(`${simulator.apiUrl}/v1/Exports/Messages/Days/${DAY}`, { headers });
  await day.body.dump();
  return String(day.headers['location']);
}

async function fetchTo(file: string, simulator: MeasuredServer): Promise<void> {
  const { body } = await request(await linkOf(simulator));
  await pipeline(body, createWriteStream(file));
}

/** Of a process of its own, its start not counted. */
async function proveAlone(file: string): Promise<{ seconds: number; cpuSeconds: number }> {
  const program = fileURLToPath(new URL('proof-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, file]);
  return JSON.parse(stdout) as { seconds: number; cpuSeconds: number };
}

async function testByGzip(name: string): Promise<void> {
  const test = '"$0" cat --config /dev/null "$1" | gzip -t';
  await promisify(execFile)('sh', ['-c', test, rclone, remoteOf(name)]);
}

function remoteOf(name: string): string {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = S3_ENVIRONMENT;
  const remote = `:s3,provider=Rclone,endpoint='${bucket.endpoint}',access_key_id=${key},secret_access_key=${secret}:`;
  return `${remote}${bucket.bucket}/rclone/${name}`;
}

async function download({ downloadExportDay }: ExportActivities, exportId: string): Promise<void> {
  const input = { ...identityOf(exportId), destination: 'default', day: DAY, status: 'Completed' as const };
  const downloaded: DownloadExportDayResult = await new MockActivityEnvironment().run(
    downloadExportDay,
    input,
  );
  if (downloaded.outcome !== 'downloaded')
    throw new Error(`Expected a file of ${sizeMb} MB, got ${JSON.stringify(downloaded)}.`);
}

async function createJob({ createExportJob }: ExportActivities): Promise<void> {
  const exportId = 'create';
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

function identityOf(exportId: string) {
  return { account: 'default', resourceType: 'Messages', exportId } as const;
}

/** Notes how long it takes from a half file to its proof, the fetch with it, and how long to publish it then. */
function withTimes(
  storage: DayStorage,
  steps: { 'of it proof': number[]; 'of it upload': number[] },
): DayStorage {
  return {
    ...storage,
    createHalf: async (key, etag, totalBytes) => {
      const half = await storage.createHalf(key, etag, totalBytes);
      const beganAtMs = performance.now();
      return {
        ...half,
        publish: async (proof, signal) => {
          const provenAtMs = performance.now();
          const file = await half.publish(proof, signal);
          steps['of it proof'].push((provenAtMs - beganAtMs) / 1_000);
          steps['of it upload'].push((performance.now() - provenAtMs) / 1_000);
          return file;
        },
      };
    },
  };
}
