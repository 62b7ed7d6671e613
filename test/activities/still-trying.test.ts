import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/common';
import type { JobPicture } from '../../activities/index.ts';
import type { Persistence } from '../../activities/api.ts';
import { defaultSettings } from '../../activities/settings.ts';
import { tellWhileTrying } from '../../activities/still-trying.ts';
import { createStorageFailure, StorageProblem } from '../../activities/storage/storage-problem.ts';
import { createTwilioFailure } from '../../activities/twilio/twilio-failure.ts';
import { TwilioProblem } from '../../activities/twilio/twilio-problem.ts';
import { create, identity, type Rig, runActivity, startRig, watch } from './rig.ts';

const MINUTE_MS = 60_000;
const BEGAN_MS = Date.parse('2026-10-10T12:00:00Z');
/** An attempt so long after the beginning, before which so many have failed without a break, for so long. */
const later = (attempt: number, forMs: number, times: number) => ({
  attempt,
  scheduledTimestampMs: BEGAN_MS - 60 * MINUTE_MS,
  currentAttemptScheduledTimestampMs: BEGAN_MS + forMs,
  heartbeatDetails: times === 0 ? undefined : { failing: { since: new Date(BEGAN_MS).toISOString(), times } },
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
    [failure?.type, failure?.nonRetryable, failure?.details?.[0]],
    ['StillTrying', true, 'AuthenticationRejected'],
  );
  assert.match(failure?.message ?? '', /Could not create .* Twilio answered 401.* Check the Account SID/);

  const look = await run('watchExportJob', { ...watch, toldOf: null });
  assert.equal(look.failure?.details?.[0], 'AuthenticationRejected');
  assert.match(look.failure?.message ?? '', /^Could not look at the job/);
  const day = await run('downloadExportDay', { ...download, toldOf: null });
  assert.match(day.failure?.message ?? '', /^Could not download the day/);
  assert.equal(day.failure?.type, 'StillTrying');
});

test('what is known already is not told again, what differs from it is, up to a number', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status401' });
  const typeWhere = async (toldOf: string[]) =>
    (await run('createExportJob', { ...underWay, toldOf })).failure?.type;
  assert.equal(await typeWhere(['AuthenticationRejected']), 'AuthenticationRejected');
  assert.equal(await typeWhere(['AuthenticationRejected', 'StorageRejected']), 'AuthenticationRejected');
  assert.equal(await typeWhere(['TwilioUnavailable']), 'StillTrying');
  const many = Array.from({ length: 10 }, (_, number) => `Other${number}`);
  assert.equal(await typeWhere(many.slice(1)), 'StillTrying');
  assert.equal(await typeWhere(many), 'AuthenticationRejected');
});

test('a heartbeat says whether the workflow was told of what an attempt failed by', async (t) => {
  const { simulator, run } = await startRig(t);
  const saysTold = async (input: Partial<Persistence>): Promise<unknown> => {
    const { heartbeats } = await run('watchExportJob', { ...watch, ...input });
    return (heartbeats.at(-1) as { failing: { told: unknown } }).failing.told;
  };
  simulator.faults.add({ kind: 'status401' });
  const { failure } = await run('watchExportJob', { ...watch, toldOf: null });
  assert.equal(await saysTold(nextOf(failure)), true, 'the first after the one that has told');
  assert.equal(await saysTold({ toldOf: ['AuthenticationRejected'] }), true);
  simulator.faults.clear();
  simulator.faults.add({ kind: 'status503' });
  assert.equal(
    await saysTold({ toldOf: ['AuthenticationRejected'] }),
    false,
    'another trouble, too young to tell',
  );
  const many = Array.from({ length: 10 }, (_, number) => `Other${number}`);
  assert.equal(await saysTold({ toldOf: many }), false, 'one of too many');
});

