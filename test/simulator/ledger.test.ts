import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startTwilio } from './caller.ts';

test('the ledger is the same in code and over HTTP, where it needs no credentials', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-02', { FriendlyName: 'named' });
  const { status, json } = await call(`${twilio.simulator.apiUrl}/_simulator/ledger`);
  assert.equal(status, 200);
  assert.deepEqual(json, twilio.simulator.ledger());
});

test('the ledger tells which jobs were made, live, are over and were deleted', async () => {
  await using twilio = await startTwilio();
  const first = await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: 'first' });
  const second = await twilio.createJob('2026-10-02', '2026-10-03', { FriendlyName: 'second' });
  await twilio.api(`Jobs/${first}`, { method: 'DELETE' });
  const { jobs, jobsMade, jobsAlive, jobsDeleted, requests } = twilio.simulator.ledger();
  assert.deepEqual(
    jobs.map(({ jobSid, friendlyName, state }) => [jobSid, friendlyName, state]),
    [
      [first, 'first', 'deleted'],
      [second, 'second', 'alive'],
    ],
  );
  assert.deepEqual([jobsMade, jobsAlive, jobsDeleted], [2, 1, 1]);
  assert.deepEqual(requests, { createJob: 2, deleteJob: 1 });
  twilio.minutes(60);
  const later = twilio.simulator.ledger();
  assert.deepEqual([later.jobs[1]?.state, later.jobsAlive], ['over', 0]);
});

test('of each job the ledger tells whose, what, when and how its days stand', async () => {
  await using twilio = await startTwilio();
  const form = { StartDay: '2026-10-01', EndDay: '2026-10-12', FriendlyName: 'twelve' };
  const { job_sid: jobSid } = (await twilio.api('Calls/Jobs', { form })).json;
  twilio.minutes(12);
  const job = {
    jobSid,
    accountSid: twilio.simulator.accountSid,
    resourceType: 'Calls',
    friendlyName: 'twelve',
    startDay: '2026-10-01',
    endDay: '2026-10-12',
    createdAt: '2026-11-22T10:00:00.000Z',
    state: 'alive',
    deletedAt: null,
    byStatus: { Completed: 10, Running: 2 },
  };
  assert.deepEqual(twilio.simulator.ledger().jobs, [job]);
  assert.equal(twilio.simulator.ledger().now, '2026-11-22T10:12:00.000Z');
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  const { jobs } = twilio.simulator.ledger();
  assert.deepEqual(jobs, [
    {
      ...job,
      deletedAt: '2026-11-22T10:12:00.000Z',
      byStatus: { Completed: 10, RunningToBeDeleted: 2 },
    },
  ]);
});

test('the ledger counts every request by its operation, those to nowhere, and every answer by its status', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  await twilio.api('Messages');
  await twilio.api('Messages/Configuration');
  await twilio.api('Messages/Configuration', { form: { Enabled: 'maybe' } });
  await twilio.api('Messages/Jobs');
  await twilio.api(`Jobs/${jobSid}`);
  await twilio.api('Messages/Days');
  await call(await twilio.link('2026-10-01'));
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  await twilio.api('nowhere');
  await twilio.api('Messages', { method: 'DELETE' });
  await call(`${twilio.simulator.apiUrl}/v1/Exports/Messages`);
  const { requests, requestsToNowhere, answers } = twilio.simulator.ledger();
  assert.deepEqual(requests, {
    createJob: 1,
    fetchExport: 2,
    fetchConfiguration: 1,
    updateConfiguration: 1,
    listJobs: 1,
    fetchJob: 1,
    listDays: 1,
    fetchDay: 1,
    getFile: 1,
    deleteJob: 1,
  });
  assert.equal(requestsToNowhere, 2);
  assert.deepEqual(answers, { 200: 6, 201: 1, 204: 1, 307: 1, 400: 1, 401: 1, 404: 1, 405: 1 });
});

test('the ledger counts the faults that were played, by kind', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [
        { kind: 'status500', nth: [1, 3] },
        { kind: 'status503', nth: 2 },
      ],
    },
  });
  for (let count = 0; count < 4; count += 1) {
    await twilio.api('Messages');
  }
  assert.deepEqual(twilio.simulator.ledger().faults, { status500: 2, status503: 1 });
});

test('the ledger holds no credential and no link', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  const link = await twilio.link('2026-10-01');
  await call(link);
  const text = JSON.stringify(twilio.simulator.ledger());
  assert.equal(text.includes(twilio.simulator.authToken), false);
  assert.equal(text.includes(new URL(link).searchParams.get('X-Amz-Signature') ?? 'signature'), false);
});
