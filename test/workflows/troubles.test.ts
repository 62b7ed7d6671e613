import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { NextAttempt, Persistence } from '../../activities/api.ts';
import { Troubles } from '../../workflows/troubles.ts';

const SINCE = '2026-10-10T11:58:00.000Z';
const next = (waitMs: number): NextAttempt => ({
  type: 'StorageRejected',
  waitMs,
  attemptsBefore: 4,
  failing: { since: SINCE, times: 5 },
  word: { clearedAttempt: 5 },
});

/** As the workflow gets what an activity threw. */
const thrown = (type: string, message: string, ...details: unknown[]): Error => {
  const cause = ApplicationFailure.create({ type, message, details, nonRetryable: true });
  return new ActivityFailure('failed', 'activity', '1', 'NON_RETRYABLE_FAILURE', undefined, cause);
};

/** Calls an activity that ends as listed, call by call; without an end it returns. */
function play(...ends: Error[]) {
  let news = 0;
  const troubles = new Troubles({ now: () => '2026-10-10T12:00:00.000Z', announce: () => (news += 1) });
  const calls: Persistence[] = [];
  const tryOn = async (name = 'download') =>
    await troubles.tryOn({ name, day: '2026-10-01' }, (persistence) => {
      calls.push(persistence);
      const end = ends.shift();
      return end === undefined ? Promise.resolve('done') : Promise.reject(end);
    });
  return { troubles, calls, tryOn, news: () => news };
}

describe('the troubles of an export', () => {
  it('let each activity go on from the one that has told, and know all that was told before', async () => {
    const { calls, tryOn, troubles, news } = play(
      thrown('StillTrying', 'the token is refused', 'AuthenticationRejected', next(300_000)),
      thrown('StillTrying', 'the disk is read-only', 'StorageRejected', next(1_000)),
    );
    assert.equal(await tryOn(), 'done');
    assert.deepEqual(calls, [
      { toldOf: null },
      {
        toldOf: ['AuthenticationRejected'],
        goesOn: { ...next(300_000), message: 'the token is refused' },
      },
      {
        toldOf: ['AuthenticationRejected', 'StorageRejected'],
        goesOn: { ...next(1_000), message: 'the disk is read-only' },
      },
    ]);
    assert.deepEqual(troubles.problems(), []);
    assert.equal(news(), 2);
  });

  it('are all shown, each with its own words, since when, and where the attempt of now is to be seen', async () => {
    const cut = cutShort();
    const { tryOn, troubles } = play(
      thrown('StillTrying', 'the token is refused.', 'AuthenticationRejected', next(300_000)),
      thrown('StillTrying', 'the disk is read-only.', 'StorageRejected'),
      cut,
    );
    await assert.rejects(tryOn(), cut);
    const triedOn = 'It is being tried again: how the attempt of now fares is under Pending Activities.';
    assert.deepEqual(troubles.problems(), [
      { day: '2026-10-01', problem: `the token is refused. ${triedOn}`, since: SINCE },
      { day: '2026-10-01', problem: `the disk is read-only. ${triedOn}`, since: '2026-10-10T12:00:00.000Z' },
    ]);
  });

  it('stay known to a call after one that was cut short, which does not wait', async () => {
    const cut = cutShort();
    const { calls, tryOn } = play(
      thrown('StillTrying', 'the token is refused', 'AuthenticationRejected', next(300_000)),
      cut,
    );
    await assert.rejects(tryOn(), cut);
    await tryOn();
    assert.deepEqual(calls.at(-1), { toldOf: ['AuthenticationRejected'] });
  });

  it('are over with a failure of another kind', async () => {
    const corrupt = thrown('DayFileCorrupt', 'not whole');
    const { tryOn, troubles } = play(
      thrown('StillTrying', 'the token is refused', 'AuthenticationRejected', next(300_000)),
      corrupt,
    );
    await assert.rejects(tryOn(), corrupt);
    assert.deepEqual(troubles.problems(), []);
  });
});

/** What a call throws that the workflow has ended before it had an end of its own. */
function cutShort(): ActivityFailure {
  const cause = new CancelledFailure('cut');
  return new ActivityFailure('failed', 'a', '1', 'NON_RETRYABLE_FAILURE', undefined, cause);
}
