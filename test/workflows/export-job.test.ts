import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure, type Duration } from '@temporalio/common';
import type { ExportProgress } from '../../workflows/api.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import {
  createSkippingExportEnv,
  endOf,
  type ExportEnv,
  inputOf,
  outcomesOf,
  readFailure,
  type StartOptions,
} from './export-env.ts';
import { all, downloaded, fail, LiteralTwilio, type Script } from './literal-activities.ts';

describe('exportJob', { timeout: 300_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  async function run(input: unknown, script: Script = {}, options: StartOptions = {}) {
    const twilio = new LiteralTwilio(script);
    return { twilio, ...(await exports.run(twilio.activities(), input, options)) };
  }

  it('downloads every day, deletes the job, and writes the manifest last', async () => {
    const input = inputOf(3);
    const { twilio, result, progress } = await run(input);
    assert.deepEqual(outcomesOf(result), ['downloaded', 'downloaded', 'downloaded']);
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(result.totals, {
      days: 3,
      downloaded: 3,
      empty: 0,
      failed: 0,
      deleted: 0,
      cancelled: 0,
      sizeBytes: 3000,
      records: 30,
    });
    assert.deepEqual(
      result.jobs.map(({ fate, startDay, endDay }) => ({ fate, startDay, endDay })),
      [{ fate: 'deleted', startDay: input.startDay, endDay: input.endDay }],
    );
    assert.equal(result.manifest, `file:///exports/_manifests/${twilio.manifests[0]?.exportId}.json`);
    assert.deepEqual(twilio.manifests[0]?.days, result.days);
    assert.deepEqual(twilio.fileSweeps, [[`${input.startDay}..${input.endDay}`]]);
    assert.deepEqual(progress?.result, result);
  });

  it('submits failed days again as the fewest ranges, and only those', async () => {
    const { twilio, result } = await run(inputOf(6), {
      looks: (job) => [
        {
          after: '1 hour',
          statuses: Object.fromEntries(
            job.days.map((day, at) => [
              day,
              job.submission === 1 && [1, 2, 4].includes(at) ? 'Failed' : 'Completed',
            ]),
          ),
        },
      ],
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(twilio.jobs.map(({ days }) => days.length).toSorted(), [1, 2, 6]);
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [1, 2, 2, 1, 2, 1],
    );
    assert.equal(new Set(twilio.downloads).size, twilio.downloads.length);
  });

  it('fails with ExportIncomplete and the whole result when days fail for good', async () => {
    const { twilio, failure } = await run(inputOf(30), {
      looks: (job) => [
        { after: '1 hour', statuses: { ...all(job, 'Completed'), [job.days[0] ?? '']: 'Failed' } },
      ],
    });
    const { type, result } = readFailure(failure);
    assert.equal(type, 'ExportIncomplete');
    assert.equal(result?.outcome, 'incomplete');
    assert.equal(result.days.length, 30);
    assert.equal(result.totals.downloaded, 29);
    assert.equal(result.days[0]?.attempts, 3);
    assert.equal(twilio.jobs.length, 3);
  });

  it('completes with outcome incomplete when that is allowed', async () => {
    const { result } = await run(inputOf(2, { allowIncomplete: true, resubmit: { maximumAttempts: 1 } }), {
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[0] ?? '']: 'Failed' } }],
    });
    assert.equal(result?.outcome, 'incomplete');
    assert.deepEqual(outcomesOf(result), ['failed', 'downloaded']);
  });

  it('submits a day again after three corrupt files, or when its file has expired', async () => {
    const input = inputOf(2);
    const { twilio, result } = await run(input, {
      download: ({ day }, time) => {
        if (day === input.startDay && time <= 3) throw fail('DayFileCorrupt', 'short');
        if (day === input.endDay && time === 1) throw fail('DayNotAvailable', '404');
        return downloaded(day);
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [2, 2],
    );
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [2, 2],
    );
    assert.equal(twilio.downloads.filter((day) => day === input.startDay).length, 4);
  });

  it('downloads a day while others of its job still run', async () => {
    const input = inputOf(2);
    const { twilio, result } = await run(input, {
      looks: (job) => [
        { after: '1 hour', statuses: { [input.startDay]: 'Completed', [input.endDay]: 'Running' } },
        { after: '5 hours', statuses: all(job, 'Completed') },
      ],
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(twilio.downloads, [input.startDay, input.endDay]);
  });

  it('keeps downloads within the window', async () => {
    let running = 0;
    let most = 0;
    const { result } = await run(inputOf(12, { maxConcurrentDownloads: 3 }), {
      download: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return undefined;
      },
    });
    assert.equal(result?.totals.downloaded, 12);
    assert.ok(most <= 3 && most > 1, `at most 3 at a time, got ${most}`);
  });

  it('counts a day that somebody else deleted as failed, and does not submit it again', async () => {
    const input = inputOf(2);
    const { twilio, failure } = await run(input, {
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [input.endDay]: 'DeletedByUserRequest' } }],
    });
    const { type, result } = readFailure(failure);
    assert.equal(type, 'ExportIncomplete');
    assert.deepEqual(outcomesOf(result), ['downloaded', 'deleted']);
    assert.equal(twilio.jobs.length, 1);
  });

  it('reports the days of a job that vanished as deleted, and keeps those that it had brought', async () => {
    const input = inputOf(2, { allowIncomplete: true });
    const { result } = await run(input, {
      looks: () => [
        { statuses: { [input.startDay]: 'Completed', [input.endDay]: 'Running' } },
        { after: '1 hour', gone: true, statuses: { [input.startDay]: 'Completed' } },
      ],
    });
    assert.deepEqual(outcomesOf(result), ['downloaded', 'deleted']);
  });

  it('submits only what is missing when a job has vanished with age', async () => {
    const input = inputOf(2);
    const { twilio, result } = await run(input, {
      looks: (job) =>
        job.submission > 1
          ? [{ statuses: all(job, 'Completed') }]
          : [
              { statuses: { [input.startDay]: 'Completed', [input.endDay]: 'Running' } },
              { after: '8 days', gone: true, statuses: {} },
            ],
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [2, 1],
    );
  });

  it('submits days again when a job that never said a word of them has vanished with age, whoever asked meanwhile', async () => {
    const { twilio, result } = await run(inputOf(2), {
      looks: (job) =>
        job.submission > 1
          ? [{ statuses: all(job, 'Completed') }]
          : [
              { statuses: {} },
              { after: '5 days', statuses: {} },
              { after: '3 days', gone: true, statuses: {} },
            ],
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 2);
  });

  it('submits days one at a time when their job is over and nobody can say how they ended', async () => {
    const { twilio, result } = await run(inputOf(4), {
      looks: (job) =>
        job.submission === 1
          ? [{ over: true, statuses: { [job.days[0] ?? '']: 'Completed' } }]
          : [{ statuses: all(job, 'CompletedEmptyRecords') }],
    });
    assert.deepEqual(outcomesOf(result), ['downloaded', 'empty', 'empty', 'empty']);
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [4, 1, 1, 1],
    );
  });

  it('waits for the other days, then deletes a job whose last days stay in ErrorDuringRun, and submits them again', async () => {
    const input = inputOf(3, { errorPatience: '6 hours' });
    const { twilio, result } = await run(input, {
      looks: (job) =>
        job.submission > 1
          ? [{ statuses: all(job, 'Completed') }]
          : [
              { statuses: { ...all(job, 'Running'), [input.startDay]: 'ErrorDuringRun' } },
              {
                after: '30 hours',
                statuses: { ...all(job, 'Completed'), [input.startDay]: 'ErrorDuringRun' },
              },
            ],
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      twilio.jobs.map(({ days, isAlive }) => ({ days: days.length, isAlive })),
      [
        { days: 3, isAlive: false },
        { days: 1, isAlive: false },
      ],
    );
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [2, 1, 1],
    );
  });

  it('never has two live jobs for one day: a stuck job that can not be deleted fails its days', async () => {
    const { twilio, result } = await run(inputOf(2, { errorPatience: '1 hour', allowIncomplete: true }), {
      looks: (job) => [{ statuses: all(job, 'ErrorDuringRun') }],
      delete: () => 'notDeletable',
    });
    assert.deepEqual(outcomesOf(result), ['failed', 'failed']);
    assert.equal(twilio.jobs.length, 1);
    assert.equal(result?.jobs[0]?.fate, 'notDeletable');
  });

  for (const fate of ['notDeletable', 'alreadyGone', 'deleted'] as const)
    it(`submits days that a job leaves untold again, each alone and at once, when its DELETE is answered so: ${fate}`, async () => {
      const input = inputOf(4, { errorPatience: '6 hours' });
      const { twilio, result } = await run(input, {
        looks: (job) => {
          const [first = '', second = ''] = job.days;
          if (job.submission > 1) return [{ after: '1 hour', statuses: all(job, 'Completed') }];
          return [{ after: '1 hour', statuses: { [first]: 'Completed', [second]: 'Failed' } }];
        },
        delete: (jobSid) => (jobSid.endsWith('1') ? fate : 'deleted'),
      });
      assert.equal(result?.outcome, 'complete');
      assert.deepEqual(
        result.days.map(({ attempts }) => attempts),
        [1, 2, 2, 2],
      );
      assert.deepEqual(twilio.jobs.map(({ days }) => days.length).toSorted(), [1, 1, 1, 4]);
      assert.deepEqual(twilio.twins, []);
      assert.equal(result.jobs[0]?.fate, fate);
      // An hour for each job, six of patience, and the cool-down: nothing is waited for after the DELETE.
      assert.ok(hoursOf(twilio) < 8.5, `${hoursOf(twilio)} hours`);
    });

  for (const fate of ['notDeletable', 'alreadyGone', 'deleted'] as const)
    for (const word of ['Unaccounted', 'ErrorDuringRun'])
      it(`says of a job that it had to give up what became of it, though its jobs are to be kept: ${word}, ${fate}`, async () => {
        const { result } = await run(
          inputOf(2, { errorPatience: '1 hour', deleteJob: false, allowIncomplete: true }),
          {
            looks: (job) => {
              const [first = ''] = job.days;
              if (job.submission > 1) return [{ statuses: all(job, 'Completed') }];
              return [{ statuses: { ...all(job, word), [first]: 'Completed' } }];
            },
            delete: () => fate,
            afterDelete: 'unchanged',
          },
        );
        const [given, ...others] = result?.jobs.map((job) => job.fate) ?? [];
        // One that lives on, and that nobody could delete, is kept all the same.
        assert.equal(given, word === 'ErrorDuringRun' && fate === 'notDeletable' ? 'kept' : fate);
        assert.ok(
          others.every((other) => other === 'kept'),
          others.join(),
        );
      });

  it('gives a day up within its patience that job after job leaves untold, though the last one says nothing at all', async () => {
    const input = inputOf(3, { errorPatience: '6 hours', allowIncomplete: true });
    const { twilio, result } = await run(input, {
      looks: (job) => [
        {
          statuses: job.submission === 1 ? { ...all(job, 'Completed'), [input.startDay]: 'Unaccounted' } : {},
        },
      ],
      delete: () => 'notDeletable',
    });
    assert.deepEqual(outcomesOf(result), ['failed', 'downloaded', 'downloaded']);
    assert.equal(result?.days[0]?.attempts, 3);
    assert.match(
      result?.days[0]?.problem ?? '',
      /Twilio says nothing of the day, and its job could not be deleted/,
    );
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [3, 1, 1],
    );
    assert.ok(hoursOf(twilio) < 20, `${hoursOf(twilio)} hours`);
  });

  it('asks for no day again beside one in ErrorDuringRun of a job that can not be deleted', async () => {
    const input = inputOf(3, { errorPatience: '1 hour', allowIncomplete: true });
    const { twilio, result } = await run(input, {
      looks: (job) => [
        { statuses: { [job.days[0] ?? '']: 'ErrorDuringRun', [job.days[1] ?? '']: 'Completed' } },
      ],
      delete: () => 'notDeletable',
    });
    assert.deepEqual(outcomesOf(result), ['failed', 'downloaded', 'failed']);
    assert.match(result?.days[2]?.problem ?? '', /its job could not be deleted/);
    assert.equal(twilio.jobs.length, 1);
  });

  it('waits for no end of a job that it has deleted and that tells of ends alone, though it leaves a day untold', async () => {
    const { twilio, result } = await run(inputOf(3, { errorPatience: '1 hour' }), {
      looks: (job) => {
        const [first = '', second = ''] = job.days;
        if (job.submission > 1) return [{ statuses: all(job, 'Completed') }];
        return [{ statuses: { [first]: 'Completed', [second]: 'ErrorDuringRun' } }];
      },
      afterDelete: 'untold',
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(twilio.twins, []);
    // An hour of patience and the cool-down.
    assert.ok(hoursOf(twilio) < 1.5, `${hoursOf(twilio)} hours`);
  });

  it('waits an hour for a job that a DELETE did not find, where Twilio tells of it all the same', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      delete: () => 'alreadyGone',
      afterDelete: 'unchanged',
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 2);
    assert.deepEqual(twilio.twins, []);
    assert.ok(hoursOf(twilio) > 2 && hoursOf(twilio) < 2.5, `${hoursOf(twilio)} hours`);
  });

  it('does not hurry where a DELETE fails at once, nor where Twilio is away with another problem at every look', async () => {
    const twilio = new LiteralTwilio({
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      delete: (_, time) => {
        if (time <= 3) throw fail('AuthenticationRejected', 'this worker knows no such account');
        return 'deleted';
      },
    });
    const activities = twilio.activities();
    const firstLooks: string[] = [];
    const { result } = await exports.run(
      {
        ...activities,
        watchExportJob: async (input) => {
          if (!input.returnUnchanged || input.seen === null || firstLooks.length === 5)
            return await activities.watchExportJob(input);
          firstLooks.push(input.firstLook);
          const type = firstLooks.length % 2 === 0 ? 'TwilioUnavailable' : 'AuthenticationRejected';
          return { ...input.seen, problems: [{ type, problem: 'no answer' }] };
        },
      },
      inputOf(1, { errorPatience: '1 hour', poll: { maximumInterval: '1 hour' } }),
    );
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(firstLooks, ['now', 'soon', 'soon', 'soon', 'soon']);
    assert.ok(hoursOf(twilio) > 4, `${hoursOf(twilio)} hours`);
  });

  it('fails with ExportTimedOut and the result when a day never ends', async () => {
    const { twilio, failure, progress } = await run(inputOf(2, { timeout: '5 days' }), {
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[1] ?? '']: 'Running' } }],
    });
    const { type, result, message } = readFailure(failure);
    assert.equal(type, 'ExportTimedOut');
    assert.match(
      message ?? '',
      /^The timeout of the export, 120 hours, ended first .* again, with a longer timeout;/,
    );
    assert.deepEqual(outcomesOf(result), ['downloaded', 'failed']);
    assert.equal(twilio.jobs[0]?.isAlive, false);
    assert.equal(twilio.manifests.length, 1);
    assert.equal(progress?.phase, 'failed');
  });

  it('tells of each day that the timeout ended what kept its download', async () => {
    const { failure, progress } = await run(inputOf(2, { timeout: '5 days', maxConcurrentDownloads: 1 }), {
      looks: (job) => [{ statuses: all(job, 'Completed') }],
      download: ({ toldOf }) => {
        if (toldOf === null) throw fail('StillTrying', 'the disk is full', 'StorageUnavailable');
        throw fail('StorageUnavailable', 'the disk is full');
      },
    });
    assert.match(failure?.message ?? '', /First problem: .* \[Completed]; of its download: the disk is full/);
    assert.deepEqual(
      progress?.result?.days.map(
        ({ problem = '' }) => /(?<=\[Completed]; ).*?(?=: the disk is full)/.exec(problem)?.[0],
      ),
      ['of its download', 'it waits for other downloads, of which one'],
    );
    assert.doesNotMatch(JSON.stringify(progress?.result), /being tried again/);
  });

  it('tells of each day that the timeout ended what kept its job from an answer, in short', async () => {
    const activities = new LiteralTwilio({
      looks: (job) => [{ statuses: all(job, 'Running') }],
    }).activities();
    const problem = `Twilio refuses the credential with 401 ${'x'.repeat(5_000)}`;
    const { failure } = await exports.run(
      {
        ...activities,
        watchExportJob: async (input) => ({
          ...(await activities.watchExportJob(input)),
          problems: [{ type: 'AuthenticationRejected', problem }],
        }),
      },
      inputOf(2, { timeout: '5 days' }),
    );
    const { type, result } = readFailure(failure);
    assert.equal(type, 'ExportTimedOut');
    for (const day of result?.days ?? []) {
      assert.match(day.problem ?? '', /ended first \[Running\].*Twilio refuses the credential with 401 x+…$/);
      assert.ok((day.problem ?? '').length < 500, `${day.problem?.length} characters`);
    }
  });

  it('fails with ExportTimedOut and cleans up when the time that the engine was told to give it runs out', async () => {
    const { twilio, failure } = await run(
      inputOf(2),
      { looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[1] ?? '']: 'Running' } }] },
      { workflowRunTimeout: '5 days', retry: { maximumAttempts: 3 } },
    );
    const { type, result, message } = readFailure(failure);
    assert.equal(type, 'ExportTimedOut', message);
    assert.match(message ?? '', /^The time that the engine was told to give the workflow ended first/);
    assert.match(
      message ?? '',
      / again, without a run or execution timeout of the engine: the input's timeout is/,
    );
    assert.doesNotMatch(message ?? '', /longer/);
    assert.deepEqual(outcomesOf(result), ['downloaded', 'failed']);
    assert.deepEqual(
      twilio.jobs.map(({ isAlive }) => isAlive),
      [false],
      'one job, which is deleted: no retry policy begins the export anew',
    );
  });

  const waits: Record<string, { script: Script; cooldown?: Duration }> = {
    'while it looks every 15 minutes': {
      script: {
        looks: (job) => [
          { statuses: all(job, 'Submitted') },
          { after: '1 hour', statuses: all(job, 'Running') },
        ],
        againAfter: '15 minutes',
      },
    },
    'in a cool-down': { script: { looks: (job) => [{ statuses: all(job, 'Failed') }] }, cooldown: '2 days' },
    'while it waits for the quota': {
      script: {
        create: ({ submission }) => {
          if (submission > 1) throw fail('QuotaExhausted', 'quota', { retryAfterMs: 72_000_000 });
        },
        looks: (job) => [{ after: '1 hour', statuses: all(job, 'Failed') }],
      },
    },
  };
  for (const [wait, { script, cooldown = '10 minutes' }] of Object.entries(waits))
    it(`cleans up an hour before the engine ends its time: ${wait}`, async () => {
      const input = inputOf(2, { resubmit: { cooldown } });
      const { twilio, failure } = await run(input, script, { workflowRunTimeout: '12 hours' });
      const { type, result, message } = readFailure(failure);
      assert.equal(type, 'ExportTimedOut', message);
      assert.match(message ?? '', /^The time that the engine was told to give the workflow ended first/);
      assert.deepEqual(outcomesOf(result), ['failed', 'failed']);
      assert.deepEqual(
        twilio.jobs.map(({ isAlive }) => isAlive),
        [false],
      );
      assert.ok(hoursOf(twilio) >= 11 && hoursOf(twilio) < 11.2, `${hoursOf(twilio)} hours`);
    });

  it('says so once less than a day is left to fetch a file, at no look more, and asks for the day again if it expires', async () => {
    const input = inputOf(2);
    const twilio = new LiteralTwilio({
      nowMs: () => exports.env.currentTimeMs(),
      download: ({ day }, time) => {
        if (day !== input.startDay || twilio.jobs.length > 1) return downloaded(day);
        if (time <= 14) throw unfetchable('12 hours');
        throw fail('DayNotAvailable', 'Twilio answered 404 for it, for 10 minutes');
      },
    });
    const handle = await exports.start(twilio.activities(), input);
    const problems = async () => (await handle.query<ExportProgress>('progress')).problems;
    const card = async () => await handle.query<string>('__temporal_workflow_metadata').then(JSON.stringify);
    await exports.env.sleep('143.5 hours');
    assert.deepEqual(await problems(), []);
    assert.doesNotMatch(await card(), /is left to fetch/);

    await exports.env.sleep('1 hour');
    const [problem, ...more] = await problems();
    assert.deepEqual(more, []);
    assert.equal(problem?.day, input.startDay);
    const leftMs = Date.parse(problem.expiresAt ?? '') - (await exports.env.currentTimeMs());
    assert.ok(leftMs > 0 && leftMs <= 24 * 3_600_000, `${leftMs} ms are left`);
    assert.match(await card(), /Less than a day is left to fetch the file: Twilio keeps it until/);
    assert.equal(twilio.looks, 2, 'the look that waited, and the one that found the files');

    const { result } = await endOf(handle);
    assert.deepEqual(
      result?.days.map(({ outcome, attempts }) => [outcome, attempts]),
      [
        ['downloaded', 2],
        ['downloaded', 1],
      ],
    );
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [2, 1],
    );
  });

  it('says so in time also of a file that is found later than others, and was made before them', async () => {
    const input = inputOf(3);
    const [first, middle, last] = daysBetween(input.startDay, input.endDay);
    const reused = { from: 'published', manifest: 'file:///before.json' } as const;
    const twilio = new LiteralTwilio({
      nowMs: () => exports.env.currentTimeMs(),
      // So that there are two jobs.
      reuse: () => ({
        available: [],
        published: [Object.assign(downloaded(middle!), { day: middle!, jobSid: null, reused })],
      }),
      // The last day is seen after 41 hours, and an hour before it was not there yet; the first after 45, for the first time.
      looks: (job) =>
        job.days.includes(last!)
          ? [
              { after: '40 hours', statuses: all(job, 'Running') },
              { after: '1 hour', statuses: all(job, 'Completed') },
            ]
          : [{ after: '45 hours', statuses: all(job, 'Completed') }],
      download: () => {
        throw unfetchable('12 hours');
      },
    });
    const handle = await exports.start(twilio.activities(), input);
    const tell = async () => (await handle.query<ExportProgress>('progress')).problems.map(({ day }) => day);
    await exports.env.sleep('143 hours');
    assert.deepEqual(await tell(), []);
    await exports.env.sleep('2 hours');
    assert.deepEqual(await tell(), [first]);
    await handle.terminate();
  });

  it('keeps waiting through an unknown status, and through a day in Submitted for days', async () => {
    const { result } = await run(inputOf(1), {
      looks: (job) => [
        { statuses: all(job, 'Submitted') },
        { after: '3 days', statuses: all(job, 'Pondering') },
        { after: '3 days', statuses: all(job, 'Completed') },
      ],
    });
    assert.equal(result?.outcome, 'complete');
  });

  it('has at most 20 jobs alive, and submits the other ranges when some have ended', async () => {
    const { twilio, result } = await run(inputOf(60), {
      looks: (job) => {
        const isOdd = (day: string) => Number(day.slice(-2)) % 2 === 1;
        return job.submission === 1
          ? [
              {
                statuses: Object.fromEntries(
                  job.days.map((day) => [day, isOdd(day) ? 'Failed' : 'Completed']),
                ),
              },
            ]
          : [{ after: '1 hour', statuses: all(job, 'Completed') }];
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.ok(twilio.jobs.length > 21, `${twilio.jobs.length} jobs`);
    assert.ok(
      result.days.every(({ attempts }) => attempts <= 2),
      'two attempts a day at most',
    );
  });

  it('refuses bad input before anything is asked of Twilio, naming each fault', async () => {
    const { twilio, failure, handle } = await run({ ...inputOf(3), startDay: '2026-02-30', speed: 1 });
    const { type, message } = readFailure(failure);
    assert.equal(type, 'InvalidInput');
    assert.match(
      message ?? '',
      /startDay must be a day of the calendar, written YYYY-MM-DD, got "2026-02-30"/,
    );
    assert.match(message ?? '', /speed is not a field of the input/);
    assert.equal(twilio.jobs.length, 0);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /^\*\*Refused: nothing was asked of Twilio[^]*got "2026-02-30"/);
  });

  for (const type of [
    'ExportRejected',
    'AuthenticationRejected',
    'InvalidInput',
    'StorageRejected',
  ] as const) {
    it(`fails with ${type} itself, at once and with nothing to clean, when the first create finds it`, async () => {
      const { twilio, failure, progress } = await run(inputOf(3), {
        create: () => {
          throw fail(type, 'no', { inDoubt: false });
        },
      });
      assert.equal(readFailure(failure).type, type);
      assert.deepEqual([twilio.sweeps, twilio.fileSweeps, twilio.manifests], [[], [], []]);
      assert.equal(progress?.phase, 'failed');
    });
  }

  it('asks for the patience of a mid-run create once a job was made, and not before', async () => {
    const isUnderWay: boolean[] = [];
    await run(inputOf(1), {
      create: (input) => void isUnderWay.push(input.isUnderWay),
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'Failed' : 'Completed') }],
    });
    assert.deepEqual(isUnderWay, [false, true]);
  });

  it('looks for the job of a lost answer when a later attempt is refused for good', async () => {
    const { twilio, failure } = await run(inputOf(2), {
      answerCreate: (_, attempt) => {
        if (attempt === 1) throw fail('TwilioUnavailable', 'reset after it was carried out');
      },
      create: (_, attempt) => {
        if (attempt > 1) throw fail('StorageRejected', 'no', { inDoubt: true });
      },
    });
    assert.equal(readFailure(failure).type, 'StorageRejected');
    assert.deepEqual(
      twilio.jobs.map(({ isAlive }) => isAlive),
      [false],
    );
    assert.deepEqual(twilio.sweeps, [{ keep: [], createInDoubt: true }]);
  });

  it('looks once more before it gives a job up, and finds the days that came meanwhile', async () => {
    const { twilio, result } = await run(inputOf(2, { errorPatience: '1 hour' }), {
      looks: (job) => [
        { statuses: all(job, 'ErrorDuringRun') },
        { onlyFresh: true, statuses: all(job, 'Completed') },
      ],
      delete: () => 'notDeletable',
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 1);
  });

  it('does not submit again what a person deleted in a job that is given up', async () => {
    const { twilio, result } = await run(inputOf(3, { errorPatience: '1 hour', allowIncomplete: true }), {
      looks: (job) =>
        job.submission === 1
          ? [
              {
                statuses: {
                  [job.days[0] ?? '']: 'DeletedByUserRequest',
                  [job.days[1] ?? '']: 'ErrorDuringRun',
                  [job.days[2] ?? '']: 'Failed',
                },
              },
            ]
          : [{ statuses: all(job, 'Completed') }],
    });
    assert.deepEqual(outcomesOf(result), ['deleted', 'downloaded', 'downloaded']);
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [3, 2],
    );
  });

  it('tries once more at the end to delete a job that could not be deleted, and names it', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour', allowIncomplete: true }), {
      looks: (job) => [{ statuses: all(job, 'ErrorDuringRun') }],
      delete: (_, time) => {
        if (time <= 60) throw fail('TwilioUnavailable', '503');
        return 'deleted';
      },
    });
    assert.equal(result?.jobs[0]?.fate, 'deleted');
    assert.equal(twilio.jobs[0]?.isAlive, false);
  });

  it('knows its own DELETE again when the answer to it was lost', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      delete: (_, time) => {
        if (time === 1) throw fail('TwilioUnavailable', 'reset after it was carried out');
        return 'alreadyGone';
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 2);
  });

  it('blames nobody else where a job is gone before the second DELETE, as the answer to the first was lost', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      delete: () => 'alreadyGone',
      afterDelete: 'gone',
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 2);
    assert.ok(hoursOf(twilio) < 1.5, `${hoursOf(twilio)} hours`);
  });

  it('blames nobody else where a second DELETE is refused and the job is gone, as the answer to the first was lost', async () => {
    const { twilio, result } = await run(inputOf(2, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      delete: (jobSid, time) => (jobSid.endsWith('1') && time > 1 ? 'notDeletable' : 'deleted'),
      answerDelete: (jobSid, time) => {
        if (jobSid.endsWith('1') && time === 1) throw fail('TwilioUnavailable', 'the answer was lost');
      },
      afterDelete: 'gone',
    });
    assert.deepEqual(outcomesOf(result), ['downloaded', 'downloaded']);
    assert.equal(twilio.jobs.length, 2);
    assert.ok(twilio.deletes.length > 2, 'the first DELETE is tried again');
  });

  it('asks for days again an hour after a DELETE that Twilio took and did not carry out, and deletes their job once more', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'ErrorDuringRun' : 'Completed') }],
      afterDelete: 'unchanged',
    });
    assert.equal(result?.outcome, 'complete');
    assert.ok(hoursOf(twilio) > 2 && hoursOf(twilio) < 2.5, `${hoursOf(twilio)} hours`);
    const [given] = result.jobs;
    assert.equal(given?.fate, 'deleted');
    assert.equal(twilio.deletes.filter((jobSid) => jobSid === given.jobSid).length, 2);
  });

  it('knows its own DELETE again when no answer to it ever came', async () => {
    const { twilio, result } = await run(inputOf(2), {
      looks: (job) => [
        {
          after: '1 hour',
          statuses: {
            ...all(job, 'Completed'),
            ...(job.submission === 1 && { [job.days[0] ?? '']: 'ErrorDuringRun' }),
          },
        },
      ],
      answerDelete: (jobSid) => {
        if (jobSid.endsWith('1')) throw fail('TwilioUnavailable', 'the answer was lost');
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [2, 1],
    );
    assert.equal(twilio.jobs.length, 2);
  });

  it('is patient with a job in the queue that says nothing of any day', async () => {
    const { twilio, result } = await run(inputOf(1, { errorPatience: '1 hour' }), {
      looks: (job) => [{ statuses: {} }, { after: '3 days', statuses: all(job, 'Completed') }],
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 1);
  });

  it('waits for the quota of the next day', async () => {
    let refusals = 0;
    const { twilio, result } = await run(inputOf(2), {
      create: () => {
        if (refusals++ < 2) throw fail('QuotaExhausted', 'quota', { retryAfterMs: 3_600_000 });
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.jobs.length, 1);
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [1, 1],
    );
  });

  it('fails for good the days whose re-submission Twilio refuses, and keeps the others', async () => {
    const { result } = await run(inputOf(2, { allowIncomplete: true }), {
      create: ({ submission }) => {
        if (submission > 1) throw fail('ExportRejected', 'Twilio answered 400');
      },
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[0] ?? '']: 'Failed' } }],
    });
    assert.deepEqual(outcomesOf(result), ['failed', 'downloaded']);
    assert.match(result?.days[0]?.problem ?? '', /Twilio answered 400/);
  });

  it('keeps the jobs at Twilio when asked to', async () => {
    const { twilio, result } = await run(inputOf(1, { deleteJob: false }));
    assert.equal(result?.jobs[0]?.fate, 'kept');
    assert.equal(twilio.jobs[0]?.isAlive, true);
  });
});

/** From the start of an export to its manifest, by the engine's clock. */
function hoursOf({ manifests }: LiteralTwilio): number {
  const { startedAt = '', endedAt = '' } = manifests[0] ?? {};
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 3_600_000;
}

/** What keeps a file from its fetch for so long. */
function unfetchable(nextRetryDelay: Duration): ApplicationFailure {
  const message = 'the destination is full';
  return ApplicationFailure.create({ type: 'StorageRejected', message, nextRetryDelay });
}
