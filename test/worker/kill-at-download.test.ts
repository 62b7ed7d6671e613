import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { defaultSettings } from '../../activities/index.ts';
import { type Ledger, type Simulator, startSimulator } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { ExportJobInput, ExportJobResult } from '../../workflows/api.ts';
import { WORKFLOW_TASK_TIMEOUT } from '../chaos/pace.ts';
import { filesBelow } from '../end-to-end/real-parts.ts';
import { quickBundlePath } from '../support/quick-bundle.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { type KillableProcess, startKillableWorker } from './kill/killable-process.ts';
import type { KillableWorkerOptions } from './kill/killable-worker.ts';

const TASK_QUEUE = 'killed-at-download';
const [SAME, CHANGED] = [addDays(dayOf(Date.now()), -6), addDays(dayOf(Date.now()), -5)];
const SIZE_BYTES = 30_000_000;
const KILLED_AT = 0.9;

/** What may be fetched again after a kill, whatever the size of the file. */
const MAXIMUM_AGAIN_BYTES = 8_000_000;

describe('a worker that is killed at 90 % of its downloads', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let folder: string;
  let filesAtKill: string[];
  let filesAtEnd: string[];
  let result: ExportJobResult;
  let ledger: Ledger;
  const workers: KillableProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kill-at-download-'));
    env = await createDevServerEnv();
    simulator = await startSimulator({
      script: {
        life: { submitted: 0, running: 0 },
        days: [{ sizeBytes: SIZE_BYTES }],
        faults: [
          { kind: 'stall', at: KILLED_AT, operation: 'getFile', nth: 1 },
          { kind: 'changedFile', operation: 'fetchDay', days: CHANGED, nth: 2 },
        ],
      },
    });
    const { accountSid, authToken } = simulator;
    const root = join(folder, 'files');
    const options: KillableWorkerOptions = {
      address: env.address,
      taskQueue: TASK_QUEUE,
      twilioUrl: simulator.apiUrl,
      destination: pathToFileURL(root).href,
      accounts: { default: { accountSid, username: accountSid, password: authToken } },
      bundlePath: await quickBundlePath(folder),
      stops: [],
    };
    const killed = await startKillableWorker(options);
    workers.push(killed);
    const input: ExportJobInput = {
      resourceType: 'Messages',
      startDay: SAME,
      endDay: CHANGED,
      poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
    };
    const handle = await env.client.workflow.start('exportJob', {
      taskQueue: TASK_QUEUE,
      workflowId: 'killed-at-download',
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    });
    // All that came is on the disk, but for what has not filled a batch.
    const keptBytes = KILLED_AT * SIZE_BYTES - defaultSettings.writeBatchBytes;
    while ((await halfSizes(root)).filter((bytes) => bytes >= keptBytes).length < 2) await pause(10);
    await killed.kill();
    filesAtKill = await filesBelow(root);

    workers.push(await startKillableWorker(options));
    result = (await handle.result()) as ExportJobResult;
    filesAtEnd = await filesBelow(root);
    ledger = simulator.ledger();
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  it('has given no half file a final name, and its successor leaves no half file', () => {
    assert.equal(filesAtKill.filter((name) => /\/_half-/.test(name)).length, 2);
    assert.deepEqual(
      filesAtKill.filter((name) => name.endsWith('.gz')),
      [],
    );
    assert.equal(filesAtEnd.filter((name) => name.endsWith('.gz')).length, 2);
    assert.deepEqual(
      filesAtEnd.filter((name) => /\/_half-/.test(name)),
      [],
    );
  });

  it('has every day whole by its successor, in the same submission', () => {
    assert.deepEqual(
      result.days.map(({ attempts, sha256 }) => [attempts, sha256]),
      [SAME, CHANGED].map((day) => [1, simulator.expectedFile({ resourceType: 'Messages', day })?.sha256]),
    );
    assert.equal(ledger.jobsMade, 1);
  });

  it('costs a file that is still the same at most 8 MB that are fetched again, by a fresh link', () => {
    const againBytes = (ledger.bytesSent.byDay[`Messages ${SAME}`] ?? 0) - SIZE_BYTES;
    assert.ok(againBytes >= 0 && againBytes <= MAXIMUM_AGAIN_BYTES, `${againBytes} bytes were fetched again`);
    const { usedTwice, expired, unknown } = ledger.links;
    assert.deepEqual({ usedTwice, expired, unknown }, { usedTwice: 0, expired: 0, unknown: 0 });
  });

  it('has a file that has changed meanwhile refused by its ETag and fetched from its beginning', () => {
    assert.equal(ledger.answers['412'], 1);
    const sentBytes = ledger.bytesSent.byDay[`Messages ${CHANGED}`] ?? 0;
    assert.ok(sentBytes >= (1 + KILLED_AT) * SIZE_BYTES, `${sentBytes} bytes were sent`);
  });
});

async function halfSizes(root: string): Promise<number[]> {
  const names = (await readdir(root, { recursive: true }).catch(() => [])).filter((name) =>
    /\/_half-[^/]*$/.test(name),
  );
  return await Promise.all(names.map(async (name) => (await stat(join(root, name))).size));
}
