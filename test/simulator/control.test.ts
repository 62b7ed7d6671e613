import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, START, startTwilio } from './caller.ts';

test('a clock that stands still is read and moved over HTTP, without credentials', async () => {
  await using twilio = await startTwilio();
  const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  assert.deepEqual((await call(clock)).json, { now: START, speed: 0 });

  const moved = await call(clock, { form: { advance: '20 minutes' } });
  assert.deepEqual([moved.status, moved.json], [200, { now: '2026-11-22T10:20:00.000Z', speed: 0 }]);
  assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 1, days: ['2026-10-01'] }]);

  const further = await call(clock, { form: { advance: '1500' } });
  assert.deepEqual(further.json, { now: '2026-11-22T10:20:01.500Z', speed: 0 });
});

test('an advance that is none is refused, and the clock stands where it stood', async () => {
  await using twilio = await startTwilio();
  const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
  const forms: Record<string, string>[] = [
    { advance: 'soon' },
    { advance: '-5' },
    { advance: '' },
    { by: '1 hour' },
  ];
  for (const form of forms) {
    const { status, json } = await call(clock, { form });
    assert.equal(status, 400);
    assert.match(json.message, /advance must be a duration such as "2 hours", or milliseconds, got /);
  }
  assert.equal(new Date(twilio.simulator.clock.now()).toISOString(), START);
});

test('a clock that goes by itself is not moved, and the refusal says how to start one that is', async () => {
  await using twilio = await startTwilio({ clock: { kind: 'faster', speed: 2 } });
  const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
  const { status, json } = await call(clock, { form: { advance: '1 hour' } });
  assert.equal(status, 409);
  assert.match(json.message, /2 times as fast as ours.*--speed 0/);
});

test('what the simulator has not is answered with what it has', async () => {
  await using twilio = await startTwilio();
  for (const [method, path] of [
    ['GET', '/_simulator/'],
    ['DELETE', '/_simulator/ledger'],
    ['POST', '/_simulator/ledger/more'],
  ] as const) {
    const { status, json } = await call(twilio.simulator.apiUrl + path, { method });
    assert.equal(status, 404);
    assert.match(json.message, new RegExp(`GET /_simulator/ledger.*got ${method} ${path}$`));
  }
  assert.equal(twilio.simulator.ledger().requestsToNowhere, 0);
});