test('what a person has to mend is another trouble than one of its type that passes by itself', async (t) => {
  const rules = { tellAfterMs: 60 * MINUTE_MS };
  const options = { doing: 'Could not', expected: 'Expected 200', settings: defaultSettings };
  const full = createStorageFailure(new StorageProblem('full', 'no space'), options);
  const told = async (failure: ApplicationFailure, toldOf: string[]): Promise<unknown> => {
    const ran = await runActivity(
      () => tellWhileTrying({ toldOf }, rules, () => Promise.reject(failure)),
      null,
    );
    return ran.failure?.type === 'StillTrying' && ran.failure.details?.[0];
  };
  assert.equal(await told(full, ['StorageUnavailable']), 'StorageUnavailable for a person');
  assert.equal(await told(full, ['StorageUnavailable for a person']), false);
  const busy = createStorageFailure(new StorageProblem('busy', 'busy'), options);
  assert.equal(await told(busy, ['StorageUnavailable for a person']), false, 'it may pass');
  const answer = {
    message: 'Twilio answered',
    status: 400,
    atMs: 0,
    retryAfterMs: null,
    carriedOut: 'no',
  } as const;
  for (const kind of ['rejected', 'notFound'] as const) {
    const problem = new TwilioProblem({ ...answer, kind });
    const failure = createTwilioFailure(problem, options);
    assert.equal(await told(failure, ['TwilioUnavailable']), 'TwilioUnavailable for a person');
  }
  const { run } = await startRig(t);
  const early = await run('watchExportJob', { ...watch, toldOf: null });
  assert.equal(
    early.failure?.type,
    'TwilioUnavailable',
    'a job that is not to be seen yet is no matter of a person',
  );
});

test('an outage is told once it has lasted for two minutes and for three attempts, and no sooner', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status503' });
  const typeAfter = async (times: number, forMs: number) => {
    const input = { ...create, toldOf: null };
    return (await run('createExportJob', input, later(9, forMs, times - 1))).failure?.type;
  };
  assert.equal(await typeAfter(3, 2 * MINUTE_MS - 1), 'TwilioUnavailable');
  assert.equal(await typeAfter(2, 60 * MINUTE_MS), 'TwilioUnavailable');
  assert.equal(
    await typeAfter(1, 60 * MINUTE_MS),
    'TwilioUnavailable',
    'attempts that were lost count as none',
  );
  assert.equal(await typeAfter(3, 2 * MINUTE_MS), 'StillTrying');
  const reuse = { ...identity, destination: 'default', startDay: '2026-10-01', endDay: '2026-10-01' };
  const found = await run(
    'findReusableDays',
    { ...reuse, reuse: 'available', foreignFiles: 'accept', toldOf: null },
    later(3, 2 * MINUTE_MS, 2),
  );
  assert.equal(found.failure?.type, 'StillTrying');
});

test('attempts that fail are counted from heartbeat to heartbeat, and one that was no trouble ends the count', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { dayAppearsWithinMs: 600_000 } });
  const input = { ...download, toldOf: null };
  const at = (attempt: number, afterMs: number, heartbeatDetails: unknown) => ({
    attempt,
    scheduledTimestampMs: BEGAN_MS - 60 * MINUTE_MS,
    currentAttemptScheduledTimestampMs: BEGAN_MS + afterMs,
    heartbeatDetails,
  });
  simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
  const first = await run('downloadExportDay', input, at(5, 0, undefined));
  const second = await run('downloadExportDay', input, at(6, MINUTE_MS, first.heartbeats.at(-1)));
  assert.deepEqual([first.failure?.type, second.failure?.type], ['TwilioUnavailable', 'TwilioUnavailable']);
  const words = second.heartbeats.at(-1);
  const third = await run('downloadExportDay', input, at(7, 9 * MINUTE_MS, words));
  assert.equal(third.failure?.type, 'StillTrying');

  simulator.faults.clear();
  const absent = await run('downloadExportDay', input, at(7, 5 * MINUTE_MS, words));
  assert.equal(absent.failure?.type, 'DayNotAvailable');
  simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
  const fourth = await run('downloadExportDay', input, at(8, 9 * MINUTE_MS, absent.heartbeats.at(-1)));
  assert.equal(fourth.failure?.type, 'TwilioUnavailable', 'a new outage begins');

  simulator.faults.clear();
  simulator.faults.add({ kind: 'slow', delayMs: 100, operation: 'fetchDay' });
  const lost = await run('downloadExportDay', input, at(7, 5 * MINUTE_MS, words), (env) => {
    setTimeout(() => env.cancel(), 60);
  });
  assert.equal((lost.error as Error | null)?.name, 'CancelledFailure');
  assert.deepEqual(lost.heartbeats.at(-1), { failing: (words as { failing: unknown }).failing });
});

