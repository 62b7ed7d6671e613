import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerInTime } from '../../activities/storage/answer-in-time.ts';
import { StorageProblem } from '../../activities/storage/storage-problem.ts';

const never = new Promise<never>(() => {});

test('a destination that hangs is given up after its time, and at once after a cancel', async () => {
  const { signal } = new AbortController();
  await assert.rejects(answerInTime(never, { signal, timeoutMs: 5 }), StorageProblem);
  await assert.rejects(answerInTime(never, { signal: AbortSignal.abort(), timeoutMs: 60_000 }), {
    name: 'AbortError',
  });
});

test('an answer in time is passed on, a refusal too', async () => {
  const { signal } = new AbortController();
  assert.equal(await answerInTime(Promise.resolve(7), { signal, timeoutMs: 60_000 }), 7);
  await assert.rejects(
    answerInTime(Promise.reject(new Error('full')), { signal, timeoutMs: 60_000 }),
    /full/,
  );
});
