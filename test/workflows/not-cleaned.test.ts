import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createSkippingExportEnv, type ExportEnv, type ExportHandle, endOf, inputOf } from './export-env.ts';
import { fail, LiteralTwilio, type Script } from './literal-activities.ts';

describe('what the clean-up could not do', { timeout: 60_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  it('is named in the result once its hour has passed, and keeps no day from its outcome', async () => {
    const away = async (): Promise<never> => throwAway();
    const activities = {
      ...new LiteralTwilio().activities(),
      deleteExportJob: away,
      sweepExportJobs: away,
      sweepExportFiles: away,
      writeExportManifest: away,
    };
    const { handle, result, progress } = await exports.run(activities, inputOf(2));
    const minutes = await minutesOfCleanUp(handle);
    assert.ok(minutes > 55 && minutes <= 60, `${minutes} minutes`);
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

  it('are all jobs of which none can be deleted: each was tried, and together they take no more than an hour', async () => {
    const twilio = new LiteralTwilio({ ...manyJobs, delete: () => throwAway() });
    const { handle, result } = await exports.run(twilio.activities(), inputOf(48));
    assert.equal(result?.jobs.length, 25);
    assert.equal(new Set(twilio.deletes).size, 25);
    assert.equal(result.notCleaned.length, 25, result.notCleaned.join('\n'));
    const minutes = await minutesOfCleanUp(handle);
    assert.ok(minutes > 40 && minutes <= 60, `${minutes} minutes`);
  });

  it('keeps no other job from its DELETE', async () => {
    const twilio = new LiteralTwilio({
      ...manyJobs,
      delete: (jobSid) => (jobSid === twilio.jobs[0]?.jobSid ? throwAway() : 'deleted'),
    });
    const { result } = await exports.run(twilio.activities(), inputOf(48));
    const [first, ...others] = twilio.jobs.map(({ jobSid }) => jobSid);
    assert.deepEqual(
      result?.jobs.map(({ fate }) => fate),
      ['unknown', ...others.map(() => 'deleted')],
    );
    const triesBefore = twilio.deletes
      .slice(0, twilio.deletes.indexOf(others.at(-1) ?? ''))
      .filter((jobSid) => jobSid === first);
    // It is tried again after seconds, and later once a minute.
    assert.ok(triesBefore.length < 10, `${triesBefore.length} tries before the last one was asked for`);
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

function throwAway(): never {
  throw fail('TwilioUnavailable', 'nobody answers');
}

/** Of 48 days every second one fails, and goes out again in a job of its own: 25 jobs. */
const manyJobs: Script = {
  looks: ({ submission, days }) => {
    const statusOf = (day: string): string =>
      submission === 1 && (Date.parse(day) / DAY_MS) % 2 === 0 ? 'Failed' : 'Completed';
    return [{ after: '1 hour', statuses: Object.fromEntries(days.map((day) => [day, statusOf(day)])) }];
  },
};

const DAY_MS = 86_400_000;

/** From the first DELETE to the end of the export, by the engine's clock. */
async function minutesOfCleanUp(handle: ExportHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const first = events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'deleteExportJob',
  );
  return (Number(events?.at(-1)?.eventTime?.seconds) - Number(first?.eventTime?.seconds)) / 60;
}