test('what is final, and what is no trouble, stays what it is', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status401', operation: 'listJobs' });
  const final = await run('createExportJob', { ...create, toldOf: null });
  assert.equal(final.failure?.type, 'AuthenticationRejected', 'nothing has worked yet');
  const absent = await run('downloadExportDay', { ...download, toldOf: null }, later(9, 60 * MINUTE_MS, 8));
  assert.equal(absent.failure?.type, 'DayNotAvailable');
});

test('an error that nobody foresaw is told by its name, without links', async () => {
  const broken = () => Promise.reject(new TypeError('no https://store.test/x?signature=1 here'));
  const told = await runActivity(
    () => tellWhileTrying({ toldOf: null }, { tellAfterMs: 2 * MINUTE_MS }, broken),
    null,
    later(3, 2 * MINUTE_MS, 2),
  );
  assert.deepEqual([told.failure?.type, told.failure?.details?.[0]], ['StillTrying', 'TypeError']);
  assert.match(told.failure?.message ?? '', /does not know \[TypeError\]: no \[link removed\] here/);
  const soon = await runActivity(
    () => tellWhileTrying({ toldOf: null }, { tellAfterMs: 2 * MINUTE_MS }, broken),
    null,
  );
  assert.ok(soon.error instanceof TypeError, 'as it is');
});

/** What the workflow calls next, after a failure that told. */
function nextOf(failure: ApplicationFailure | null): Required<Persistence> {
  assert.equal(failure?.type, 'StillTrying');
  const [trouble, next] = failure.details as [string, Omit<Required<Persistence>['goesOn'], 'message'>];
  return { toldOf: [trouble], goesOn: { ...next, message: failure.message } };
}

/** The second attempt of an activity, as its first has left it. */
const second = (first: Awaited<ReturnType<Rig['run']>>) => ({
  attempt: 2,
  heartbeatDetails: first.heartbeats.at(-1),
});

test('an activity after one that has told asks nobody before the time of the next attempt', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { slowRetryMs: 300_000 } });
  const asked = () => simulator.ledger().requests.fetchDay ?? 0;
  for (const fault of [{ kind: 'status429', retryAfter: 300 }, { kind: 'status401' }] as const) {
    simulator.faults.add({ ...fault, operation: 'fetchDay' });
    const told = await run('downloadExportDay', { ...download, toldOf: null });
    simulator.faults.clear();
    const input = { ...download, ...nextOf(told.failure) };
    const before = asked();
    const first = await run('downloadExportDay', input);
    assert.equal(asked(), before);
    assert.deepEqual(
      [first.failure?.message, first.failure?.nonRetryable, first.failure?.type],
      [told.failure?.message, false, input.goesOn.type],
    );
    const delay = Number(first.failure?.nextRetryDelay);
    assert.ok(delay >= 300_000 && delay <= 360_000, String(delay));
    await run('downloadExportDay', input, second(first));
    assert.equal(asked(), before + 1, 'the second asks');
    await run('downloadExportDay', input, { scheduledTimestampMs: 1, currentAttemptScheduledTimestampMs: 2 });
    assert.equal(asked(), before + 2, 'whoever resets the activity does not wait');
  }
});

