import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { daysBetween } from '../../workflows/calendar.ts';
import { createSkippingExportEnv, type ExportEnv, inputOf } from './export-env.ts';
import { downloaded, fail, LiteralTwilio, type Look } from './literal-activities.ts';

const RUNS = 15;

/** All that Twilio may say of a day, a word of tomorrow and no word at all included. */
const status = fc.constantFrom(
  'Submitted',
  'Running',
  'ErrorDuringRun',
  'Completed',
  'CompletedEmptyRecords',
  'CompletedOrEmpty',
  'Failed',
  'RunningToBeDeleted',
  'DeletedByUserRequest',
  'Pondering',
  'Unaccounted',
);

/** Odd delays: see the trap in literal-activities.ts. */
const look = fc.record({
  after: fc.integer({ min: 1_001, max: 40 * 3_600_000 }).map((ms) => ms * 2 + 1),
  statuses: fc.array(status, { minLength: 6, maxLength: 6 }),
  over: fc.option(fc.boolean(), { nil: undefined, freq: 6 }),
  gone: fc.boolean(),
});

const download = fc.constantFrom('downloaded', 'empty', 'DayFileCorrupt', 'DayNotAvailable', 'LinkRejected');

const story = fc.record({
  dayCount: fc.integer({ min: 1, max: 6 }),
  submissions: fc.array(fc.array(look, { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
  downloads: fc.array(download, { maxLength: 12 }),
  refusals: fc.array(
    fc.constantFrom(
      'none' as const,
      'none' as const,
      'QuotaExhausted',
      'AuthenticationRejected',
      'ExportRejected',
    ),
    {
      maxLength: 6,
    },
  ),
  deletes: fc.array(
    fc.constantFrom(
      'deleted' as const,
      'alreadyGone' as const,
      'notDeletable' as const,
      'TwilioUnavailable' as const,
    ),
    { maxLength: 6 },
  ),
  lostAnswers: fc.array(fc.boolean(), { maxLength: 4 }),
  allowIncomplete: fc.boolean(),
});

describe('for any sequence of pictures', { timeout: 180_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  it('every day ends with exactly one outcome, and no job of ours is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        async ({ dayCount, submissions, downloads, refusals, deletes, lostAnswers, allowIncomplete }) => {
          const input = inputOf(dayCount, { allowIncomplete, timeout: '20 days' });
          let creates = 0;
          const twilio = new LiteralTwilio({
            create: () => {
              const refusal = refusals[creates++ - 1] ?? 'none';
              if (refusal !== 'none') throw fail(refusal, 'refused', { retryAfterMs: 1_800_001 });
            },
            looks: (job): Look[] =>
              (submissions[job.submission - 1] ?? []).map(({ after: wait, over, gone, statuses }) => ({
                after: wait,
                over,
                gone,
                statuses: Object.fromEntries(job.days.map((day, at) => [day, statuses[at] ?? 'Running'])),
              })),
            download: ({ day }) => {
              const outcome = downloads[twilio.downloads.length - 1] ?? 'downloaded';
              if (outcome === 'downloaded') return downloaded(day);
              if (outcome === 'empty') return { outcome };
              throw fail(outcome, 'as the story has it');
            },
            answerCreate: ({ submission }, attempt) => {
              if (attempt === 1 && lostAnswers[submission - 1])
                throw fail('TwilioUnavailable', 'the answer was lost');
            },
            delete: () => {
              const fate = deletes[twilio.deletes.length - 1] ?? 'deleted';
              if (fate === 'TwilioUnavailable') throw fail(fate, '503');
              return fate;
            },
          });

          const { progress } = await exports.run(twilio.activities(), input);
          const result = progress?.result;

          assert.ok(result, `an export that created a job ends with a result, phase ${progress?.phase}`);
          assert.deepEqual(
            result.days.map(({ day }) => day),
            daysBetween(input.startDay, input.endDay),
          );
          const { days, downloaded: whole, empty, failed, deleted, cancelled } = result.totals;
          assert.equal(whole + empty + failed + deleted + cancelled, days);
          assert.equal(progress?.days.total, dayCount);
          assert.deepEqual(progress?.days.byStatus, {});
          assert.deepEqual(
            twilio.jobs.filter(({ isAlive, isRefused }) => isAlive && !isRefused),
            [],
          );
          assert.deepEqual(twilio.twins, []);
          assert.deepEqual(
            result.jobs.map(({ jobSid }) => jobSid).toSorted(),
            twilio.jobs.map(({ jobSid }) => jobSid),
          );
          assert.ok(
            result.days.every(
              ({ attempts, problem, outcome }) => attempts <= 3 && (problem || outcome !== 'failed'),
            ),
            JSON.stringify(result.days),
          );
          assert.equal(twilio.manifests.length, 1);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
