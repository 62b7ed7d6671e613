import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClock } from '../../simulator/clock.ts';

const START = '2026-11-22T00:00:00.000Z';

test('a manual clock stands still, and lets what falls due happen at its own instant, in order', () => {
  const clock = createClock({ kind: 'manual', start: START });
  const startMs = Date.parse(START);
  const happened: [string, number][] = [];
  const note = (name: string) => () => {
    happened.push([name, clock.now() - startMs]);
  };
  clock.schedule(startMs + 30, note('third'));
  clock.schedule(startMs + 10, note('first'));
  clock.schedule(startMs + 10, () => {
    note('second')();
    clock.schedule(clock.now() + 5, note('in between'));
  });
  clock.schedule(startMs + 31, note('never'));
  assert.equal(clock.now(), startMs);
  clock.advance(30);
  assert.deepEqual(happened, [
    ['first', 10],
    ['second', 10],
    ['in between', 15],
    ['third', 30],
  ]);
  assert.equal(clock.now(), startMs + 30);
});

test('a faster clock passes so many times more time, and calls back', async () => {
  const clock = createClock({ kind: 'faster', speed: 1e6, start: START });
  // A timer of the clock alone keeps no process alive.
  const alive = setInterval(() => clock.now(), 1000);
  await new Promise<void>((resolve) => {
    clock.schedule(Date.parse(START) + 20_000_000, resolve);
  });
  clearInterval(alive);
  assert.ok(clock.now() >= Date.parse(START) + 20_000_000);
  clock.stop();
});

test('only a manual clock can be advanced, and not backwards', () => {
  assert.throws(() => createClock({ kind: 'real' }).advance(1), /clock of kind "manual"/);
  assert.throws(() => createClock({ kind: 'manual' }).advance(-1), /at least 0 ms/);
});
