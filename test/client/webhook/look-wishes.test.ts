import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LookWishes, type WishEnd } from '../../../client/webhook/look-wishes.ts';

const INTERVAL_MS = 10_000;

describe('the wishes for a look', () => {
  it('go out at once, and those that come within ten seconds as one at their end', async () => {
    const { wishes, told, pass } = rig();
    assert.equal(wishes.add('a', 'a'), 'first');
    for (let time = 0; time < 3; time++) assert.equal(wishes.add('a', 'a'), 'repeated');
    await pass(9_999);
    assert.deepEqual(told, [['a', 0]]);
    await pass(1);
    assert.deepEqual(told, [
      ['a', 0],
      ['a', 10_000],
    ]);
    await pass(60_000);
    assert.equal(told.length, 2, 'four calls are two looks');
  });

  // What the last one tells of may have happened after the look that the first one brought.
  it('never lose the last one, however late in the ten seconds it comes', async () => {
    const { wishes, told, pass } = rig();
    wishes.add('a', 'a');
    await pass(9_999);
    wishes.add('a', 'a');
    await pass(1);
    assert.equal(told.at(-1)?.[1], 10_000);
    wishes.add('a', 'a');
    await pass(10_000);
    assert.equal(told.at(-1)?.[1], 20_000, 'nor one that comes right after another was told');
  });

  it('of one export do not hold up those of another', async () => {
    const { wishes, told, pass } = rig();
    wishes.add('a', 'a');
    await pass(1_000);
    wishes.add('b', 'b');
    assert.deepEqual(told, [
      ['a', 0],
      ['b', 1_000],
    ]);
  });

  it('of an export that is over go out once in ten seconds, and no more where more come', async () => {
    const { wishes, told, pass } = rig({ end: () => 'over' });
    wishes.add('a', 'a');
    await pass(1);
    wishes.add('a', 'a');
    await pass(9_999);
    assert.equal(told.length, 1);
    assert.equal(wishes.add('a', 'a'), 'first', 'it is looked up anew then: it may have been reset');
  });

  it('are tried again while Temporal can not be reached, ten seconds apart, and given up in the end', async () => {
    const { wishes, told, failures, pass } = rig({ end: () => 'fails', giveUpAfterMs: 25_000 });
    wishes.add('a', 'a');
    await pass(100_000);
    assert.deepEqual(
      told.map(([, atMs]) => atMs),
      [0, 10_000, 20_000],
    );
    assert.deepEqual(failures, [
      ['a', true],
      ['a', true],
      ['a', false],
    ]);
    wishes.add('a', 'a');
    await pass(10_000);
    assert.equal(failures.length, 5, 'a new one begins anew');
  });

  it('that failed are told as soon as it works again, once', async () => {
    let isDown = true;
    const { wishes, told, pass } = rig({ end: () => (isDown ? 'fails' : 'told') });
    wishes.add('a', 'a');
    wishes.add('a', 'a');
    await pass(5_000);
    isDown = false;
    await pass(100_000);
    assert.deepEqual(
      told.map(([, atMs]) => atMs),
      [0, 10_000],
    );
  });

  it('of thousands keep nobody longer than one does while Temporal is away: one at a time finds out', async () => {
    const { wishes, told, failures, pass, mostAtOnce } = rig({
      end: () => 'fails',
      takesMs: 5_000,
      maximumExports: 2_000,
    });
    const names = Array.from({ length: 2_000 }, (_, index) => `export-${index}`);
    for (const name of names) wishes.add(name, name);
    let isSettled = false;
    void wishes.settled().then(() => (isSettled = true));
    await pass(5_000);
    assert.equal(mostAtOnce(), 8);
    await pass(55_000);
    await pass(5_000);
    assert.equal(isSettled, true, 'a minute, and what one that is told then may take');
    const gaps = told.slice(8).map(([, atMs], index) => atMs - (told[index + 7]?.[1] ?? 0));
    assert.deepEqual([...new Set(gaps)], [5_000]);
    const givenUp = failures.filter(([, isTriedAgain]) => !isTriedAgain).map(([name]) => name);
    assert.deepEqual(givenUp.toSorted(), names.toSorted());
  });

  it('that waited are told at full pace as soon as one has arrived', async () => {
    let isDown = true;
    const { wishes, told, pass } = rig({ end: () => (isDown ? 'fails' : 'told'), atOnce: 3, takesMs: 1_000 });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) wishes.add(name, name);
    await pass(1_500);
    isDown = false;
    await pass(3_000);
    assert.deepEqual(told.slice(3), [
      ['d', 1_000],
      ['e', 2_000],
      ['f', 2_000],
      ['g', 2_000],
    ]);
  });

  it('have a minute each, from the last that came for the export', async () => {
    const { wishes, failures, pass } = rig({ end: () => 'fails', atOnce: 1, takesMs: 100_000 });
    wishes.add('a', 'a');
    wishes.add('b', 'b');
    wishes.add('c', 'c');
    await pass(50_000);
    wishes.add('b', 'b');
    await pass(10_000);
    assert.deepEqual(failures, [['c', false]]);
    await pass(49_999);
    assert.deepEqual(failures.slice(1), [['a', false]]);
    await pass(1);
    assert.equal(failures.length, 2, 'it had its turn');
  });

  it('count their ten seconds from when one has arrived: a slow one is not followed at once', async () => {
    const { wishes, told, pass } = rig({ takesMs: 4_000 });
    wishes.add('a', 'a');
    await pass(4_000);
    wishes.add('a', 'a');
    await pass(9_999);
    assert.equal(told.length, 1);
    await pass(1);
    assert.equal(told.length, 2);
  });

  it('of many exports go out a few at a time, in order, and none is forgotten', async () => {
    const { wishes, told, pass } = rig({ atOnce: 2, takesMs: 1_000 });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'c']) wishes.add(name, name);
    await pass(5_000);
    assert.deepEqual(told, [
      ['a', 0],
      ['b', 0],
      ['c', 1_000],
      ['d', 1_000],
      ['e', 2_000],
    ]);
    const closing = wishes.close();
    await pass(20_000);
    await closing;
    assert.equal(told.length, 5, 'what came while it waited for its turn is told with it');
  });

  it('are turned away where too many exports are kept in mind, and none is forgotten for it', async () => {
    const { wishes, told, pass } = rig({ maximumExports: 2 });
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => wishes.add(name, name)),
      ['first', 'first', 'tooMany'],
    );
    assert.equal(wishes.add('a', 'a'), 'repeated');
    await pass(10_000);
    assert.deepEqual(
      told.map(([name]) => name),
      ['a', 'b', 'a'],
    );
    assert.equal(wishes.add('c', 'c'), 'first');
  });

  it('that are taken in are told before the receiver is closed, and no others are taken in', async () => {
    const { wishes, told, pass } = rig();
    wishes.add('a', 'a');
    wishes.add('a', 'a');
    await pass(1);
    let isClosed = false;
    const closing = wishes.close().then(() => (isClosed = true));
    assert.equal(wishes.add('b', 'b'), 'tooMany');
    await pass(9_998);
    assert.equal(isClosed, false);
    await pass(1);
    await closing;
    assert.equal(told.length, 2);
  });

  it('keep nobody who closes waiting where there are none, or where Temporal stays away', async () => {
    const { wishes, told, pass } = rig({ end: () => 'fails' });
    await rig().wishes.close();
    wishes.add('a', 'a');
    await pass(1);
    const closing = wishes.close();
    await pass(10_000);
    await closing;
    assert.equal(told.length, 2, 'one more try, and no more');
  });

  it('that could not be told in time are given up by who closes, each with a word, and no second one', async () => {
    const { wishes, told, failures, pass } = rig({ end: () => 'fails', atOnce: 2, takesMs: 60_000 });
    for (const name of ['a', 'b', 'c', 'a']) wishes.add(name, name);
    let isClosed = false;
    void wishes.close().then(() => (isClosed = true));
    await pass(14_999);
    assert.equal(isClosed, false);
    await pass(1);
    const given = ['a', 'b', 'c'].map((name) => [name, false]);
    assert.deepEqual([isClosed, failures], [true, given]);
    await pass(100_000);
    assert.deepEqual([failures, told.length], [given, 2]);
  });

  it('whatever comes when: at most one in ten seconds, and each is followed by a look within ten', async () => {
    const gaps = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), gapMs: fc.nat(12_000) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(gaps, async (calls) => {
        const { wishes, told, pass, nowMs } = rig();
        const called: [string, number][] = [];
        for (const { name, gapMs } of calls) {
          await pass(gapMs);
          wishes.add(name, name);
          called.push([name, nowMs()]);
        }
        await pass(20_000);
        for (const [name, atMs] of called)
          assert.ok(
            told.some(
              ([toldName, toldMs]) => toldName === name && toldMs >= atMs && toldMs <= atMs + INTERVAL_MS,
            ),
            `${name} at ${atMs}: ${JSON.stringify(told)}`,
          );
        for (const name of ['a', 'b', 'c']) {
          const times = told.filter(([toldName]) => toldName === name).map(([, toldMs]) => toldMs);
          for (const [index, toldMs] of times.slice(1).entries())
            assert.ok(toldMs - (times[index] ?? 0) >= INTERVAL_MS, JSON.stringify(times));
        }
      }),
      { numRuns: 200 },
    );
  });
});

