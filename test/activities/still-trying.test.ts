import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobPicture } from '../../activities/index.ts';
import { create, identity, startRig, watch } from './rig.ts';

const MINUTE_MS = 60_000;
/** Attempts of an activity that began at some time, so long after it. */
const later = (attempt: number, forMs: number) => ({
  attempt,
  scheduledTimestampMs: 1_000,
  currentAttemptScheduledTimestampMs: 1_000 + forMs,
});
const underWay = { ...create, isUnderWay: true };
const download = {
  ...identity,
  destination: 'default',
  day: '2026-10-01',
  status: 'Completed',
} as const;

test('what a person has to mend is told at once, in the words of the failure, and to nobody who does not ask', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status401' });
  const known = await run('createExportJob', underWay);
  assert.deepEqual([known.failure?.type, known.failure?.nonRetryable], ['AuthenticationRejected', false]);

  const { failure } = await run('createExportJob', { ...underWay, toldOf: null });
  assert.deepEqual(
    [failure?.type, failure?.nonRetryable, failure?.details],
    ['StillTrying', true, ['AuthenticationRejected']],
  );
  assert.match(failure?.message ?? '', /Could not create .* Twilio answered 401.* Check the Account SID/);

  const look = await run('watchExportJob', { ...watch, toldOf: null });
  assert.deepEqual(look.failure?.details, ['AuthenticationRejected']);
  assert.match(look.failure?.message ?? '', /^Could not look at the job/);
  const day = await run('downloadExportDay', { ...download, toldOf: null });
  assert.match(day.failure?.message ?? '', /^Could not download the day/);
  assert.equal(day.failure?.type, 'StillTrying');
});

test('what is known already is not told again, what differs from it is', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status401' });
  const again = await run('createExportJob', { ...underWay, toldOf: 'AuthenticationRejected' });
  assert.deepEqual([again.failure?.type, again.failure?.nonRetryable], ['AuthenticationRejected', false]);
  const other = await run('createExportJob', { ...underWay, toldOf: 'TwilioUnavailable' });
  assert.equal(other.failure?.type, 'StillTrying');
});

test('an outage is told once it has lasted for two minutes and for three attempts, and no sooner', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status503' });
  const typeAfter = async (attempt: number, forMs: number) => {
    const input = { ...create, toldOf: null };
    return (await run('createExportJob', input, later(attempt, forMs))).failure?.type;
  };
  assert.equal(await typeAfter(3, 2 * MINUTE_MS - 1), 'TwilioUnavailable');
  assert.equal(await typeAfter(2, 60 * MINUTE_MS), 'TwilioUnavailable');
  assert.equal(await typeAfter(3, 2 * MINUTE_MS), 'StillTrying');
  const reuse = { ...identity, destination: 'default', startDay: '2026-10-01', endDay: '2026-10-01' };
  const found = await run(
    'findReusableDays',
    { ...reuse, reuse: 'available', foreignFiles: 'accept', toldOf: null },
    later(3, 2 * MINUTE_MS),
  );
  assert.equal(found.failure?.type, 'StillTrying');
});

test('what is final, and what is no trouble, stays what it is', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status401', operation: 'listJobs' });
  const final = await run('createExportJob', { ...create, toldOf: null });
  assert.equal(final.failure?.type, 'AuthenticationRejected', 'nothing has worked yet');
  const absent = await run('downloadExportDay', { ...download, toldOf: null }, later(9, 60 * MINUTE_MS));
  assert.equal(absent.failure?.type, 'DayNotAvailable');
});

test('a create after one that has told settles before it searches, as a request may be on its way', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  await run('createExportJob', { ...create, toldOf: null });
  const startMs = performance.now();
  const { result } = await run('createExportJob', { ...create, toldOf: 'TwilioUnavailable' });
  assert.ok(performance.now() - startMs >= 79, 'waited as long as the service may take');
  assert.deepEqual([result?.adopted, simulator.ledger().jobsMade], [true, 1]);
});

test('looks at a known job tell what is no part of its picture, and return once they work again', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result: job } = await run('createExportJob', create);
  const look = { ...watch, ...job, firstLook: 'now', toldOf: null } as const;
  const { result: seen } = await run('watchExportJob', look);
  assert.ok(seen, 'a picture');

  const unknown = await run('watchExportJob', { ...look, seen, account: 'east' });
  assert.deepEqual(unknown.failure?.details, ['AuthenticationRejected']);
  assert.match(unknown.failure?.message ?? '', /account must be a name that the worker knows/);
  const mended = await run('watchExportJob', { ...look, seen, toldOf: 'AuthenticationRejected' });
  assert.deepEqual(mended.result?.days, seen.days);

  // A problem with Twilio is in the picture, and an outage after hours of looks that saw no change is a first one.
  simulator.faults.add({ kind: 'status401' });
  const problems: JobPicture['problems'] = [{ type: 'AuthenticationRejected', problem: 'said' }];
  const said = await run('watchExportJob', { ...look, seen: { ...seen, problems } });
  assert.equal(said.failure?.type, 'AuthenticationRejected');
  simulator.faults.clear();
  simulator.faults.add({ kind: 'status429', retryAfter: 1 });
  const limited = await run('watchExportJob', { ...look, seen }, later(9, 60 * MINUTE_MS));
  assert.equal(limited.failure?.type, 'RateLimited');
});
