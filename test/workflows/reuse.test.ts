import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type {
  AvailableDay,
  FindReusableDaysInput,
  FindReusableDaysResult,
  PublishedDay,
} from '../../activities/api.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import { createSkippingExportEnv, type ExportEnv, inputOf, outcomesOf, readFailure } from './export-env.ts';
import { downloaded, fail, LiteralTwilio, type Script } from './literal-activities.ts';

const MANIFEST = 'file:///exports/_manifests/before.json';
const JOB_OF_THEN = `JS${'e'.repeat(32)}`;

describe('days that are there already', { timeout: 120_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  async function run(input: unknown, script: Script = {}) {
    const twilio = new LiteralTwilio(script);
    return { twilio, ...(await exports.run(twilio.activities(), input)) };
  }

  it('need no job: of 366 days the one that is missing is submitted, and the result tells them apart', async () => {
    const input = inputOf(366);
    const missing = daysBetween(input.startDay, input.endDay)[100]!;
    const { twilio, result, progress } = await run(input, { reuse: allBut(missing) });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days),
      [[missing]],
    );
    assert.deepEqual(twilio.downloads, [missing]);
    assert.deepEqual(twilio.searches, [`${input.startDay}..${input.endDay}`]);
    const [first] = result.days;
    assert.deepEqual(first, {
      day: input.startDay,
      outcome: 'downloaded',
      location: `file:///exports/day=${input.startDay}/part-0.json.gz`,
      sizeBytes: 1000,
      records: 10,
      sha256: 'a'.repeat(64),
      jobSid: JOB_OF_THEN,
      attempts: 0,
      reused: { from: 'published', manifest: MANIFEST },
    });
    const asked = result.days[100];
    assert.deepEqual([asked?.attempts, asked?.jobSid, asked?.reused], [1, twilio.jobs[0]?.jobSid, undefined]);
    assert.deepEqual([progress?.days.downloaded, progress?.days.reused], [366, 365]);
    assert.equal(result.totals.records, 3_660);
    assert.deepEqual(twilio.manifests[0]?.days, result.days);
  });

  it('are all of an export that asks for no job; what it had made before a reset is looked for', async () => {
    const { twilio, result } = await run(inputOf(3), { reuse: allBut() });
    assert.deepEqual(outcomesOf(result), ['downloaded', 'downloaded', 'downloaded']);
    assert.deepEqual([twilio.jobs, twilio.looks, twilio.downloads], [[], 0, []]);
    assert.deepEqual(twilio.sweeps, [{ keep: [], createInDoubt: false }]);
    assert.equal(twilio.manifests.length, 1);
  });

  it('have nobody look for jobs that the caller wants to keep', async () => {
    const { twilio, result } = await run(inputOf(3, { deleteJob: false }), { reuse: allBut() });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual([twilio.sweeps, result.notCleaned], [[], []]);
  });

  it('keep nobody from the sweep for jobs that no answer told of, where the export has made some for others', async () => {
    const input = inputOf(3, { deleteJob: false });
    const { twilio, result } = await run(input, { reuse: allBut(input.endDay) });
    assert.equal(result?.outcome, 'complete');
    const keep = twilio.jobs.map(({ jobSid }) => jobSid);
    assert.equal(keep.length, 1);
    assert.deepEqual([twilio.sweeps, result.notCleaned], [[{ keep, createInDoubt: false }], []]);
  });

  it('may be empty ones', async () => {
    const input = inputOf(2);
    const { twilio, result, progress } = await run(input, {
      reuse: () => ({
        published: [{ ...known(input.startDay), outcome: 'empty', jobSid: null }],
        available: [],
      }),
    });
    assert.deepEqual(outcomesOf(result), ['empty', 'downloaded']);
    assert.deepEqual(result?.days[0]?.reused, { from: 'published', manifest: MANIFEST });
    assert.equal(progress?.days.reused, 1);
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days),
      [[input.endDay]],
    );
  });

  it('may lie at Twilio: they are fetched without a job, and half files are looked for all the same', async () => {
    const input = inputOf(3, { reuse: 'available', foreignFiles: 'refuse' });
    const { twilio, result, progress } = await run(input, {
      reuse: ({ reuse, startDay, endDay, foreignFiles }) => {
        assert.equal(foreignFiles, 'refuse', 'which files may be taken is decided here');
        const available = reuse === 'available' ? daysBetween(startDay, endDay).map(lying) : [];
        return { published: [], available };
      },
      download: ({ foreignFiles }) => {
        assert.equal(foreignFiles, 'refuseOtherNamespaces', 'and once more when they are fetched');
        return undefined;
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual([twilio.jobs, twilio.looks], [[], 0]);
    assert.deepEqual(twilio.downloads.toSorted(), daysBetween(input.startDay, input.endDay));
    assert.deepEqual(
      result.days.map(({ attempts, jobSid, reused }) => ({ attempts, jobSid, reused })),
      Array.from({ length: 3 }, () => ({ attempts: 0, jobSid: undefined, reused: LYING })),
    );
    assert.equal(progress?.days.reused, 3);
    assert.deepEqual(twilio.fileSweeps, [[`${input.startDay}..${input.endDay}`]]);
  });

  it('may lie at Twilio as the file of yet another job by then: the result names that one', async () => {
    const madeBy = { friendlyName: 'of a third one', createDate: '2026-10-12' };
    const { result } = await run(inputOf(1, { reuse: 'available' }), {
      reuse: ({ startDay }) => ({ published: [], available: [lying(startDay)] }),
      download: ({ day, foreignFiles }) => {
        assert.equal(foreignFiles, 'accept');
        return { ...downloaded(day), madeBy };
      },
    });
    const [day] = result?.days ?? [];
    assert.deepEqual([day?.madeBy, day?.reused], [madeBy, { from: 'available', ...madeBy }]);
  });

  it('may lie at Twilio no more: then they are submitted like any others, within their attempts', async () => {
    const input = inputOf(4, { reuse: 'available', resubmit: { maximumAttempts: 1 } });
    const [gone, corrupt, good] = daysBetween(input.startDay, input.endDay);
    const { twilio, result, progress } = await run(input, {
      reuse: ({ startDay, endDay }) => ({
        published: [],
        available: daysBetween(startDay, endDay).slice(0, 3).map(lying),
      }),
      download: ({ day }, time) => {
        if (day === gone && time === 1) throw fail('DayNotAvailable', '404');
        if (day === corrupt && time <= 3) throw fail('DayFileCorrupt', 'short');
        return undefined;
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      result.days.map(({ attempts, reused }) => [attempts, reused?.from]),
      [
        [1, undefined],
        [1, undefined],
        [0, 'available'],
        [1, undefined],
      ],
    );
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days),
      [[input.endDay], [gone, corrupt]],
    );
    assert.equal(twilio.downloads.filter((day) => day === good).length, 1);
    assert.equal(progress?.days.reused, 1);
  });

  it('are not even looked for where the caller never reuses any', async () => {
    const { twilio, result } = await run(inputOf(2, { reuse: 'never' }), { reuse: allBut() });
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(twilio.searches, []);
    assert.deepEqual(
      twilio.jobs.map(({ days }) => days.length),
      [2],
    );
  });

  it('that nobody asked for are left where they are', async () => {
    const input = inputOf(1);
    const { twilio, result } = await run(input, {
      reuse: () => ({ published: [{ ...known('2020-01-01'), outcome: 'empty' }], available: [] }),
    });
    assert.deepEqual(outcomesOf(result), ['downloaded']);
    assert.equal(twilio.jobs.length, 1);
  });

  it('are told, in the manifest too, where Twilio then refuses to make the others', async () => {
    const input = inputOf(2);
    const { twilio, failure, progress } = await run(input, {
      reuse: allBut(input.endDay),
      create: () => {
        throw fail('ExportRejected', 'not allowed', { inDoubt: false });
      },
    });
    assert.equal(readFailure(failure).type, 'ExportRejected');
    assert.deepEqual(outcomesOf(progress?.result ?? undefined), ['downloaded', 'failed']);
    assert.deepEqual(
      twilio.manifests[0]?.days.map(({ outcome }) => outcome),
      ['downloaded', 'failed'],
    );
  });

  it('end the export where nobody can look for them, before anything is made', async () => {
    const { twilio, failure, progress } = await run(inputOf(2), {
      reuse: () => {
        throw fail('StorageRejected', 'no such folder', { inDoubt: false });
      },
    });
    assert.deepEqual(
      [readFailure(failure).type, readFailure(failure).message, progress?.phase],
      ['StorageRejected', 'no such folder', 'failed'],
    );
    assert.deepEqual([twilio.jobs, twilio.manifests, progress?.result], [[], [], null]);
  });

  it('are looked for again while the destination is away, and no job is made before', async () => {
    const { twilio, result } = await run(inputOf(2), {
      reuse: (input, attempt) => {
        if (attempt < 4) throw fail('StorageUnavailable', 'away');
        return allBut()(input);
      },
    });
    assert.equal(result?.outcome, 'complete');
    assert.equal(twilio.searches.length, 4);
    assert.deepEqual(twilio.jobs, []);
  });
});

function allBut(...missing: string[]) {
  return ({ startDay, endDay }: FindReusableDaysInput): FindReusableDaysResult => ({
    available: [],
    published: daysBetween(startDay, endDay)
      .filter((day) => !missing.includes(day))
      .map((day) => Object.assign(known(day), downloaded(day))),
  });
}

const LYING = { from: 'available', friendlyName: 'of another', createDate: '2026-10-10' } as const;

function lying(day: string): AvailableDay {
  return { day, status: 'Completed', reused: LYING };
}

function known(day: string): Pick<PublishedDay, 'day' | 'jobSid' | 'reused'> {
  return { day, jobSid: JOB_OF_THEN, reused: { from: 'published', manifest: MANIFEST } };
}
