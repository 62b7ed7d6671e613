import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { TEST_ACCOUNT_SID } from '../../simulator/index.ts';
import { API_KEY, basic, call, OTHER_ACCOUNT, requestsArrive, startTwilio } from './caller.ts';

test('without credentials, and with wrong ones, every path answers 401 with WWW-Authenticate', async () => {
  await using twilio = await startTwilio();
  const { apiUrl } = twilio.simulator;
  for (const authorization of ['', 'Bearer x', 'Basic ???', basic(TEST_ACCOUNT_SID, 'wrong')]) {
    for (const path of ['/v1/Exports/Messages/Jobs', '/v1/Exports/Jobs/JS1', '/nowhere']) {
      const headers: Record<string, string> = authorization === '' ? {} : { Authorization: authorization };
      const { status, json, headers: answered } = await call(apiUrl + path, { headers });
      assert.deepEqual([status, json.code], [401, 20_003]);
      assert.match(String(answered['www-authenticate']), /^Basic /);
    }
  }
});

test('an API key opens its account, and one account sees nothing of another', async () => {
  const credentials = [{ accountSid: TEST_ACCOUNT_SID, authToken: 'one', apiKeys: [API_KEY] }, OTHER_ACCOUNT];
  await using twilio = await startTwilio({ credentials });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  const byKey = { Authorization: basic(API_KEY.sid, API_KEY.secret) };
  const byOther = { Authorization: basic(OTHER_ACCOUNT.accountSid, OTHER_ACCOUNT.authToken) };
  assert.equal((await twilio.api(`Jobs/${jobSid}`, { headers: byKey })).status, 200);
  assert.equal((await twilio.api(`Jobs/${jobSid}`, { headers: byOther })).status, 404);
  assert.equal((await twilio.api('Messages/Days/2026-10-01', { headers: byOther })).status, 404);
  assert.equal((await twilio.api('Messages/Jobs', { headers: byOther })).json.jobs.length, 0);
});

test('an export covers its account alone, and neither its subaccounts nor its parent', async () => {
  const child = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'child', parentAccountSid: TEST_ACCOUNT_SID };
  const parent = { accountSid: TEST_ACCOUNT_SID, authToken: 'parent' };
  await using twilio = await startTwilio({ credentials: [parent, child] });
  const byChild = { Authorization: basic(child.accountSid, child.authToken) };
  const daysOf = async (headers: Record<string, string>) =>
    (await twilio.api('Messages/Days', { headers })).json.days.map(({ day }) => day);
  await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  assert.deepEqual([await daysOf({}), await daysOf(byChild)], [['2026-10-01'], []]);
  const form = { StartDay: '2026-10-02', EndDay: '2026-10-02', FriendlyName: 'x' };
  await twilio.api('Messages/Jobs', { form, headers: byChild });
  twilio.minutes(60);
  assert.deepEqual([await daysOf({}), await daysOf(byChild)], [['2026-10-01'], ['2026-10-02']]);
});

test('every answer of the API has a request id of its own and the Date of the simulator', async () => {
  await using twilio = await startTwilio();
  const ids = new Set<unknown>();
  for (const path of ['Messages/Jobs', 'Messages/Days', 'Jobs/JS1', 'nowhere']) {
    const { headers } = await twilio.api(path);
    assert.equal(headers.date, 'Sun, 22 Nov 2026 10:00:00 GMT');
    assert.equal(headers['twilio-concurrent-requests'], '1');
    assert.match(String(headers['twilio-request-id']), /^RQ[0-9a-f]{32}$/);
    ids.add(headers['twilio-request-id']);
  }
  assert.equal(ids.size, 4);
});

test('an answer that refuses has its request id too', async () => {
  await using twilio = await startTwilio({
    script: { faults: [{ kind: 'status503', operation: 'fetchExport' }] },
  });
  const replies = [
    await call(`${twilio.simulator.apiUrl}/v1/Exports/Messages`),
    await twilio.api('Calls'),
    await twilio.api('Calls', { method: 'DELETE' }),
    await twilio.api('Calls/Jobs', { form: { FriendlyName: 'x'.repeat(100_000) } }),
    await twilio.api('Calls/Jobs', { form: {} }),
    await twilio.api('Calls/Jobs', { method: 'POST', body: '{}' }),
  ];
  assert.deepEqual(
    replies.map(({ status }) => status),
    [401, 503, 405, 413, 400, 415],
  );
  for (const { headers } of replies) {
    assert.match(String(headers['twilio-request-id']), /^RQ[0-9a-f]{32}$/);
  }
});

test('a create carries the CORS headers of the documents', async () => {
  await using twilio = await startTwilio();
  const form = { StartDay: '2026-10-01', EndDay: '2026-10-01', FriendlyName: 'x' };
  const { headers } = await twilio.api('Messages/Jobs', { form });
  for (const name of [
    'allow-origin',
    'allow-methods',
    'allow-headers',
    'allow-credentials',
    'expose-headers',
  ]) {
    assert.notEqual(headers[`access-control-${name}`], undefined, name);
  }
});

