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

test('an advance may come as JSON too', async () => {
  await using twilio = await startTwilio();
  const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
  const bodies = ['{"advance": "1 hour"}', '{\n  "advance": 1500\n}'];
  for (const body of bodies) {
    const { status } = await call(clock, { method: 'POST', body });
    assert.equal(status, 200, body);
  }
  assert.equal(twilio.simulator.clock.now() - Date.parse(START), 3_600_000 + 1500);
});

const DURATION = 'advance must be a duration such as "2 hours", or milliseconds';
const IN_BODY =
  'advance must be in the body, as a form (advance=2 hours) or as JSON ({"advance": "2 hours"})';
const refused: { title: string; body: string; says: string }[] = [
  { title: 'no duration', body: 'advance=soon', says: `${DURATION}, got "soon"` },
  { title: 'back in time', body: 'advance=-5', says: `${DURATION}, got "-5"` },
  { title: 'nothing', body: 'advance=', says: `${DURATION}, got ""` },
  {
    title: 'more than a century',
    body: 'advance=90000 days',
    says: `${DURATION}, at most a century, got "90000 days"`,
  },
  {
    title: 'too many ms',
    body: '{"advance": 1e15}',
    says: `${DURATION}, at most a century, got 1000000000000000`,
  },
  { title: 'another field', body: 'by=1 hour', says: `${IN_BODY}, got a body without it` },
  { title: 'another field of JSON', body: '{"by": "1 hour"}', says: `${IN_BODY}, got JSON without it` },
  { title: 'no body', body: '', says: `${IN_BODY}, got an empty body` },
  {
    title: 'a multipart body',
    body: '--b\r\nContent-Disposition: form-data; name="advance"\r\n\r\n1 hour\r\n--b--\r\n',
    says: `${IN_BODY}, got a multipart body`,
  },
  {
    title: 'a huge body',
    body: `advance=${'1'.repeat(70_000)}`,
    says: `${IN_BODY}, got a body that is too large`,
  },
];

for (const { title, body, says } of refused)
  test(`an advance by ${title} is refused with what came, and the clock stands where it stood`, async () => {
    await using twilio = await startTwilio();
    const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
    const { status, json } = await call(clock, { method: 'POST', body });
    // No code and no link of Twilio's: it is not Twilio who refuses.
    assert.deepEqual([status, json], [400, { status: 400, message: says }]);
    assert.equal(new Date(twilio.simulator.clock.now()).toISOString(), START);
  });

test('an advance to a day that can not be written is refused', async () => {
  await using twilio = await startTwilio({ clock: { kind: 'manual', start: '9999-01-01' } });
  const clock = `${twilio.simulator.apiUrl}/_simulator/clock`;
  const { status, json } = await call(clock, { form: { advance: '365 days' } });
  assert.equal(status, 400);
  assert.match(json.message, /no instant after the year 9999/);
});

test('what the simulator itself answers is laid out for people, and is no answer of the API', async () => {
  await using twilio = await startTwilio();
  const before = twilio.simulator.ledger();
  for (const [path, status] of [
    ['ledger', 200],
    ['clock', 200],
    ['nowhere', 404],
  ] as const) {
    const reply = await call(`${twilio.simulator.apiUrl}/_simulator/${path}`);
    assert.deepEqual([reply.status, reply.headers['content-type']], [status, 'application/json']);
    assert.equal(reply.bytes.toString(), `${JSON.stringify(reply.json, null, 2)}\n`);
  }
  assert.deepEqual(twilio.simulator.ledger(), before);
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
