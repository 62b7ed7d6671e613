import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startTwilio } from './caller.ts';

test('the ledger is the same in code and over HTTP, where it needs no credentials', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-02', { FriendlyName: 'named' });
  const { status, json } = await call(`${twilio.simulator.apiUrl}/_simulator/ledger`);
  assert.equal(status, 200);
  assert.deepEqual({ ...json, answers: {} }, { ...twilio.simulator.ledger(), answers: {} });
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
  assert.equal(twilio.simulator.ledger().jobs[1]?.state, 'over');
});

test('the ledger holds no credential and no link', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  const link = await twilio.link('2026-10-01');
  await call(link);
  const text = JSON.stringify(twilio.simulator.ledger());
  assert.ok(!text.includes(twilio.simulator.authToken));
  assert.ok(!text.includes(new URL(link).searchParams.get('X-Amz-Signature') ?? 'signature'));
});
