import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startTwilio } from './caller.ts';

const ONE_OF_EACH = {
  days: [
    { days: '2026-10-01', statuses: [{ status: 'Completed' }] },
    { days: '2026-10-02', statuses: [{ status: 'Submitted', for: '1 day' }, { status: 'Completed' }] },
    { days: '2026-10-03', statuses: [{ status: 'Running', for: '1 day' }, { status: 'Completed' }] },
    { days: '2026-10-04', statuses: [{ status: 'ErrorDuringRun', for: '1 day' }, { status: 'Completed' }] },
    { days: '2026-10-05', statuses: [{ status: 'Failed' }] },
  ],
};

test('a DELETE stops what runs, drops what waits and leaves what is over', async () => {
  await using twilio = await startTwilio({ script: ONE_OF_EACH });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-05');
  const reply = await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  assert.deepEqual([reply.status, reply.bytes.length], [204, 0]);
  assert.deepEqual(await twilio.details(jobSid), [
    { status: 'Completed', count: 1, days: ['2026-10-01'] },
    { status: 'DeletedByUserRequest', count: 2, days: ['2026-10-02', '2026-10-04'] },
    { status: 'RunningToBeDeleted', count: 1, days: ['2026-10-03'] },
    { status: 'Failed', count: 1, days: ['2026-10-05'] },
  ]);
  assert.equal(twilio.simulator.ledger().jobs[0]?.state, 'alive');
  twilio.minutes(1);
  assert.deepEqual((await twilio.details(jobSid))[1], {
    status: 'DeletedByUserRequest',
    count: 3,
    days: ['2026-10-02', '2026-10-03', '2026-10-04'],
  });
  assert.equal(twilio.simulator.ledger().jobs[0]?.state, 'deleted');
});

test('a DELETE removes no file, and the days it stopped never get one', async () => {
  await using twilio = await startTwilio({ script: ONE_OF_EACH });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-05');
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  twilio.minutes(3 * 24 * 60);
  const { json } = await twilio.api('Messages/Days');
  assert.deepEqual(
    json.days.map(({ day }) => day),
    ['2026-10-01'],
  );
  assert.equal((await call(await twilio.link('2026-10-01'))).status, 200);
});

test('days belong to no job: they stay when their job is deleted after its end', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, 204);
  assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, 404);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 1);
  assert.equal((await call(await twilio.link('2026-10-01'))).status, 200);
});

test('nobody can delete a file', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  assert.equal((await twilio.api('Messages/Days/2026-10-01', { method: 'DELETE' })).status, 405);
  const { status } = await call(await twilio.link('2026-10-01'), { method: 'DELETE' });
  assert.equal(status, 405);
  assert.equal((await call(await twilio.link('2026-10-01'))).status, 200);
});

test('nobody is told of a job that was deleted', async () => {
  await using twilio = await startTwilio();
  const form = { Email: 'someone@example.com', WebhookUrl: 'http://example.invalid/', WebhookMethod: 'POST' };
  const waiting = await twilio.createJob('2026-10-01', '2026-10-05', form);
  const running = await twilio.createJob('2026-10-01', '2026-10-05', form);
  await twilio.api(`Jobs/${waiting}`, { method: 'DELETE' });
  twilio.minutes(11);
  await twilio.api(`Jobs/${running}`, { method: 'DELETE' });
  twilio.minutes(60);
  const { emails, webhooks, jobsAlive } = twilio.simulator.ledger();
  assert.deepEqual([emails, webhooks, jobsAlive], [[], [], 0]);
});

test('a file that is late comes after a DELETE, where its day was complete before it', async () => {
  await using twilio = await startTwilio({
    script: { life: { parallelDays: 1 }, days: [{ fileDelay: '30 minutes' }] },
  });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-03');
  twilio.minutes(13);
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  const statuses = (await twilio.details(jobSid)).map(({ status }) => status);
  assert.deepEqual(statuses, ['Completed', 'RunningToBeDeleted', 'DeletedByUserRequest']);
  assert.deepEqual((await twilio.api('Messages/Days')).json.days, []);
  twilio.minutes(24 * 60);
  const { json } = await twilio.api('Messages/Days');
  assert.deepEqual(
    json.days.map(({ day }) => day),
    ['2026-10-01'],
  );
});

test('a second DELETE neither ends nor begins anew the time in RunningToBeDeleted', async () => {
  await using twilio = await startTwilio({ script: { life: { runningToBeDeleted: '10 minutes' } } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(11);
  const seen: (string | undefined)[] = [];
  for (const minutes of [6, 4]) {
    assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, 204);
    seen.push((await twilio.details(jobSid))[0]?.status);
    twilio.minutes(minutes);
  }
  seen.push((await twilio.details(jobSid))[0]?.status);
  assert.deepEqual(seen, ['RunningToBeDeleted', 'RunningToBeDeleted', 'DeletedByUserRequest']);
  const { jobs, jobsDeleted } = twilio.simulator.ledger();
  assert.deepEqual([jobs[0]?.deletedAt, jobsDeleted], ['2026-11-22T10:11:00.000Z', 1]);
});

for (const deleteCompleteAnswers of [204, 404, 405] as const) {
  test(`a DELETE of a job that is over answers ${deleteCompleteAnswers} where the script says so`, async () => {
    await using twilio = await startTwilio({ script: { deleteCompleteAnswers } });
    const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
    twilio.minutes(60);
    assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, deleteCompleteAnswers);
    const isGone = deleteCompleteAnswers === 204;
    assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, isGone ? 404 : 200);
    assert.equal(twilio.simulator.ledger().jobsDeleted, isGone ? 1 : 0);
  });
}

test('a job that never was answers 404 to GET and DELETE', async () => {
  await using twilio = await startTwilio();
  for (const method of ['GET', 'DELETE']) {
    const { status, json } = await twilio.api(`Jobs/JS${'0'.repeat(32)}`, { method });
    assert.deepEqual([status, json.code], [404, 20_404]);
  }
});
