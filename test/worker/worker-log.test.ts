import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { BulkExportsClient } from '../../client/index.ts';
import { startSimulator, type Simulator } from '../../simulator/index.ts';
import { createDurableServer, type DurableServer } from '../chaos/durable-server.ts';
import { WorkerProcess } from './running-worker.ts';

const DAY = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);

const BUCKET_SECRET = 'a-secret-of-the-bucket';

describe('the log of a worker process', { timeout: 120_000 }, () => {
  let folder: string;
  let temporal: DurableServer;
  let simulator: Simulator;
  let worker: WorkerProcess | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'worker-log-'));
    const say = (line: string) => process.stderr.write(`${line}\n`);
    temporal = await createDurableServer({ folder, continueAfterEvents: 4_096, say });
    const script = { life: { submitted: 0, running: 0 } };
    [simulator] = await Promise.all([startSimulator({ script }), temporal.start()]);
  });
  after(async () => {
    await worker?.end('SIGKILL');
    await simulator.stop();
    await temporal.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('is JSON on every line, and says of what workflow, job and day it is', async () => {
    worker = new WorkerProcess({
      TEMPORAL_ADDRESS: temporal.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(join(folder, 'files')).href }),
      BULK_EXPORTS_LOG_FORMAT: 'json',
      // It stands in a name that the log tells, so that a worker which takes it out is told from one that does not.
      AWS_SECRET_ACCESS_KEY: BUCKET_SECRET,
    });
    const own = worker;
    const lines = () => linesOf(own.output());
    await until(() => lines().some(({ message }) => message.startsWith('The worker is ready [task queue')));
    simulator.faults.add({ kind: 'truncated', times: 1 });
    const connection = await Connection.connect({ address: temporal.address });
    const exports = new BulkExportsClient({ client: new Client({ connection }) });
    const workflowId = `export-${BUCKET_SECRET}`;
    const handle = await exports.startExport(
      { resourceType: 'Messages', startDay: DAY, endDay: DAY, poll: { minimumInterval: '1 second' } },
      { workflowId },
    );
    const { jobs } = await handle.result();
    const { runId } = await handle.describe();
    await connection.close();
    await temporal.stop('SIGKILL');
    await until(() => lines().some(({ sdkComponent }) => sdkComponent === 'core'));
    await own.end('SIGTERM');

    const jobSid = jobs[0]?.jobSid;
    const ofExport = { workflowId: 'export-[secret removed]', runId };
    const about = (message: string, error?: string) => {
      const found = lines().find(
        (line) => line.message === message && (error === undefined || line.error?.type === error),
      );
      assert.ok(found, `${message}: ${own.output()}`);
      const { workflowId, runId: run, jobSid: job, day } = found;
      return {
        workflowId,
        runId: run,
        ...(job !== undefined && { jobSid: job }),
        ...(day !== undefined && { day }),
      };
    };
    assert.deepEqual(about('The phase of the export has changed'), ofExport);
    for (const message of ['The job was made at Twilio', 'The job at Twilio has changed'])
      assert.deepEqual(about(message), { ...ofExport, jobSid }, message);
    for (const [message, error] of [
      ['Activity failed', 'DayFileCorrupt'],
      ['The day is downloaded'],
    ] as const)
      assert.deepEqual(about(message, error), { ...ofExport, jobSid, day: DAY }, message);
    assert.deepEqual(about('The manifest is written'), ofExport);
    const phases = lines().flatMap(({ phase }) => phase ?? []);
    assert.equal(phases.at(-1), 'complete');
    assert.ok(!own.output().includes(simulator.authToken), 'no token');
    assert.ok(!own.output().includes(BUCKET_SECRET), 'no secret of others');
  });
});

interface Line {
  message: string;
  workflowId?: string;
  runId?: string;
  jobSid?: string;
  day?: string;
  phase?: string;
  sdkComponent?: string;
  error?: { type?: string };
}

/** A line that is still being written is not there yet. */
function linesOf(output: string): Line[] {
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(20);
}
