import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { JobPicture, WatchExportJobInput } from '../../activities/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import { notFoundBody, startFront } from './front.ts';
import { create, EXPORT_ID, identity, quickSettings, runActivity, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test('one look is one request, and the first picture is returned at once', async (t) => {
  const { rig, watch } = await startWatch(t);
  const { result } = await rig.run('watchExportJob', watch);
  assert.deepEqual(result?.days, { Submitted: ['2026-10-01..2026-10-03'] });
  assert.equal(result?.over, false);
  assert.equal(result?.asOf, '2026-10-10T12:00:00.000Z');
  assert.deepEqual(rig.simulator.ledger().requests.fetchJob, 1);
});

test('the first attempt with a picture at hand asks nothing, the second asks once, and a look that is wanted now asks at once', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  const first = await rig.run('watchExportJob', { ...watch, seen });
  assert.equal(first.failure?.type, 'JobUnchanged');
  assert.equal(first.failure?.nonRetryable, false);
  assert.equal(first.failure?.category, ApplicationFailureCategory.BENIGN);
  assert.match(first.failure?.message ?? '', /^3 Submitted/);
  const delayMs = Number(first.failure?.nextRetryDelay);
  assert.ok(delayMs >= 10_000 && delayMs <= 30_000, `${delayMs}`);
  assert.equal(rig.simulator.ledger().requests.fetchJob, 1);

  rig.simulator.clock.advance(1_000);
  const second = await rig.run('watchExportJob', { ...watch, seen }, { attempt: 2 });
  assert.equal(second.failure?.type, 'JobUnchanged');
  const [sighting] = (second.failure?.details ?? []) as [{ asOf: string; jobSid: string }];
  assert.equal(sighting.jobSid, watch.jobSid);
  assert.equal(sighting.asOf, '2026-10-10T12:00:01.000Z');
  assert.equal(rig.simulator.ledger().requests.fetchJob, 2);

  const wanted = await rig.run('watchExportJob', { ...watch, seen, firstLook: 'now' });
  assert.equal(wanted.failure?.nextRetryDelay, watch.poll.minimumIntervalMs);
  assert.equal(rig.simulator.ledger().requests.fetchJob, 3);
  const soon = await rig.run('watchExportJob', { ...watch, seen, firstLook: 'soon' });
  assert.equal(soon.failure?.nextRetryDelay, watch.poll.minimumIntervalMs);
  assert.equal(rig.simulator.ledger().requests.fetchJob, 3);
  const told = await rig.run('watchExportJob', { ...watch, seen, firstLook: 'now', returnUnchanged: true });
  assert.deepEqual(told.result?.days, seen.days);
});

test('the first look of a run that a reset has made is told, changed or not, with the run that looked', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  assert.equal(seen.inRun, EXPORT_ID);
  const same = await rig.run('watchExportJob', { ...watch, seen, inRun: EXPORT_ID }, { attempt: 2 });
  assert.equal(same.failure?.type, 'JobUnchanged');
  const reset = await look(rig, { ...watch, seen, inRun: 'the run before' }, 2);
  assert.deepEqual({ ...reset, asOf: seen.asOf }, seen);
});

test('all eight statuses and an unknown one are told day by day', async (t) => {
  const statuses = [
    'Submitted',
    'Running',
    'ErrorDuringRun',
    'Completed',
    'CompletedEmptyRecords',
    'Failed',
    'RunningToBeDeleted',
    'DeletedByUserRequest',
    'Paused',
  ];
  const { rig, watch } = await startWatch(t, {
    endDay: '2026-10-08',
    startDay: '2026-09-30',
    script: {
      days: statuses.map((status, index) => ({
        days: new Date(Date.parse('2026-09-30') + index * 24 * HOUR_MS).toISOString().slice(0, 10),
        statuses: [{ status }],
      })),
    },
  });
  const picture = await look(rig, watch);
  assert.deepEqual(Object.keys(picture.days).toSorted(), statuses.toSorted());
  assert.equal(Object.values(picture.days).flat().length, 9);
  assert.deepEqual(
    picture.problems.map(({ type }) => type),
    ['UnknownStatus'],
  );
  assert.equal(picture.over, false);
});