test('its pauses go on growing as if it were the same activity', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
  const retryPolicy = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 300_000 };
  const told = await run(
    'downloadExportDay',
    { ...download, toldOf: null },
    { ...later(5, 2 * MINUTE_MS, 4), retryPolicy },
  );
  const input = { ...download, ...nextOf(told.failure) };
  let last = await run('downloadExportDay', input, { retryPolicy });
  const delays = [last.failure?.nextRetryDelay];
  for (const attempt of [2, 3, 4, 5, 6]) {
    last = await run('downloadExportDay', input, {
      attempt,
      retryPolicy,
      heartbeatDetails: last.heartbeats.at(-1),
    });
    assert.equal(last.failure?.type, 'TwilioUnavailable');
    delays.push(last.failure?.nextRetryDelay);
  }
  assert.deepEqual(delays, [16_000, 32_000, 64_000, 128_000, 256_000, 300_000]);
  assert.deepEqual(
    last.heartbeats.at(-1),
    { failing: { since: new Date(BEGAN_MS).toISOString(), times: 10, told: true } },
    'five before and five since then',
  );

  // So do those that an activity sets itself.
  simulator.faults.clear();
  simulator.faults.add({ kind: 'status503', operation: 'fetchJob' });
  const goesOn = { ...input.goesOn, attemptsBefore: 3 };
  const look = await run(
    'watchExportJob',
    { ...watch, toldOf: ['TwilioUnavailable'], goesOn },
    { attempt: 2 },
  );
  assert.equal(look.failure?.nextRetryDelay, 10_000 * 2 ** 5);
});

test('a download after one that has told waits for a slot as one of many attempts', async (t) => {
  const { simulator, run } = await startRig(t, { downloadSlots: 1, settings: { slotsBusyMs: 1_000 } });
  simulator.faults.add({ kind: 'slow', delayMs: 100, operation: 'fetchDay', times: 2 });
  const others = ['2026-10-02', '2026-10-03'].map((day) => run('downloadExportDay', { ...download, day }));
  const failing = { since: new Date(BEGAN_MS).toISOString(), times: 1 };
  const goesOn = { type: 'TwilioUnavailable', message: '', waitMs: 1, attemptsBefore: 3, failing };
  const input = { ...download, toldOf: ['TwilioUnavailable'], goesOn };
  const busy = await run('downloadExportDay', input, { attempt: 2 });
  assert.equal(busy.failure?.type, 'DownloadSlotsBusy');
  assert.ok(Number(busy.failure.nextRetryDelay) >= 16_000, String(busy.failure.nextRetryDelay));
  await Promise.all(others);
});

test('a day that was missing before its download has told is missing all the time', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { dayAppearsWithinMs: 600_000 } });
  const input = { ...download, toldOf: null };
  const absent = await run('downloadExportDay', input);
  assert.equal(absent.failure?.type, 'DayNotAvailable');
  simulator.faults.add({ kind: 'status401', operation: 'fetchDay', times: 1 });
  const told = await run('downloadExportDay', input, second(absent));
  const after = { ...download, ...nextOf(told.failure) };
  const first = await run('downloadExportDay', after);
  simulator.clock.advance(600_000);
  const last = await run('downloadExportDay', after, second(first));
  assert.deepEqual([last.failure?.type, last.failure?.nonRetryable], ['DayNotAvailable', true]);
});

