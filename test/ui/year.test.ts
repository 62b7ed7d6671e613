import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PublishedDay } from '../../activities/api.ts';
import { BulkExportsClient, type ExportHandle } from '../../client/index.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import { findChromium } from '../support/find-chromium.ts';
import { createExportEnv, type ExportEnv, inputOf } from '../workflows/export-env.ts';
import { all, downloaded, LiteralTwilio } from '../workflows/literal-activities.ts';
import { showsStatus } from '../workflows/phases.ts';
import { until } from '../workflows/new-run.ts';
import { openWebUi, type WebUi } from './web-ui.ts';

const { path, skip } = findChromium();
const YEAR = inputOf(366, { resubmit: { maximumAttempts: 2, cooldown: 0 } });
const isBad = (day: string) => day.endsWith('5');

describe('the card of a year with many bad days', { skip, timeout: 300_000 }, () => {
  let ui: WebUi;
  let exports: ExportEnv;
  let handle: ExportHandle;
  before(async () => {
    ui = await openWebUi(path ?? '');
    exports = await createExportEnv(ui.env);
    // The good days are there already, so that the year is over in seconds.
    const published = daysBetween(YEAR.startDay, YEAR.endDay)
      .filter((day) => !isBad(day))
      .map(publishedDay);
    const twilio = new LiteralTwilio({
      reuse: () => ({ published, available: [] }),
      looks: (job) => [{ statuses: all(job, job.submission <= LAST_TO_FAIL ? 'Failed' : 'Running') }],
    });
    const started = await exports.start(twilio.activities(), YEAR);
    await until(async () => await showsStatus('Running')(await started.query('progress'), started));
    handle = new BulkExportsClient({ client: ui.env.client }).getHandle(started.workflowId);
  });
  after(() => exports.close());

  it('is under 20 kB, and the Web UI shows all of it without an error', async () => {
    const metadata = await exports.env.client.workflow
      .getHandle(handle.workflowId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.ok(Buffer.byteLength(metadata.currentDetails) < 20_000, `${metadata.currentDetails.length}`);

    await ui.open(handle, 'user-metadata');
    await ui.read(
      / of 366 days, [\d.]+ kB, [\d,]+ records/,
      /Not all is well since .* What is wrong, and what to do .* Twilio reports Failed \[job .* … and \d+ more/,
      /Jobs at Twilio JS\w{32} .* … and \d+ more Where the files are .* Terminate does neither\./,
    );
    assert.deepEqual(ui.errors, []);
  });
});

/** So many jobs of a bad day each fail, and the others run on. */
const LAST_TO_FAIL = 30;

function publishedDay(day: string): PublishedDay {
  const reused = { from: 'published', manifest: 'file:///exports/_manifests/before.json' } as const;
  return { ...downloaded(day), day, jobSid: null, reused };
}
