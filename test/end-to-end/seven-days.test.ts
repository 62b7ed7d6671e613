import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { BulkExportsClient } from '../../client/index.ts';
import { type Simulator, startSimulator, type StatusScript } from '../../simulator/index.ts';
import { BulkExportsPlugin } from '../../worker/index.ts';
import { addDays } from '../../workflows/calendar.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { accountOf, quickExport, quickSettings } from './real-parts.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('a worker that comes back after eight days', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('submits again the days alone whose files have expired, and fetches the others', async (t) => {
    const input = quickExport(4, { resourceType: 'Calls' });
    const [first, second, third, fourth] = [0, 1, 2, 3].map((count) => addDays(input.startDay, count));
    const simulator = await startSimulator({
      clock: { kind: 'manual' },
      script: {
        days: [
          { days: `${first}..${second}`, statuses: runningFor('10 minutes') },
          { days: `${third}..${fourth}`, submissions: [1], statuses: runningFor('3 days') },
        ],
      },
    });
    t.after(() => simulator.stop());
    const { startWorker, exports } = await prepare(t, env, simulator);

    const unfetchable = simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
    const stopFirst = await startWorker();
    const handle = await exports.startExport(input);
    await until(() => simulator.ledger().jobsMade === 1);
    simulator.clock.advance(15 * MINUTE_MS);
    await until(() => (simulator.ledger().requests.fetchDay ?? 0) > 0);
    await stopFirst();

    simulator.clock.advance(8 * DAY_MS);
    unfetchable();
    const stopSecond = await startWorker();
    const ended = new AbortController();
    const passing = letTimePass(simulator, ended.signal);
    const { outcome, days, jobs } = await handle.result().finally(() => ended.abort());
    await passing;
    await stopSecond();

    assert.equal(outcome, 'complete');
    assert.deepEqual(
      days.map(({ attempts }) => attempts),
      [2, 2, 1, 1],
    );
    assert.deepEqual(
      jobs.map(({ startDay, endDay }) => [startDay, endDay]),
      [
        [input.startDay, input.endDay],
        [first, second],
      ],
    );
    const { jobsMade, links } = simulator.ledger();
    assert.deepEqual({ jobsMade, used: links.used }, { jobsMade: 2, used: 4 });
  });
});

function runningFor(time: string): StatusScript[] {
  return [{ status: 'Running', for: time }, { status: 'Completed' }];
}

/** A client, and workers that can be stopped one after the other. */
async function prepare(t: TestContext, env: TestWorkflowEnvironment, simulator: Simulator) {
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const taskQueue = randomUUID();

  async function startWorker(): Promise<() => Promise<void>> {
    const exporting = {
      accounts: { default: accountOf(simulator) },
      destinations: { default: pathToFileURL(root).href },
      twilioUrl: simulator.apiUrl,
      settings: quickSettings,
    };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      taskQueue,
      workflowBundle: await workflowBundle(),
      plugins: [new BulkExportsPlugin(exporting)],
      shutdownGraceTime: '1 second',
      // For so long the engine waits for the worker that is no more.
      stickyQueueScheduleToStartTimeout: '500 milliseconds',
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  return { startWorker, exports: new BulkExportsClient({ client: env.client, taskQueue }) };
}

/** A minute at a time: a file that is missing is asked for again for a while by Twilio's clock. */
async function letTimePass({ clock }: Simulator, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    clock.advance(MINUTE_MS);
    await pause(50);
  }
}
