import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, type ExportHandle } from '../../client/index.ts';
import { startSimulator, type Simulator } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { type Prometheus, startPrometheus, withoutPrometheus } from '../support/prometheus.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { MeasuredWorker } from './measured-worker.ts';

const TASK_QUEUE = 'alerting';
const LAST_DAY = addDays(dayOf(Date.now()), -20);
/** Fails in each of its submissions. */
const BAD_DAY = addDays(LAST_DAY, -100);
const QUOTA_DAYS = 200;
const QUICK = { minimumInterval: '1 second', maximumInterval: '1 second' } as const;

/** Far more than a busy machine needs. */
const PATIENCE = { timeout: 85_000 };

/** Each makes what its alert is about, again and again, until Prometheus has fired it. The order is of no matter but for the quota. */
describe('the alert rules on a real Prometheus', { skip: withoutPrometheus() }, () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let folder: string;
  let worker: MeasuredWorker;
  let prometheus: Prometheus;
  let exports: BulkExportsClient;
  let count = 0;

  before(async () => {
    env = await createDevServerEnv();
    exports = new BulkExportsClient({ client: env.client, taskQueue: TASK_QUEUE });
    simulator = await startSimulator({
      clock: { kind: 'faster', speed: 600 },
      quotaDays: QUOTA_DAYS,
      script: {
        days: [{ days: BAD_DAY, statuses: [{ status: 'Submitted', for: '1 minute' }, { status: 'Failed' }] }],
      },
    });
    folder = await mkdtemp(join(tmpdir(), 'alerts-'));
    worker = await MeasuredWorker.start({
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_TASK_QUEUE: TASK_QUEUE,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
      BULK_EXPORTS_STALL_TIMEOUT: '1 second',
    });
    prometheus = await startPrometheus(worker.address);
  });
  after(async () => {
    await prometheus?.stop();
    await worker?.kill();
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  test('none fires on an export that goes well', PATIENCE, async () => {
    assert.equal((await (await startExport({})).result()).outcome, 'complete');
    const ended = 'sum(bulk_exports_exports_total{outcome="complete"})';
    await until(async () => (await prometheus.ask(ended)) === 1);
    // It may take a slow machine longer to be scraped for the first time than a worker may be gone.
    const { fired } = prometheus;
    assert.deepEqual(
      (await fired()).filter((name) => name !== 'BulkExportsWorkerGone'),
      [],
    );
    await until(async () => (await prometheus.firing()).length === 0);
  });

  test('BulkExportsNoLooks fires where an export runs and nobody looks', PATIENCE, async () => {
    const handle = await startExport({ poll: { minimumInterval: '1 hour', maximumInterval: '1 hour' } });
    await fires('BulkExportsNoLooks');
    await handle.cancel();
    await handle.result().catch(() => {});
  });

  test('BulkExportsFailing and BulkExportsDaysFailed fire where a day fails for good', PATIENCE, async () => {
    const failing = { startDay: BAD_DAY, endDay: BAD_DAY, resubmit: { maximumAttempts: 1 } };
    const failAgain = async () => assert.rejects((await startExport(failing)).result());
    await fires(['BulkExportsFailing', 'BulkExportsDaysFailed'], failAgain);
  });

  test('BulkExportsRefused fires where an input is refused', PATIENCE, async () => {
    await fires('BulkExportsRefused', async () => {
      const typo = { taskQueue: TASK_QUEUE, workflowId: `alerts-${++count}`, args: [{}] };
      await assert.rejects(env.client.workflow.execute('exportJob', typo));
    });
  });

  test('BulkExportsDownloadsStall fires where downloads bring no bytes', PATIENCE, async () => {
    simulator.faults.add({ kind: 'stall', operation: 'getFile', at: 0 });
    const handle = await startExport({ startDay: addDays(LAST_DAY, -7), maxConcurrentDownloads: 8 });
    await fires('BulkExportsDownloadsStall');
    simulator.faults.clear();
    await handle.cancel();
    await handle.result().catch(() => {});
  });

  test(
    'BulkExportsCredentialsRefused fires where Twilio takes the credentials no longer',
    PATIENCE,
    async () => {
      await whileTwilio('status401', () => fires('BulkExportsCredentialsRefused'));
    },
  );

  test('BulkExportsTwilioRefusing fires where Twilio fails most requests', PATIENCE, async () => {
    await whileTwilio('status503', () => fires('BulkExportsTwilioRefusing'));
  });

  test('BulkExportsWaitingForQuota fires where the quota is spent', PATIENCE, async () => {
    const handle = await startExport({ startDay: addDays(LAST_DAY, -QUOTA_DAYS) });
    await fires('BulkExportsWaitingForQuota', () => handle.checkNow());
    await handle.cancel();
    await handle.result().catch(() => {});
  });

  test('BulkExportsWorkerGone fires where the worker has gone', PATIENCE, async () => {
    await until(async () => !(await prometheus.firing()).includes('BulkExportsWorkerGone'));
    await worker.kill();
    await until(async () => (await prometheus.firing()).includes('BulkExportsWorkerGone'));
  });

  function startExport(input: Partial<ExportJobInput>): Promise<ExportHandle> {
    return exports.startExport(
      {
        resourceType: 'Messages',
        startDay: LAST_DAY,
        endDay: LAST_DAY,
        poll: QUICK,
        reuse: 'never',
        ...input,
      },
      { workflowId: `alerts-${++count}` },
    );
  }

  async function fires(
    expected: string | string[],
    again: () => Promise<void> = async () => {},
  ): Promise<void> {
    const alerts = [expected].flat();
    const before = await prometheus.fired();
    assert.deepEqual(
      alerts.filter((alert) => before.includes(alert)),
      [],
      'none has fired before',
    );
    await until(async () => {
      await again();
      const fired = await prometheus.fired();
      return alerts.every((alert) => fired.includes(alert));
    });
  }

  async function whileTwilio(kind: 'status401' | 'status503', work: () => Promise<void>): Promise<void> {
    const handle = await startExport({});
    simulator.faults.add({ kind, operation: 'fetchJob' });
    await work();
    simulator.faults.clear();
    await handle.cancel();
    await handle.result().catch(() => {});
  }
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(100);
}