for (const form of ['withDays', 'daysNull', 'null', 'emptyList'] as const) {
  test(`a job that ends mixed is accounted for with details of the form ${form}`, async (t) => {
    const { rig, watch } = await startWatch(t, {
      script: {
        details: [{ form }],
        days: [
          { days: '2026-10-01', statuses: [{ status: 'Completed' }] },
          { days: '2026-10-02', statuses: [{ status: 'CompletedEmptyRecords' }], file: 'missing' },
          { days: '2026-10-03', statuses: [{ status: 'Failed' }] },
        ],
      },
    });
    rig.simulator.clock.advance(2 * HOUR_MS);
    const picture = await look(rig, watch);
    switch (form) {
      case 'withDays':
        assert.deepEqual(picture.days, {
          Completed: ['2026-10-01'],
          CompletedEmptyRecords: ['2026-10-02'],
          Failed: ['2026-10-03'],
        });
        assert.ok(picture.over, 'the job is over');
        return;
      case 'daysNull':
        // Which of the two failed and which was empty, nothing tells.
        assert.deepEqual(picture.days, {
          CompletedOrEmpty: ['2026-10-01'],
          Unaccounted: ['2026-10-02..2026-10-03'],
        });
        assert.ok(picture.over, 'the job is over');
        return;
      case 'null':
      case 'emptyList':
        assert.deepEqual(picture.days, {
          CompletedOrEmpty: ['2026-10-01'],
          Unaccounted: ['2026-10-02..2026-10-03'],
        });
        assert.equal(picture.over, false);
        rig.simulator.clock.advance(48 * HOUR_MS);
        assert.equal((await look(rig, watch)).over, false, 'the job may live, however long it says nothing');
    }
  });
}

test('a young job without details is waited for, without further requests', async (t) => {
  const { rig, watch } = await startWatch(t, { script: { details: [{ form: 'null' }] } });
  const picture = await look(rig, watch);
  assert.deepEqual(picture.days, { Unaccounted: ['2026-10-01..2026-10-03'] });
  assert.deepEqual(picture.byStatus, {});
  assert.equal(rig.simulator.ledger().requests.listDays, undefined);
});

test('days that no entry names are settled by their files once the job is over', async (t) => {
  const { rig, watch } = await startWatch(t, {
    script: { details: [{ form: 'daysNull' }], days: [{ statuses: [{ status: 'Completed' }] }] },
  });
  const picture = await look(rig, watch);
  assert.deepEqual(
    picture.days,
    { Completed: ['2026-10-01..2026-10-03'] },
    'one count of all days needs no file',
  );
  assert.ok(picture.over, 'the job is over');
});

test('what was settled once is not forgotten by the next look, so that silence changes nothing', async (t) => {
  const { rig, watch } = await startWatch(t, {
    script: { days: [...UNTOLD_DAYS] },
  });
  rig.simulator.clock.advance(2 * HOUR_MS);
  const seen = await look(rig, watch);
  assert.deepEqual(seen.days, {
    Completed: ['2026-10-01'],
    CompletedOrEmpty: ['2026-10-02'],
    Unaccounted: ['2026-10-03'],
  });
  for (const laterMs of [MINUTE_MS, 2 * HOUR_MS, MINUTE_MS]) {
    rig.simulator.clock.advance(laterMs);
    const { failure } = await rig.run('watchExportJob', { ...watch, seen }, { attempt: 2 });
    assert.equal(failure?.type, 'JobUnchanged', `${laterMs} ms later`);
  }
});

test('files that are new after a day without a look are told by the day on which they were made, and no others', async (t) => {
  const life = (days: string, hours: number) => ({
    days,
    statuses: [{ status: 'Running', for: `${hours} hours` }, { status: 'Completed' }],
  });
  const { rig, watch } = await startWatch(t, {
    script: { days: [life('2026-10-01', 1), life('2026-10-02', 30), life('2026-10-03', 60)] },
  });
  const begun = await look(rig, watch);
  assert.equal(begun.madeOn, undefined);
  rig.simulator.clock.advance(2 * HOUR_MS);
  const soon = await look(rig, { ...watch, seen: begun }, 2);
  assert.equal(soon.madeOn, undefined, 'the picture before tells enough');
  assert.equal(rig.simulator.ledger().requests.listDays, undefined);

  rig.simulator.clock.advance(72 * HOUR_MS);
  const mend = rig.simulator.faults.add({ kind: 'status503', operation: 'listDays' });
  const without = await look(rig, { ...watch, seen: soon }, 2);
  assert.deepEqual([without.over, without.madeOn], [true, undefined], 'a list that is away keeps no look');
  mend();
  const late = await look(rig, { ...watch, seen: soon }, 2);
  assert.deepEqual(late.madeOn, { '2026-10-11': ['2026-10-02'], '2026-10-13': ['2026-10-03'] });
  const adopted = await look(rig, watch);
  assert.deepEqual(adopted.madeOn, { '2026-10-10': ['2026-10-01'], ...late.madeOn });
});

