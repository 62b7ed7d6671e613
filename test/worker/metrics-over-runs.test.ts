import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { BulkExportsClient } from '../../client/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import type { exportJob } from '../../workflows/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import { sumOf } from '../support/prometheus-text.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { LENGTH_OF_A_RUN, toNewRun } from '../workflows/new-run.ts';
import { MeasuredWorker } from './measured-worker.ts';

const DAYS = 6;
const LAST_DAY = addDays(dayOf(Date.now()), -12);

test(
  'an export that goes on in new runs is counted once, and so is each of its days',
  { timeout: 80_000 },
  async (t) => {
    const env = await createDevServerEnv({ suggestContinueAsNewAt: LENGTH_OF_A_RUN });
    t.after(() => env.teardown());
    const lastFor = (minutes: string) => [
      { status: 'Submitted' as const, for: minutes },
      { status: 'Completed' as const },
    ];
    const simulator = await startSimulator({
      clock: { kind: 'manual' },
      script: {
        days: [{ statuses: lastFor('1 minute') }, { days: LAST_DAY, statuses: lastFor('60 minutes') }],
      },
    });
    t.after(() => simulator.stop());
    const folder = await mkdtemp(join(tmpdir(), 'metrics-over-runs-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const worker = await MeasuredWorker.start({
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
    });
    t.after(() => worker.kill());

    const handle = await new BulkExportsClient({ client: env.client }).startExport({
      resourceType: 'Messages',
      startDay: addDays(LAST_DAY, 1 - DAYS),
      endDay: LAST_DAY,
      poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
    });
    while ((await handle.progress()).phase !== 'waiting') await pause(50);
    simulator.clock.advance(2 * 60_000);
    while (((await handle.progress()).days.done ?? 0) < DAYS - 1) await look();
    await toNewRun(env.client.workflow.getHandle<typeof exportJob>(handle.workflowId));
    simulator.clock.advance(60 * 60_000);
    // Nothing more is said to it: what arrives as it ends has the engine ask for the end, and so for its count, again.
    const { totals } = await handle.result();
    while (sumOf(await worker.metrics(), 'bulk_exports_exports_total') === 0) await pause(50);

    const metrics = await worker.metrics();
    const sum = (series: string, labels = {}) => sumOf(metrics, series, labels);
    assert.equal(sum('bulk_exports_exports_total', { outcome: 'complete' }), 1);
    assert.equal(sum('bulk_exports_exports_total'), 1);
    assert.equal(sum('bulk_exports_days_total', { outcome: 'downloaded' }), DAYS);
    assert.equal(sum('bulk_exports_days_total'), DAYS);
    assert.equal(sum('bulk_exports_bytes_total'), totals.sizeBytes);
    assert.equal(sum('bulk_exports_wait_seconds_count'), DAYS);
    assert.equal(sum('bulk_exports_resubmitted_days_total'), 0);

    async function look(): Promise<void> {
      await handle.checkNow().catch(() => {});
      await pause(100);
    }
  },
);
