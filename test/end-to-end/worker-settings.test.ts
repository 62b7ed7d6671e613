import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, ExportError, type ExportHandle } from '../../client/index.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts';
import { createWorker, readWorkerConfig } from '../../worker/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { quickExport } from './real-parts.ts';

describe('the settings of a worker', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  const today = dayOf(Date.now());
  const spentQuota: SimulatorOptions = {
    quotaDays: 2,
    quotaRejection: { status: 403, code: 20_008 },
    clock: { kind: 'manual', start: `${today}T22:00:00Z` },
    script: { life: { submitted: 0, running: 0 } },
  };

  it('let an export wait for the next quota day, saying until when, and go on', async () => {
    const variables = {
      BULK_EXPORTS_QUOTA_REJECTION: 'status=403,code=20008',
      BULK_EXPORTS_QUOTA_DAY: '1 second',
    };
    await withWorker(spentQuota, variables, async ({ simulator, startExport }) => {
      await spendQuota(simulator);
      const handle = await startExport(2);
      let progress = await handle.progress();
      while (progress.phase !== 'waitingForQuota') {
        await pause(20);
        progress = await handle.progress();
      }
      assert.match(
        progress.problems[0]?.problem ?? '',
        new RegExp(`answered 403 \\(code 20008, .*the export waits until ${today}T22:00:01Z\\.$`),
      );
      // Another quota day of the worker's has begun, and Twilio's is still the same.
      while ((simulator.ledger().requests.createJob ?? 0) < 3) await pause(20);
      assert.equal((await handle.progress()).phase, 'waitingForQuota');
      simulator.clock.advance(3 * 3_600_000);
      const { outcome, jobs } = await handle.result();
      assert.equal(outcome, 'complete');
      assert.equal(jobs.length, 1);
      assert.deepEqual(simulator.ledger().quotaUsed[simulator.accountSid], {
        [today]: 2,
        [addDays(today, 1)]: 2,
      });
    });
  });

  it('say what is a spent quota: of another form it is a refusal', async () => {
    const variables = { BULK_EXPORTS_QUOTA_REJECTION: 'status=403,code=20009' };
    await withWorker(spentQuota, variables, async ({ simulator, startExport }) => {
      await spendQuota(simulator);
      const handle = await startExport(2);
      await assert.rejects(
        handle.result(),
        (error) => error instanceof ExportError && error.type === 'AuthenticationRejected',
      );
    });
  });

  it('limit how many activities a second the task queue gives out', async () => {
    const variables = { BULK_EXPORTS_ACTIVITIES_PER_SECOND: '2' };
    await withWorker({}, variables, async ({ taskQueue }) => {
      const limit = async (): Promise<number | null | undefined> => {
        const { effectiveRateLimit } = await env.client.workflowService.describeTaskQueue({
          namespace: env.namespace ?? 'default',
          taskQueue: { name: taskQueue },
          taskQueueType: ACTIVITY_QUEUE,
          reportConfig: true,
        });
        return effectiveRateLimit?.requestsPerSecond;
      };
      // The engine hears of it by the worker's first poll.
      await until(async () => (await limit()) === 2);
    });
  });

  interface WorkerParts {
    simulator: Simulator;
    taskQueue: string;
    startExport: (days: number) => Promise<ExportHandle>;
  }

  /** A worker that takes its configuration from variables, as the worker process does. */
  async function withWorker(
    options: SimulatorOptions,
    variables: Record<string, string>,
    work: (parts: WorkerParts) => Promise<void>,
  ): Promise<void> {
    const simulator = await startSimulator(options);
    const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
    const taskQueue = randomUUID();
    const config = readWorkerConfig({
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_TASK_QUEUE: taskQueue,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(root).href }),
      ...variables,
    });
    try {
      const worker = await createWorker({
        ...config,
        connection: env.nativeConnection,
        namespace: env.namespace ?? 'default',
        workflowBundle: await workflowBundle(),
        shutdownGraceTime: '1 second',
      });
      const exports = new BulkExportsClient({ client: env.client, taskQueue });
      const startExport = (days: number): Promise<ExportHandle> =>
        exports.startExport(quickExport(days), { workflowId: taskQueue });
      await worker.runUntil(work({ simulator, taskQueue, startExport }));
    } finally {
      await simulator.stop();
      await rm(root, { recursive: true, force: true });
    }
  }

  async function spendQuota({ apiUrl, accountSid, authToken }: Simulator): Promise<void> {
    const { startDay, endDay } = quickExport(2);
    const answer = await fetch(`${apiUrl}/v1/Exports/Calls/Jobs`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams({ StartDay: startDay, EndDay: endDay, FriendlyName: 'another program' }),
    });
    assert.equal(answer.status, 201);
  }
});

/** `temporal.api.enums.v1.TaskQueueType`. */
const ACTIVITY_QUEUE = 2;