test('an outage now and then does not put off the end of the hour of silence', async (t) => {
  const { rig, watch } = await startWatch(t, { script: { days: [...UNTOLD_DAYS] } });
  let seen = await look(rig, watch);
  for (let outage = 1; outage <= 2; outage++) {
    rig.simulator.clock.advance(49 * MINUTE_MS);
    const mend = rig.simulator.faults.add({ kind: 'status503', operation: 'fetchJob' });
    seen = await look(rig, { ...watch, seen }, 2);
    assert.equal(seen.problems[0]?.type, 'TwilioUnavailable');
    mend();
    rig.simulator.clock.advance(MINUTE_MS);
    seen = await look(rig, { ...watch, seen }, 2);
  }
  assert.deepEqual(seen.days, {
    Completed: ['2026-10-01'],
    CompletedOrEmpty: ['2026-10-02'],
    Unaccounted: ['2026-10-03'],
  });
});

test('the hour of silence begins when the job last said something of its days', async (t) => {
  const { rig, watch } = await startWatch(t, {
    script: {
      days: [
        { days: '2026-10-01', statuses: [{ status: 'Running', for: '90 minutes' }, { status: 'Completed' }] },
        { days: '2026-10-02..2026-10-03', inDetails: 'missing', statuses: [{ status: 'Completed' }] },
      ],
    },
  });
  let seen = await look(rig, watch);
  rig.simulator.clock.advance(100 * MINUTE_MS);
  seen = await look(rig, { ...watch, seen }, 2);
  assert.deepEqual(seen.days, { Completed: ['2026-10-01'], Unaccounted: ['2026-10-02..2026-10-03'] });
  assert.equal(rig.simulator.ledger().requests.listDays, undefined);
  // A picture of a version before does not say it: then it is taken for as old as the picture is.
  const { sayingSince, ...older } = seen;
  assert.equal(sayingSince, seen.asOf);
  rig.simulator.clock.advance(59 * MINUTE_MS);
  for (const known of [seen, older]) {
    const { failure } = await rig.run('watchExportJob', { ...watch, seen: known }, { attempt: 2 });
    assert.equal(failure?.type, 'JobUnchanged');
  }
  rig.simulator.clock.advance(MINUTE_MS);
  for (const known of [seen, older]) {
    const settled = await look(rig, { ...watch, seen: known }, 2);
    assert.deepEqual(settled.days, {
      Completed: ['2026-10-01'],
      CompletedOrEmpty: ['2026-10-02..2026-10-03'],
    });
    assert.ok(settled.over, 'every day is told of');
  }
});

test('before a job is given up its files are looked for, however short its silence was', async (t) => {
  const { rig, watch } = await startWatch(t, { script: { days: [...UNTOLD_DAYS] } });
  const seen = await look(rig, watch);
  assert.deepEqual(seen.days, { Completed: ['2026-10-01'], Unaccounted: ['2026-10-02..2026-10-03'] });
  const last = await look(rig, { ...watch, seen, firstLook: 'now', returnUnchanged: true });
  assert.deepEqual(last.days, {
    Completed: ['2026-10-01'],
    CompletedOrEmpty: ['2026-10-02'],
    Unaccounted: ['2026-10-03'],
  });
});

test('a job that Twilio forgot keeps its final days, and the Days list tells of the others', async (t) => {
  const { rig, watch } = await startWatch(t, {
    script: {
      days: [
        { days: '2026-10-01', statuses: [{ status: 'Failed' }] },
        { days: '2026-10-02', statuses: [{ status: 'Running', for: '1 hour' }, { status: 'Completed' }] },
        { days: '2026-10-03', statuses: [{ status: 'Running', for: '9 days' }, { status: 'Completed' }] },
      ],
    },
  });
  const seen = await look(rig, watch);
  rig.simulator.clock.advance(2 * HOUR_MS);
  const picture = await look(rig, { ...watch, jobSid: `JS${'0'.repeat(32)}`, seen }, 2);
  assert.deepEqual(picture.days, {
    Failed: ['2026-10-01'],
    CompletedOrEmpty: ['2026-10-02'],
    Unaccounted: ['2026-10-03'],
  });
  assert.ok(picture.over && picture.gone, 'the job is over and gone');
  assert.deepEqual(picture.byStatus, { Failed: 1, CompletedOrEmpty: 1, Unaccounted: 1 });
});

