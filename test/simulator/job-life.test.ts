import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwilio } from './caller.ts';

const ALL_STATUSES = [
  'Submitted',
  'Running',
  'ErrorDuringRun',
  'Completed',
  'CompletedEmptyRecords',
  'Failed',
  'RunningToBeDeleted',
  'DeletedByUserRequest',
];

test('without a script a day is submitted, runs and completes', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  const statuses: string[] = [];
  for (const minutes of [0, 10, 2]) {
    twilio.minutes(minutes);
    statuses.push((await twilio.details(jobSid))[0]?.status ?? '');
  }
  assert.deepEqual(statuses, ['Submitted', 'Running', 'Completed']);
});

test('a script leads a day through any statuses, unknown words too, each for its time', async () => {
  const words = [...ALL_STATUSES, 'Archiving'];
  const statuses = words.map((status, index) =>
    index === words.length - 1 ? { status } : { status, for: '10 minutes' },
  );
  await using twilio = await startTwilio({ script: { days: [{ statuses }] } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  for (const status of words) {
    assert.deepEqual(await twilio.details(jobSid), [{ status, count: 1, days: ['2026-10-01'] }]);
    twilio.minutes(10);
  }
});

test('a job may end mixed, and a day that failed completes in its next submission', async () => {
  const failing = [{ status: 'Submitted', for: '5 minutes' }, { status: 'Failed' }];
  await using twilio = await startTwilio({
    script: { days: [{ days: '2026-10-02', submissions: [1], statuses: failing }] },
  });
  const first = await twilio.createJob('2026-10-01', '2026-10-03');
  twilio.minutes(20);
  assert.deepEqual(await twilio.details(first), [
    { status: 'Completed', count: 2, days: ['2026-10-01', '2026-10-03'] },
    { status: 'Failed', count: 1, days: ['2026-10-02'] },
  ]);
  const second = await twilio.createJob('2026-10-02', '2026-10-02');
  twilio.minutes(20);
  assert.deepEqual(await twilio.details(second), [{ status: 'Completed', count: 1, days: ['2026-10-02'] }]);
});

test('Twilio itself runs a day again after ErrorDuringRun', async () => {
  await using twilio = await startTwilio({ script: { life: { errorRate: 1 } } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(12);
  assert.equal((await twilio.details(jobSid))[0]?.status, 'ErrorDuringRun');
  twilio.minutes(30);
  assert.equal((await twilio.details(jobSid))[0]?.status, 'Running');
  twilio.minutes(2);
  assert.equal((await twilio.details(jobSid))[0]?.status, 'Completed');
});

for (const status of ['Completed', 'CompletedEmptyRecords', 'Failed', 'DeletedByUserRequest']) {
  test(`${status} is final: the job is over, and gone seven days later`, async () => {
    await using twilio = await startTwilio({ script: { days: [{ statuses: [{ status }] }] } });
    const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
    const { json } = await twilio.api(`Jobs/${jobSid}`);
    assert.deepEqual([json.job_queue_position, json.estimated_completion_time], [null, null]);
    assert.equal(twilio.simulator.ledger().jobs[0]?.state, 'over');
    twilio.minutes(7 * 24 * 60);
    assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, 404);
  });
}

for (const status of ['Submitted', 'Running', 'ErrorDuringRun', 'RunningToBeDeleted', 'Archiving']) {
  test(`${status} is not final: a day that stays in it keeps its job alive and without an estimate`, async () => {
    await using twilio = await startTwilio({ script: { days: [{ statuses: [{ status }] }] } });
    const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
    twilio.minutes(30 * 24 * 60);
    const { json } = await twilio.api(`Jobs/${jobSid}`);
    assert.deepEqual([json.job_queue_position, json.estimated_completion_time], ['1', null]);
    const { jobsAlive, emails } = twilio.simulator.ledger();
    assert.deepEqual([jobsAlive, emails], [1, []]);
    assert.equal((await twilio.api('Messages/Days')).json.days.length, 0);
  });
}

test('several jobs run at the same time', async () => {
  await using twilio = await startTwilio();
  const first = await twilio.createJob('2026-10-01', '2026-10-01');
  const second = await twilio.createJob('2026-10-02', '2026-10-02');
  twilio.minutes(10);
  for (const jobSid of [first, second]) {
    assert.equal((await twilio.details(jobSid))[0]?.status, 'Running');
  }
});

test('a large job runs some of its days at a time', async () => {
  await using twilio = await startTwilio({ script: { life: { parallelDays: 2 } } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-05');
  twilio.minutes(12);
  assert.deepEqual(await twilio.details(jobSid), [
    { status: 'Completed', count: 2, days: ['2026-10-01', '2026-10-02'] },
    { status: 'Running', count: 2, days: ['2026-10-03', '2026-10-04'] },
    { status: 'Submitted', count: 1, days: ['2026-10-05'] },
  ]);
});

test('rates decide by the seed: the same seed gives the same job', async () => {
  const script = { life: { emptyRate: 0.3, failedRate: 0.3, errorRate: 0.3 } };
  const pictures: unknown[] = [];
  for (const seed of ['one', 'one', 'two']) {
    await using twilio = await startTwilio({ script, seed });
    const jobSid = await twilio.createJob('2026-09-01', '2026-09-30');
    twilio.minutes(120);
    pictures.push(await twilio.details(jobSid));
  }
  assert.deepEqual(pictures[0], pictures[1]);
  assert.notDeepEqual(pictures[0], pictures[2]);
  assert.deepEqual((pictures[0] as { status: string }[]).map(({ status }) => status).toSorted(), [
    'Completed',
    'CompletedEmptyRecords',
    'Failed',
  ]);
});

test('details come as a list with days, with null days, as null and as an empty list', async () => {
  await using twilio = await startTwilio({
    script: {
      details: [
        { form: 'null', until: '1 minute' },
        { form: 'emptyList', from: '1 minute', until: '2 minutes' },
        { form: 'daysNull', from: '2 minutes', until: '3 minutes' },
      ],
    },
  });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-02');
  const forms: unknown[] = [];
  for (let minute = 0; minute < 4; minute += 1) {
    forms.push(await twilio.details(jobSid));
    twilio.minutes(1);
  }
  assert.deepEqual(forms, [
    null,
    [],
    [{ status: 'Submitted', count: 2, days: null }],
    [{ status: 'Submitted', count: 2, days: ['2026-10-01', '2026-10-02'] }],
  ]);
});

test('days may be null even when all are Completed', async () => {
  await using twilio = await startTwilio({ script: { details: [{ form: 'daysNull' }] } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-02');
  twilio.minutes(60);
  assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 2, days: null }]);
});

test('a form of details may be one of some jobs and of one type alone', async () => {
  await using twilio = await startTwilio({
    script: { details: [{ form: 'null', resourceType: 'Messages', jobs: [2] }] },
  });
  const first = await twilio.createJob('2026-10-01', '2026-10-01');
  const second = await twilio.createJob('2026-10-01', '2026-10-01');
  const form = { StartDay: '2026-10-01', EndDay: '2026-10-01', FriendlyName: 'x' };
  await twilio.api('Calls/Jobs', { form });
  const { job_sid: call } = (await twilio.api('Calls/Jobs', { form })).json;
  const named = [{ status: 'Submitted', count: 1, days: ['2026-10-01'] }];
  assert.deepEqual(
    [await twilio.details(first), await twilio.details(second), await twilio.details(call)],
    [named, null, named],
  );
});

test('days are named, only counted, or left out of the details', async () => {
  await using twilio = await startTwilio({
    script: {
      days: [
        { days: '2026-10-02', inDetails: 'counted' },
        { days: '2026-10-03', inDetails: 'missing' },
      ],
    },
  });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-03');
  assert.deepEqual(await twilio.details(jobSid), [{ status: 'Submitted', count: 2, days: ['2026-10-01'] }]);
});

test('the queue position never rises while jobs come and go, and is null when the job is over', async () => {
  await using twilio = await startTwilio({ script: { life: { jobsAhead: 5 } } });
  await twilio.createJob('2026-09-01', '2026-09-30');
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-30');
  const positions: (number | null)[] = [];
  for (let minute = 0; minute < 20; minute += 1) {
    const { json } = await twilio.api(`Jobs/${jobSid}`);
    positions.push(json.job_queue_position === null ? null : Number(json.job_queue_position));
    await twilio.createJob('2026-10-01', '2026-10-01');
    twilio.minutes(1);
  }
  const numbers = positions.filter((position) => position !== null);
  assert.equal(numbers[0], 7);
  assert.deepEqual(
    numbers,
    numbers.toSorted((one, other) => other - one),
  );
  assert.deepEqual([numbers.at(-1), positions.at(-1)], [2, null]);
});

test('the estimate tells when the job is over, in UTC without saying so', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-30');
  const before = await twilio.api(`Jobs/${jobSid}`);
  assert.equal(before.json.estimated_completion_time, '2026-11-22T10:16:00.000');
  twilio.minutes(16);
  const after = await twilio.api(`Jobs/${jobSid}`);
  assert.equal(after.json.estimated_completion_time, null);
});

test('the estimate is made when it is asked for: a job that is deleted is over at once', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-30');
  twilio.minutes(11);
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  const { json } = await twilio.api(`Jobs/${jobSid}`);
  assert.equal(json.estimated_completion_time, '2026-11-22T10:12:00.000');
});

test('a new script lifts no job in the queue', async () => {
  await using twilio = await startTwilio({ script: { life: { submitted: '1 hour', jobsAhead: 6 } } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  const position = async () => (await twilio.api(`Jobs/${jobSid}`)).json.job_queue_position;
  twilio.minutes(30);
  assert.equal(await position(), '4');
  twilio.simulator.setScript({ life: { submitted: '10 hours', jobsAhead: 50 } });
  assert.equal(await position(), '4');
  twilio.minutes(20);
  assert.equal(await position(), '2');
});

test('a new script holds for jobs made after it', async () => {
  await using twilio = await startTwilio();
  const first = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.simulator.setScript({ days: [{ statuses: [{ status: 'Failed' }] }] });
  const second = await twilio.createJob('2026-10-01', '2026-10-01');
  assert.equal((await twilio.details(first))[0]?.status, 'Submitted');
  assert.equal((await twilio.details(second))[0]?.status, 'Failed');
});
