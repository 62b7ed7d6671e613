import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClock } from '../../simulator/clock.ts';
import { startTwilio } from './caller.ts';

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
  assert.ok(clock.now() >= Date.parse(START) + 20_000_000, 'the time has passed');
  clock.stop();
});

test('a real clock is the time of day, and goes on by itself', async () => {
  const clock = createClock({ kind: 'real' });
  const startedAtMs = clock.now();
  assert.ok(Math.abs(startedAtMs - Date.now()) < 60_000, 'the time of day');
  await sleep(20);
  assert.ok(clock.now() > startedAtMs, 'goes on');
  clock.stop();
});

test('the Date of the answers is that of a faster clock', async () => {
  const start = '2031-03-01T00:00:00.000Z';
  await using twilio = await startTwilio({ clock: { kind: 'faster', speed: 1e6, start } });
  const dateMs = async () => Date.parse((await twilio.api('Messages')).headers.date ?? '');
  const firstMs = await dateMs();
  assert.ok(firstMs >= Date.parse(start), 'from its start');
  await sleep(20);
  assert.ok((await dateMs()) >= firstMs + 10_000_000, 'faster');
});

test('a running clock lets happen what falls due, though nobody asks it', async () => {
  const clock = createClock({ kind: 'faster', speed: 1e6, start: START });
  let happened = 0;
  clock.schedule(clock.now() + 1_000_000, () => {
    happened += 1;
  });
  await sleep(50);
  assert.equal(happened, 1);
  clock.stop();
});

test('the Date of the answers is that of a clock that is moved by hand', async () => {
  await using twilio = await startTwilio();
  twilio.minutes(24 * 60);
  assert.equal((await twilio.api('Messages')).headers.date, 'Mon, 23 Nov 2026 10:00:00 GMT');
});

test('a manual clock never gets to a day that can not be written, and has not moved where it was asked to', () => {
  const clock = createClock({ kind: 'manual', start: '9999-12-31T23:00:00Z' });
  for (const ms of [Infinity, Number.NaN, 9e15, 3_600_000]) {
    assert.throws(() => clock.advance(ms), /year 9999/);
  }
  assert.equal(new Date(clock.now()).toISOString(), '9999-12-31T23:00:00.000Z');
  clock.advance(3_599_999);
  assert.equal(new Date(clock.now()).toISOString(), '9999-12-31T23:59:59.999Z');
});

test('only a manual clock can be advanced, and not backwards', () => {
  assert.throws(() => createClock({ kind: 'real' }).advance(1), /clock of kind "manual"/);
  assert.throws(() => createClock({ kind: 'manual' }).advance(-1), /at least 0 ms/);
});
