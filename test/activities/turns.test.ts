import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTurns } from '../../activities/turns.ts';

test('never more than the places are taken, the order is that of asking, and whoever gives up leaves no gap', async () => {
  const step = fc.oneof(
    fc.constant({ does: 'take' as const }),
    fc.record({ does: fc.constantFrom('release' as const, 'giveUp' as const), at: fc.nat(9) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 40 }),
      async (places, steps) => {
        const turns = createTurns(places);
        const taken = new Map<number, () => void>();
        const waiting = new Map<number, AbortController>();
        // The model: who holds a place and who waits, in order.
        const holds: number[] = [];
        const queue: number[] = [];
        let asked = 0;
        for (const next of steps) {
          if (next.does === 'take') {
            const number = asked++;
            const giveUp = new AbortController();
            waiting.set(number, giveUp);
            void turns.take(giveUp.signal).then(
              (release) => waiting.delete(number) && taken.set(number, release),
              () => waiting.delete(number),
            );
            (holds.length < places ? holds : queue).push(number);
          } else if (next.does === 'release') {
            const number = holds[next.at % Math.max(1, holds.length)];
            if (number === undefined) continue;
            const release = taken.get(number);
            assert.ok(release, `${number} holds a place`);
            taken.delete(number);
            release();
            release();
            holds.splice(holds.indexOf(number), 1, ...queue.splice(0, 1));
          } else {
            const number = queue[next.at % Math.max(1, queue.length)];
            if (number === undefined) continue;
            waiting.get(number)?.abort();
            queue.splice(queue.indexOf(number), 1);
          }
          await settle();
          assert.deepEqual([...taken.keys()].toSorted(), holds.toSorted());
          assert.deepEqual([...waiting.keys()], queue);
          assert.equal(turns.countWaiting(), queue.length);
          assert.equal(turns.hasFree(), holds.length < places);
        }
      },
    ),
  );
});

test('whoever has given up already gets no place', async () => {
  const turns = createTurns(1);
  await assert.rejects(turns.take(AbortSignal.abort(new Error('gave up'))), /gave up/);
  assert.ok(turns.hasFree(), 'the place is there for others');
});

/** Promises that are settled have told whoever waited for them. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
