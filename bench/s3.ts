/**
 * `npm run bench:s3`: what it takes to bring a day into S3. Takes one file again and again from the same store into
 * the same bucket, in turn by rclone, which copies it without a look at what it holds; by rclone, and then `gzip -t`
 * of the copy, the least that a proof is; and by the activity, which keeps it on the disk, proves it, and uploads it.
 * `npm run bench:s3 -- 1000` takes another size, in MB.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { request } from 'undici';
import { createActivities, createS3Storage } from '../activities/index.ts';
import type { DayStorage, DownloadExportDayResult, ExportActivities } from '../activities/index.ts';
import { findRclone } from '../test/support/find-rclone.ts';
import { S3_ENVIRONMENT, startS3Server } from '../test/support/s3-server.ts';
import { dayBefore, MB, medianOf, secondsOf } from './measure.ts';
import { basic, startMeasuredServer } from './server-process.ts';

const ROUNDS = 3;
const DAY = dayBefore(5);

const sizeMb = Number(process.argv[2] ?? 300);
Object.assign(process.env, S3_ENVIRONMENT);
const rclone = await findRclone({ say: console.error });
const folder = await mkdtemp(join(tmpdir(), 'bench-s3-'));
const script = { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: sizeMb * MB }] };
const [simulator, bucket] = await Promise.all([
  startMeasuredServer('simulator', JSON.stringify(script)),
  startS3Server(),
]);
const { apiUrl, accountSid, authToken } = simulator;
const url = `s3://${bucket.bucket}/ours?endpoint=${bucket.endpoint}&forcePathStyle=true&checksum=md5`;
const steps = { fetch: [] as number[], prove: [] as number[], upload: [] as number[] };
const { activities, close } = createActivities({
  accounts: { default: { accountSid, username: accountSid, password: authToken } },
  destinations: { default: withTimes(createS3Storage(url, { folder, limitBytes: 3 * sizeMb * MB })) },
  twilioUrl: apiUrl,
});
try {
  await createJob(activities);
  const seconds = { rclone: [] as number[], 'gzip -t': [] as number[], ours: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    seconds.rclone.push(await secondsOf(() => copyByRclone(`round-${round}`)));
    const tested = await secondsOf(() => testByGzip(`round-${round}`));
    seconds['gzip -t'].push((seconds.rclone.at(-1) ?? 0) + tested);
    seconds.ours.push(await secondsOf(() => download(activities, `round-${round}`)));
  }
  console.log(`A file of ${sizeMb} MB, median of ${ROUNDS}:`);
  const median = medianOf(seconds.rclone);
  for (const [way, all] of Object.entries({ ...seconds, ...steps })) {
    const own = medianOf(all);
    console.log(
      `  ${way.padEnd(8)}${own.toFixed(2).padStart(7)} s${`${(sizeMb / own).toFixed(0)} MB/s`.padStart(12)}` +
        `${(median / own).toFixed(2).padStart(7)} of rclone's rate`,
    );
  }
} finally {
  await close();
  await Promise.all([simulator.stop(), bucket.close()]);
  await rm(folder, { recursive: true, force: true });
}

async function copyByRclone(name: string): Promise<void> {
  const headers = { authorization: basic(simulator) };
  const day = await request(`${apiUrl}/v1/Exports/Messages/Days/${DAY}`, { headers });
  await day.body.dump();
  const link = String(day.headers['location']);
  await promisify(execFile)(rclone, ['copyurl', '--config', '/dev/null', link, remoteOf(name)]);
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

/** Notes when a half file begins, when it is first read, and when it is published. */
function withTimes(storage: DayStorage): DayStorage {
  return {
    ...storage,
    createHalf: async (key, etag, totalBytes) => {
      const half = await storage.createHalf(key, etag, totalBytes);
      const times: number[] = [performance.now()];
      const secondsSince = (): number => {
        const before = times.at(-1) ?? 0;
        times.push(performance.now());
        return (performance.now() - before) / 1_000;
      };
      return {
        ...half,
        read: () => {
          steps.fetch.push(secondsSince());
          return half.read();
        },
        publish: async (proof, signal) => {
          steps.prove.push(secondsSince());
          const file = await half.publish(proof, signal);
          steps.upload.push(secondsSince());
          return file;
        },
      };
    },
  };
}
