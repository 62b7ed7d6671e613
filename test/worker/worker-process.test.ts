import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, type ExportHandle } from '../../client/index.ts';
import { startSimulator, type Simulator } from '../../simulator/index.ts';
import { createWorker, readWorkerConfig } from '../../worker/index.ts';
import { startCli } from '../cli/run-cli.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { WorkerProcess } from './running-worker.ts';

const DAY = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);

/** Far more than a busy machine needs; no test waits for it when all is well. */
const PATIENCE = { timeout: 60_000 };

describe('the worker process', () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let folder: string;
  const workers: WorkerProcess[] = [];

  before(async () => {
    env = await createDevServerEnv();
    simulator = await startSimulator({ script: { life: { submitted: 0, running: 0 } } });
    folder = await mkdtemp(join(tmpdir(), 'worker-process-'));
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.end('SIGKILL')));
    simulator.faults.clear();
  });
  after(async () => {
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  test('says when it is ready, and lets a download come to its end at SIGTERM', PATIENCE, async () => {
    simulator.faults.add({ kind: 'slow', operation: 'getFile', delayMs: 1_500 });
    const worker = await startWorker('drain');
    const ready =
      /ready \[task queue drain, namespace default, Temporal 127\.0\.0\.1:\d+\]: accounts default; destinations default \(file:/;
    assert.match(worker.output(), ready);
    assert.ok(!worker.output().includes(simulator.authToken), 'no token in the output');

    const handle = await startExport('drain');
    await until(() => filesAskedFor() > 0);
    assert.deepEqual(await worker.end('SIGTERM'), { exitCode: 0, signal: null });
    assert.match(worker.output(), /The worker has ended\./);

    const next = await createWorker({
      ...readWorkerConfig(variables('drain')),
      connection: env.nativeConnection,
      namespace: 'default',
      workflowBundle: await workflowBundle(),
    });
    assert.equal((await next.runUntil(handle.result())).outcome, 'complete');
    assert.equal(filesAskedFor(), 1);
  });

  test('gives up a download that does not end within the grace time', PATIENCE, async () => {
    const before = filesAskedFor();
    simulator.faults.add({ kind: 'stall', operation: 'getFile' });
    const worker = await startWorker('stalled', '200 milliseconds');
    await startExport('stalled');
    await until(() => filesAskedFor() > before);
    assert.deepEqual(await worker.end('SIGTERM'), { exitCode: 0, signal: null });
  });

  test('ends at once at a second signal', PATIENCE, async () => {
    const before = filesAskedFor();
    simulator.faults.add({ kind: 'stall', operation: 'getFile' });
    const worker = await startWorker('impatient', '10 minutes');
    await startExport('impatient');
    await until(() => filesAskedFor() > before);
    const ended = worker.end('SIGTERM');
    await until(() => /DRAINING/.test(worker.output()));
    await worker.end('SIGTERM');
    assert.deepEqual(await ended, { exitCode: null, signal: 'SIGTERM' });
  });

  test('ends in order at SIGTERM also as a command', PATIENCE, async () => {
    const { child, ended } = startCli(['worker'], { env: variables('command') });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => /The worker is ready/.test(said) || child.exitCode !== null);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /The worker has ended\.\n$/);
  });

  test('says which Temporal it could not reach', PATIENCE, async () => {
    const worker = new WorkerProcess({ ...variables('nowhere'), TEMPORAL_ADDRESS: '127.0.0.1:1' });
    workers.push(worker);
    assert.equal((await worker.ended).exitCode, 1);
    assert.match(
      worker.output(),
      /TemporalUnreachable: Could not connect to Temporal \[127\.0\.0\.1:1\].*TEMPORAL_ADDRESS/,
    );
  });

  async function startWorker(taskQueue: string, graceTime?: string): Promise<WorkerProcess> {
    const worker = new WorkerProcess(variables(taskQueue), { graceTime });
    workers.push(worker);
    await worker.ready();
    return worker;
  }

  function variables(taskQueue: string): Record<string, string> {
    return {
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_TASK_QUEUE: taskQueue,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(join(folder, taskQueue)).href }),
    };
  }

  function startExport(taskQueue: string): Promise<ExportHandle> {
    return new BulkExportsClient({ client: env.client, taskQueue }).startExport(
      { resourceType: 'Messages', startDay: DAY, endDay: DAY, poll: { minimumInterval: '1 second' } },
      { workflowId: taskQueue },
    );
  }

  function filesAskedFor(): number {
    return simulator.ledger().requests.getFile ?? 0;
  }
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(20);
}