test('a 404 for a job that was made just now ends none of its days', async (t) => {
  const { rig, watch } = await startWatch(t);
  const missing = { ...watch, jobSid: `JS${'0'.repeat(32)}` };
  const seen = await look(rig, watch);
  for (const known of [null, seen]) {
    const { failure } = await rig.run('watchExportJob', { ...missing, seen: known }, { attempt: 2 });
    assert.equal(failure?.type, 'TwilioUnavailable');
    assert.equal(failure?.nonRetryable, false);
    assert.equal(failure?.nextRetryDelay, watch.poll.minimumIntervalMs);
    assert.match(failure?.message ?? '', /404.*made a moment ago/);
  }
  rig.simulator.clock.advance(10 * MINUTE_MS);
  assert.ok((await look(rig, missing)).gone, 'the job is gone');
});

test('a single 404 among good answers is not the end of a job', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  rig.simulator.clock.advance(HOUR_MS);
  let requests = 0;
  const front = await startFront(t, rig.simulator.apiUrl, (request) =>
    ++requests === 1 && request.url?.includes('/Jobs/') ? { status: 404, body: notFoundBody } : null,
  );
  const { activities, close } = createActivities({
    accounts: {
      default: {
        accountSid: rig.simulator.accountSid,
        username: rig.simulator.accountSid,
        password: rig.simulator.authToken,
      },
    },
    destinations: { default: createFileStorage('file:./never-made') },
    twilioUrl: front,
    settings: quickSettings,
  });
  t.after(close);
  const { result, failure } = await runActivity(
    activities.watchExportJob,
    { ...watch, seen },
    { attempt: 2 },
  );
  assert.equal(result?.gone ?? false, false);
  assert.ok(failure === null || failure.type === 'JobUnchanged', failure?.message);
  assert.equal(requests, 2);
});

test("a proxy's 404 page is an outage and no word of Twilio's", async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  const page = { status: 404, body: '<html>no such site</html>' };
  const front = await startFront(t, rig.simulator.apiUrl, () => page);
  const behind = await startRig(t, { twilioUrl: front });
  const old = { ...watch, createdAt: '2020-01-01T00:00:00.000Z' };
  const picture = await look(behind, { ...old, seen }, 2);
  assert.equal(picture.gone, false);
  assert.deepEqual(
    picture.problems.map(({ type }) => type),
    ['TwilioUnavailable'],
  );
  const day = {
    ...identity,
    destination: 'default',
    day: '2026-10-01',
    status: 'CompletedEmptyRecords',
  } as const;
  for (const { failure, result } of [
    await behind.run('downloadExportDay', day),
    await behind.run('deleteExportJob', { ...identity, jobSid: watch.jobSid }),
  ]) {
    assert.equal(failure?.type, 'TwilioUnavailable', JSON.stringify(result));
    assert.match(failure?.message ?? '', /answered 404 \(without an error of Twilio's form\)/);
  }
});

test('an outage is one change when it begins, retries while it lasts, and one change when it ends', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  const mend = rig.simulator.faults.add({ kind: 'status503', operation: 'fetchJob' });
  const began = await look(rig, { ...watch, seen }, 2);
  assert.deepEqual(
    began.problems.map(({ type }) => type),
    ['TwilioUnavailable'],
  );
  assert.deepEqual(began.days, seen.days);
  assert.equal(rig.simulator.ledger().requests.fetchJob, 4, 'three tries in one attempt');

  const lasts = await rig.run('watchExportJob', { ...watch, seen: began }, { attempt: 4 });
  assert.equal(lasts.failure?.type, 'TwilioUnavailable');
  assert.equal(lasts.failure?.nonRetryable, false);
  assert.equal(lasts.failure?.nextRetryDelay, 160_000);
  const late = await rig.run('watchExportJob', { ...watch, seen: began }, { attempt: 40 });
  assert.equal(late.failure?.nextRetryDelay, watch.poll.maximumIntervalMs);

  mend();
  const ended = await look(rig, { ...watch, seen: began }, 5);
  assert.deepEqual(ended.problems, []);
});