interface Rig {
  wishes: LookWishes<string>;
  /** Which export was told when. */
  told: [name: string, atMs: number][];
  /** Of each failure, whether it is tried again. */
  failures: [name: string, isTriedAgain: boolean][];
  /** How many were being told at one time. */
  mostAtOnce: () => number;
  pass: (ms: number) => Promise<void>;
  nowMs: () => number;
}

/** Wishes by a clock that stands still until it is moved. */
function rig(
  more: {
    end?: () => WishEnd | 'fails';
    giveUpAfterMs?: number;
    maximumExports?: number;
    atOnce?: number;
    takesMs?: number;
  } = {},
): Rig {
  const { end = () => 'told', giveUpAfterMs = 60_000, maximumExports = 100, atOnce = 8, takesMs = 0 } = more;
  const told: [string, number][] = [];
  const failures: [string, boolean][] = [];
  let telling = 0;
  let mostAtOnce = 0;
  let nowMs = 0;
  let timers: { atMs: number; call: () => void }[] = [];
  const later = (delayMs: number, call: () => void) => {
    const timer = { atMs: nowMs + delayMs, call };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  const wishes = new LookWishes<string>({
    intervalMs: INTERVAL_MS,
    maximumExports,
    atOnce,
    giveUpAfterMs,
    closeWithinMs: 15_000,
    later,
    nowMs: () => nowMs,
    tell: async (name) => {
      told.push([name, nowMs]);
      telling += 1;
      mostAtOnce = Math.max(mostAtOnce, telling);
      if (takesMs > 0) await new Promise<void>((resolve) => later(takesMs, resolve));
      telling -= 1;
      const ended = end();
      if (ended === 'fails') throw new Error('Temporal can not be reached');
      return ended;
    },
    onFailure: (name, _, isTriedAgain) => failures.push([name, isTriedAgain]),
  });
  const pass = async (ms: number) => {
    const untilMs = nowMs + ms;
    await settle();
    for (;;) {
      const next = timers.toSorted((left, right) => left.atMs - right.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      nowMs = next.atMs;
      timers = timers.filter((timer) => timer !== next);
      next.call();
      await settle();
    }
    nowMs = untilMs;
  };
  return { wishes, told, failures, pass, mostAtOnce: () => mostAtOnce, nowMs: () => nowMs };
}

/** Lets all go on that waits for no timer. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
