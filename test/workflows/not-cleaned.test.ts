import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createSkippingExportEnv, type ExportEnv, endOf, inputOf } from './export-env.ts';
import { fail, LiteralTwilio } from './literal-activities.ts';

describe('what the clean-up could not do', { timeout: 60_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  it('is named in the result once its hour has passed, and keeps no day from its outcome', async () => {
    const away = async (): Promise<never> => {
      throw fail('TwilioUnavailable', 'nobody answers');
    };
    const activities = {
      ...new LiteralTwilio().activities(),
      deleteExportJob: away,
      sweepExportJobs: away,
      sweepExportFiles: away,
      writeExportManifest: away,
    };
    const { result, progress } = await exports.run(activities, inputOf(2));
    assert.equal(result?.outcome, 'complete');
    assert.equal(result.jobs[0]?.fate, 'unknown');
    assert.equal(result.manifest, null);
    assert.deepEqual(
      result.notCleaned.toSorted(),
      [
        `Job ${result.jobs[0].jobSid} may still run at Twilio: nobody answers`,
        'A job of this export that nobody knows of may run at Twilio: nobody answers',
        'Half files, named _half…, may lie in the destination default: nobody answers',
        'The manifest could not be written: nobody answers',
      ].toSorted(),
    );
    assert.deepEqual(progress?.result, result);
  });

  it('is a job that a caller wants to keep and of which no answer has told', async () => {
    const lost = () => fail('TwilioUnavailable', 'the answer was lost');
    const twilio = new LiteralTwilio({
      create: (_, attempt) => {
        if (attempt > 1) throw lost();
      },
      answerCreate: () => {
        throw lost();
      },
    });
    const handle = await exports.start(twilio.activities(), inputOf(1));
    while (twilio.jobs.length === 0) await pause(20);
    await handle.signal('cancel', { deleteJob: false });
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'cancelled');
    assert.deepEqual(result.notCleaned, [
      'A create was under way: a job that is not named here may run on at Twilio, as asked',
    ]);
    assert.equal(twilio.jobs[0]?.isAlive, true);
  });
});
