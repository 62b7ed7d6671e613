import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pollDelay } from '../../activities/poll-delay.ts';

const HOUR_MS = 3_600_000;
const intervals = { minimumMs: 10_000, maximumMs: 900_000 };

test('the delay lies between the two intervals, whatever the hints say', () => {
  const instant = fc.integer({ min: -5 * HOUR_MS, max: 400 * HOUR_MS });
  fc.assert(
    fc.property(
      instant,
      instant,
      fc.option(instant),
      fc.option(instant),
      fc.boolean(),
      fc.integer({ min: 1, max: HOUR_MS }),
      fc.integer({ min: 1, max: HOUR_MS }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (nowMs, createdAtMs, lastChangeAtMs, estimatedCompletionAtMs, hasUnknownStatus, one, other, random) => {
        const [minimumMs, maximumMs] = [Math.min(one, other), Math.max(one, other)];
        const input = { nowMs, createdAtMs, lastChangeAtMs, estimatedCompletionAtMs, hasUnknownStatus };
        const delayMs = pollDelay({ ...input, minimumMs, maximumMs, random });
        assert.ok(delayMs >= minimumMs && delayMs <= maximumMs, `${delayMs}`);
      },
    ),
  );
});

test('an instant that can not be read makes the delay the longest', () => {
  const input = {
    createdAtMs: 0,
    lastChangeAtMs: null,
    estimatedCompletionAtMs: null,
    hasUnknownStatus: false,
  };
  assert.equal(pollDelay({ ...input, ...intervals, nowMs: Number.NaN, random: 0 }), 900_000);
});

test('24 hours with 8 changes cost at most 115 looks, with and without an estimate', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    for (const knowsEstimate of [true, false]) {
      const { looks } = simulate({ seed, knowsEstimate });
      assert.ok(looks <= 115, `${looks} looks, estimate ${knowsEstimate}`);
      assert.ok(looks > 60, `${looks} looks`);
    }
  }
});

test('with a right estimate the end is noticed within a minute', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    assert.ok(simulate({ seed, knowsEstimate: true }).noticedAfterMs <= 60_000, `seed ${seed}`);
  }
});

test('an unknown status is never polled fast', () => {
  const input = { nowMs: 1, createdAtMs: 0, lastChangeAtMs: 1, estimatedCompletionAtMs: 2 };
  assert.equal(pollDelay({ ...input, ...intervals, hasUnknownStatus: true, random: 0 }), 900_000);
});

/** The watch of a job with a change every three hours, the last of which ends it. */
function simulate({ seed, knowsEstimate }: { seed: number; knowsEstimate: boolean }): {
  looks: number;
  noticedAfterMs: number;
} {
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const changes = Array.from({ length: 8 }, (_, index) => (index + 1) * 3 * HOUR_MS);
  const endMs = 24 * HOUR_MS;
  // The first look comes at once and gives the first picture.
  let looks = 1;
  let nowMs = 0;
  let lastChangeAtMs = 0;
  let seen = 0;
  while (seen < changes.length) {
    nowMs += pollDelay({
      nowMs,
      createdAtMs: 0,
      lastChangeAtMs,
      estimatedCompletionAtMs: knowsEstimate ? endMs : null,
      hasUnknownStatus: false,
      ...intervals,
      random: random(),
    });
    looks++;
    const happened = changes.filter((atMs) => atMs <= nowMs).length;
    if (happened > seen) {
      seen = happened;
      lastChangeAtMs = nowMs;
    }
  }
  return { looks, noticedAfterMs: nowMs - endMs };
}