test('a create after one that has told settles before it searches, as a request may be on its way', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  const told = await run('createExportJob', { ...create, toldOf: null }, later(3, 2 * MINUTE_MS, 2));
  const input = { ...create, ...nextOf(told.failure) };
  const first = await run('createExportJob', input);
  const startMs = performance.now();
  const { result } = await run('createExportJob', input, second(first));
  assert.ok(performance.now() - startMs >= 79, 'waited as long as the service may take');
  assert.deepEqual([result?.adopted, simulator.ledger().jobsMade], [true, 1]);

  // So does one of which nothing is known but that another has told.
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  await run('createExportJob', { ...create, submission: 3, toldOf: null });
  const knownMs = performance.now();
  await run('createExportJob', { ...create, submission: 3, toldOf: ['TwilioUnavailable'] });
  assert.ok(performance.now() - knownMs >= 79, 'waited too');

  // So does one whose first attempt a person has reset, whatever the last word was.
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  const other = { ...input, submission: 2 };
  await run('createExportJob', other, { attempt: 2, heartbeatDetails: { clearedAttempt: 4 } });
  const resetMs = performance.now();
  const afterReset = { scheduledTimestampMs: 1, currentAttemptScheduledTimestampMs: 2 };
  const reset = await run('createExportJob', other, afterReset);
  assert.ok(performance.now() - resetMs >= 79, 'waited again');
  assert.deepEqual([reset.result?.adopted, simulator.ledger().jobsMade], [true, 3]);
});

test('a create after one that has sent nothing need not settle', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 60_000 } });
  simulator.faults.add({ kind: 'status401', operation: 'listJobs', times: 1 });
  const told = await run('createExportJob', { ...underWay, toldOf: null });
  const input = { ...underWay, ...nextOf(told.failure) };
  const first = await run('createExportJob', input);
  const { result } = await run('createExportJob', input, second(first), (env) => {
    setTimeout(() => env.cancel(), 5_000).unref();
  });
  assert.equal(result?.adopted, false);
});

test('looks at a known job tell what is no part of its picture, and return once they work again', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result: job } = await run('createExportJob', create);
  const look = { ...watch, ...job, firstLook: 'now', toldOf: null } as const;
  const { result: seen } = await run('watchExportJob', look);
  assert.ok(seen, 'a picture');

  const unknown = await run('watchExportJob', { ...look, seen, account: 'east' });
  assert.equal(unknown.failure?.details?.[0], 'AuthenticationRejected');
  assert.match(unknown.failure?.message ?? '', /account must be a name that the worker knows/);
  const mended = await run('watchExportJob', { ...look, seen, toldOf: ['AuthenticationRejected'] });
  assert.deepEqual(mended.result?.days, seen.days);

  // A problem with Twilio is in the picture.
  simulator.faults.add({ kind: 'status401' });
  const problems: JobPicture['problems'] = [{ type: 'AuthenticationRejected', problem: 'said' }];
  const said = await run('watchExportJob', { ...look, seen: { ...seen, problems } });
  assert.equal(said.failure?.type, 'AuthenticationRejected');
});

test('looks that are refused for their pace are told once none has got an answer for long', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result: job } = await run('createExportJob', create);
  const look = { ...watch, ...job, firstLook: 'now', toldOf: null } as const;
  const { result: seen } = await run('watchExportJob', look);
  assert.ok(seen, 'a picture');
  simulator.faults.add({ kind: 'status429', retryAfter: 1 });
  // After hours of looks that saw no change.
  const first = await run('watchExportJob', { ...look, seen }, later(9, 60 * MINUTE_MS, 0));
  assert.equal(first.failure?.type, 'RateLimited');
  const third = await run('watchExportJob', { ...look, seen }, later(11, 2 * MINUTE_MS, 2));
  assert.deepEqual([third.failure?.type, third.failure?.details?.[0]], ['StillTrying', 'RateLimited']);
  simulator.faults.clear();
  const heartbeatDetails = third.heartbeats.at(-1);
  const answered = await run('watchExportJob', { ...look, seen }, { attempt: 12, heartbeatDetails });
  assert.equal(answered.failure?.type, 'JobUnchanged');
  assert.equal(answered.heartbeats.at(-1), undefined, 'an answer ends the streak');
});
