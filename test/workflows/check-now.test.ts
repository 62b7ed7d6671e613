import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { ExportProgress } from '../../workflows/api.ts';
import { createLiveExportEnv, endOf, type ExportEnv, inputOf } from './export-env.ts';
import { all, fail, LiteralTwilio } from './literal-activities.ts';

describe('the signal checkNow', { timeout: 60_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createLiveExportEnv();
  });
  after(() => exports.close());

  it('looks at once, several at once are one look, and it takes any argument', async () => {
    // The second look would come in an hour: only checkNow brings it now.
    const twilio = new LiteralTwilio({
      looks: (job) => [
        { statuses: all(job, 'Running') },
        { after: '1 hour', statuses: all(job, 'Running') },
        { after: '1 hour', statuses: all(job, 'Completed') },
      ],
    });
    const input = inputOf(1, { poll: { minimumInterval: '1 second' } });
    const handle: WorkflowHandle = await exports.start(twilio.activities(), input);
    await until(() => twilio.looks === 2);
    await Promise.all([
      handle.signal('checkNow'),
      handle.signal('checkNow', 'junk'),
      handle.signal('checkNow', null),
    ]);
    await until(() => twilio.jobs[0]?.looked === 2);
    const looksForThreeSignals = twilio.looks - 2;
    assert.ok(looksForThreeSignals <= 4, `three signals at once brought ${looksForThreeSignals} looks`);
    await handle.signal('checkNow');
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'complete');
  });

  it('cuts the wait for the quota short', async () => {
    let refusals = 0;
    const twilio = new LiteralTwilio({
      create: () => {
        if (refusals++ === 0) throw fail('QuotaExhausted', 'quota', { retryAfterMs: 36_000_000 });
      },
      looks: (job) => [{ statuses: all(job, 'Completed') }],
    });
    const handle = await exports.start(twilio.activities(), inputOf(1));
    await until(() => refusals === 1);
    await until(async () => (await handle.query<ExportProgress>('progress')).phase === 'waitingForQuota');
    await handle.signal('checkNow');
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'complete');
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