test('paths that do not exist answer 404, and methods that a path has not answer 405', async () => {
  await using twilio = await startTwilio();
  for (const path of [
    'Faxes',
    'messages',
    'Jobs',
    'Messages/Weeks',
    'Messages/Days/2026-10-01/x',
    `Messages/Jobs/JS${'0'.repeat(32)}`,
    '%E0%A4%A',
  ]) {
    const { status, json } = await twilio.api(path);
    assert.deepEqual([status, json.code, json.status], [404, 20_404, 404], path);
    assert.match(`${json.message} ${json.more_info}`, /^The requested .* https:/);
  }
  for (const [path, method, allow] of [
    ['Messages', 'DELETE', 'GET, OPTIONS'],
    ['Messages/Jobs', 'PUT', 'GET, POST, OPTIONS'],
    ['Jobs/JS1', 'POST', 'GET, DELETE, OPTIONS'],
    ['Messages/Days/2026-10-01', 'DELETE', 'GET, OPTIONS'],
  ] as const) {
    const { status, headers } = await twilio.api(path, { method });
    assert.deepEqual([status, headers.allow], [405, allow], path);
  }
});

test('a browser may ask for the methods of a path, without credentials', async () => {
  await using twilio = await startTwilio();
  const url = `${twilio.simulator.apiUrl}/v1/Exports/Messages/Jobs`;
  const { status, headers, bytes } = await call(url, { method: 'OPTIONS' });
  assert.deepEqual([status, headers.allow, bytes.length], [204, 'GET, POST, OPTIONS', 0]);
  assert.equal(headers['access-control-allow-methods'], 'GET, POST, DELETE, OPTIONS');
  assert.equal((await call(`${url}/nothing`, { method: 'OPTIONS' })).status, 401);
  assert.deepEqual(twilio.simulator.ledger().requests, {});
});

test('a path with its origin before it is the same path', async () => {
  await using twilio = await startTwilio();
  const { apiUrl, accountSid, authToken } = twilio.simulator;
  const outgoing = request(apiUrl, {
    path: `${apiUrl}/v1/Exports/Messages`,
    headers: { Authorization: basic(accountSid, authToken) },
  });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 200);
});

test('an error says what is wrong with code, message, more_info and status, or with two of them', async () => {
  await using twilio = await startTwilio();
  const whole = await twilio.api('nowhere');
  assert.deepEqual(whole.json, {
    code: 20_404,
    message: whole.json.message,
    more_info: 'https://www.twilio.com/docs/errors/20404',
    status: 404,
  });
  assert.match(whole.json.message, /not found/);
  twilio.simulator.setScript({ errorBodies: 'bare' });
  const bare = await twilio.api('nowhere');
  assert.deepEqual(bare.json, { message: whole.json.message, status: 404 });
});

test('any field of an answer may be null', async () => {
  const nullFields = ['resource_type', 'url', 'enabled', 'size', 'redirect_to'];
  await using twilio = await startTwilio({ script: { nullFields } });
  await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(60);
  const { json: answer } = await twilio.api('Messages');
  assert.deepEqual([answer.resource_type, answer.url], [null, null]);
  const { json: configuration } = await twilio.api('Messages/Configuration');
  assert.deepEqual([configuration.enabled, configuration.webhook_url], [null, '']);
  const [day] = (await twilio.api('Messages/Days')).json.days;
  assert.deepEqual([day?.size, day?.resource_type, day?.day], [null, null, '2026-10-01']);
  const { json: redirect, headers } = await twilio.api('Messages/Days/2026-10-01');
  assert.deepEqual([redirect.redirect_to, headers.location === undefined], [null, false]);
});

for (const type of ['Messages', 'Calls', 'Conferences', 'Participants']) {
  test(`${type} can be fetched as an export, with a link to its days`, async () => {
    await using twilio = await startTwilio();
    const url = `${twilio.simulator.apiUrl}/v1/Exports/${type}`;
    const { json } = await twilio.api(type);
    assert.deepEqual(json, { resource_type: type, url, links: { days: `${url}/Days` } });
  });
}

test('a body larger than any form is refused, and nonsense on the wire harms nothing', async () => {
  await using twilio = await startTwilio();
  const { status } = await twilio.api('Messages/Jobs', { form: { FriendlyName: 'x'.repeat(100_000) } });
  assert.equal(status, 413);
  for (const origin of [twilio.simulator.apiUrl, twilio.simulator.storeUrl]) {
    for (const nonsense of [
      '\0\0\0\r\n\r\n',
      'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
    ]) {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1');
      socket.end(nonsense);
      socket.resume();
      await once(socket, 'close');
    }
  }
  assert.equal((await twilio.api('Messages/Jobs')).status, 200);
});

test('stop ends open connections at once and frees both ports', { timeout: 20_000 }, async () => {
  const twilio = await startTwilio({ script: { faults: [{ kind: 'slow', delayMs: 3_600_000 }] } });
  const { simulator } = twilio;
  const ended = assert.rejects(twilio.api('Messages/Jobs'), { code: 'ECONNRESET' });
  await requestsArrive(twilio, 'listJobs', 1);
  await simulator.stop();
  await ended;
  await assert.rejects(call(simulator.apiUrl), { code: 'ECONNREFUSED' });
  await assert.rejects(call(simulator.storeUrl), { code: 'ECONNREFUSED' });
});