test('a single reset is no problem at all', async (t) => {
  const { rig, watch } = await startWatch(t);
  rig.simulator.faults.add({ kind: 'resetBefore', operation: 'fetchJob', times: 2 });
  assert.deepEqual((await look(rig, watch)).problems, []);
});

test('credentials that stopped working are a problem that is asked about slowly', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  rig.simulator.faults.add({ kind: 'status401', operation: 'fetchJob' });
  const began = await look(rig, { ...watch, seen }, 2);
  assert.deepEqual(
    began.problems.map(({ type }) => type),
    ['AuthenticationRejected'],
  );
  assert.match(began.problems[0]?.problem ?? '', /401.*request id/);
  const lasts = await rig.run('watchExportJob', { ...watch, seen: began }, { attempt: 2 });
  assert.equal(lasts.failure?.type, 'AuthenticationRejected');
  assert.equal(lasts.failure?.nonRetryable, false);
  assert.equal(lasts.failure?.nextRetryDelay, watch.poll.maximumIntervalMs);
});

test('a rate limit is no change: the next look comes when Twilio says, capped', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  rig.simulator.faults.add({ kind: 'status429', retryAfter: 5 * 3_600, operation: 'fetchJob' });
  const { failure } = await rig.run('watchExportJob', { ...watch, seen }, { attempt: 2 });
  assert.equal(failure?.type, 'RateLimited');
  const delayMs = Number(failure?.nextRetryDelay);
  assert.ok(delayMs >= 15 * MINUTE_MS && delayMs <= 18 * MINUTE_MS, `${delayMs}`);
});

test('a Retry-After of no time is a second: at once it would only be refused again', async (t) => {
  const { rig, watch } = await startWatch(t);
  const seen = await look(rig, watch);
  rig.simulator.faults.add({ kind: 'status429', retryAfter: 0, operation: 'fetchJob' });
  const { failure } = await rig.run('watchExportJob', { ...watch, seen }, { attempt: 2 });
  const delayMs = Number(failure?.nextRetryDelay);
  assert.ok(delayMs >= 1_000 && delayMs <= 1_200, `${delayMs}`);
});

test('without a picture to return, an outage is a retried failure', async (t) => {
  const { rig, watch } = await startWatch(t);
  rig.simulator.faults.add({ kind: 'status500', operation: 'fetchJob' });
  const { failure } = await rig.run('watchExportJob', watch);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.equal(failure?.nonRetryable, false);
});

test('an account that this worker does not know later on is retried slowly', async (t) => {
  const { rig, watch } = await startWatch(t);
  const { failure } = await rig.run('watchExportJob', { ...watch, account: 'gone' });
  assert.equal(failure?.type, 'AuthenticationRejected');
  assert.equal(failure?.nonRetryable, false);
});

/** A job that tells of one day alone: a file tells of the second, and nothing tells of the third, which failed. */
const UNTOLD_DAYS = [
  { statuses: [{ status: 'Completed' }] },
  { days: '2026-10-02', inDetails: 'missing' },
  { days: '2026-10-03', inDetails: 'missing', statuses: [{ status: 'Failed' }] },
] as const satisfies SimulatorScript['days'];

interface StartWatchOptions {
  startDay?: string;
  endDay?: string;
  script?: SimulatorScript;
}

async function startWatch(
  t: TestContext,
  { startDay = '2026-10-01', endDay = '2026-10-03', script }: StartWatchOptions = {},
): Promise<{ rig: Rig; watch: WatchExportJobInput }> {
  const rig = await startRig(t, {
    simulator: { clock: { kind: 'manual', start: '2026-10-10T12:00:00Z' }, script },
  });
  const { result } = await rig.run('createExportJob', { ...create, startDay, endDay });
  assert.ok(result, 'a result');
  const { jobSid, friendlyName, createdAt } = result;
  const poll = { minimumIntervalMs: 10_000, maximumIntervalMs: 15 * MINUTE_MS };
  const watch = {
    ...identity,
    jobSid,
    friendlyName,
    startDay,
    endDay,
    createdAt,
    seen: null,
    firstLook: 'planned' as const,
    returnUnchanged: false,
    poll,
  };
  return { rig, watch };
}

async function look(rig: Rig, watch: WatchExportJobInput, attempt = 1): Promise<JobPicture> {
  const { result, error } = await rig.run('watchExportJob', watch, { attempt });
  assert.ok(result, String(error));
  return result;
}
