import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { FaultScript } from '../../simulator/index.ts';
import { TEST_ACCOUNT_SID } from '../../simulator/index.ts';
import { API_KEY, basic, call, OTHER_ACCOUNT, requestsArrive, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { download, openDownload, readPart } from './download.ts';
import { completeDay, DAY, FORM } from './one-day.ts';

async function withFault(...faults: FaultScript[]): Promise<Twilio> {
  const twilio = await startTwilio({ script: { faults, days: [{ sizeBytes: 400_000 }] } });
  return twilio;
}

async function withFileAndFault(...faults: FaultScript[]): Promise<Twilio> {
  const twilio = await withFault(...faults);
  await completeDay(twilio);
  return twilio;
}

test('429 comes with and without Retry-After, and the create is not carried out', async () => {
  await using twilio = await withFault(
    { kind: 'status429', operation: 'createJob', nth: 1, retryAfter: 7 },
    { kind: 'status429', operation: 'createJob', nth: 2 },
  );
  const replies = [
    await twilio.api('Messages/Jobs', { form: FORM }),
    await twilio.api('Messages/Jobs', { form: FORM }),
    await twilio.api('Messages/Jobs', { form: FORM }),
  ];
  assert.deepEqual(
    replies.map(({ status, headers, json }) => [status, headers['retry-after'], json.code]),
    [
      [429, '7', 20_429],
      [429, undefined, 20_429],
      [201, undefined, undefined],
    ],
  );
  const { jobsMade, faults, requests } = twilio.simulator.ledger();
  assert.deepEqual([jobsMade, faults, requests.createJob], [1, { status429: 2 }, 3]);
});

test('more requests at once than the script allows answer 429', { timeout: 20_000 }, async () => {
  await using twilio = await startTwilio({
    script: { concurrentRequests: 2, faults: [{ kind: 'slow', delayMs: 3_600_000, times: 2 }] },
  });
  const pending = [1, 2].map(() => assert.rejects(twilio.api('Messages')));
  await requestsArrive(twilio, 'fetchExport', 2);
  const { status, headers } = await twilio.api('Messages');
  assert.deepEqual([status, headers['twilio-concurrent-requests']], [429, '3']);
  await twilio.simulator.stop();
  await Promise.all(pending);
});

test(
  'requests at once count for the whole account, whatever its credential, and for no other account',
  { timeout: 20_000 },
  async () => {
    const one = { accountSid: TEST_ACCOUNT_SID, authToken: 'one', apiKeys: [API_KEY] };
    await using twilio = await startTwilio({
      credentials: [one, OTHER_ACCOUNT],
      script: { concurrentRequests: 1, faults: [{ kind: 'slow', delayMs: 3_600_000, times: 1 }] },
    });
    const pending = assert.rejects(twilio.api('Messages'));
    await requestsArrive(twilio, 'fetchExport', 1);
    const byKey = { Authorization: basic(API_KEY.sid, API_KEY.secret) };
    const byOther = { Authorization: basic(OTHER_ACCOUNT.accountSid, OTHER_ACCOUNT.authToken) };
    const { status, headers, json } = await twilio.api('Messages', { headers: byKey });
    assert.deepEqual([status, json.code, headers['retry-after']], [429, 20_429, undefined]);
    assert.equal((await twilio.api('Messages', { headers: byOther })).status, 200);
    await twilio.simulator.stop();
    await pending;
  },
);

test('401, 500 and a 503 of HTML are answered in their forms', async () => {
  await using twilio = await withFault(
    { kind: 'status401', operation: 'listJobs' },
    { kind: 'status500', operation: 'listDays' },
    { kind: 'status503', operation: 'fetchExport' },
  );
  assert.deepEqual((await twilio.api('Messages/Jobs')).json.code, 20_003);
  assert.deepEqual((await twilio.api('Messages/Days')).json.code, 20_500);
  const page = await twilio.api('Messages');
  assert.deepEqual([page.status, page.headers['content-type']], [503, 'text/html']);
  assert.match(page.bytes.toString('utf8'), /<html>/);
});

test('a reset before loses the request, a reset after only its answer', async () => {
  await using twilio = await withFault(
    { kind: 'resetBefore', operation: 'createJob', nth: 1 },
    { kind: 'resetAfter', operation: 'createJob', nth: 2 },
  );
  await assert.rejects(twilio.api('Messages/Jobs', { form: FORM }), { code: 'ECONNRESET' });
  assert.equal(twilio.simulator.ledger().jobsMade, 0);
  await assert.rejects(twilio.api('Messages/Jobs', { form: FORM }), { code: 'ECONNRESET' });
  assert.equal(twilio.simulator.ledger().jobsMade, 1);
});

test('a request that was given up may be carried out later', async () => {
  await using twilio = await withFault({
    kind: 'carriedOutLate',
    operation: 'createJob',
    delay: '30 seconds',
  });
  await assert.rejects(twilio.api('Messages/Jobs', { form: FORM }), { code: 'ECONNRESET' });
  twilio.minutes(0.4);
  assert.equal(twilio.simulator.ledger().jobsMade, 0);
  twilio.minutes(0.1);
  assert.equal(twilio.simulator.ledger().jobsMade, 1);
});

test('a slow answer keeps nobody else waiting', { timeout: 20_000 }, async () => {
  await using twilio = await withFault({ kind: 'slow', delayMs: 3_600_000, nth: 1 });
  const slow = watch(twilio.api('Messages'));
  await requestsArrive(twilio, 'fetchExport', 1);
  assert.equal((await twilio.api('Messages')).status, 200);
  assert.equal(slow.state(), 'pending');
  await twilio.simulator.stop();
  await slow.ended;
});

test('a slow answer comes when its time is over, and is good', async () => {
  await using twilio = await withFault({ kind: 'slow', delayMs: 50 });
  const startedAt = performance.now();
  assert.equal((await twilio.api('Messages')).status, 200);
  assert.ok(performance.now() - startedAt >= 49, 'takes its time');
});

test('the file store fails in its own forms, and the link is not used up', async () => {
  await using twilio = await withFileAndFault(
    { kind: 'status500', operation: 'getFile', nth: 1 },
    { kind: 'status503', operation: 'getFile', nth: 2 },
    { kind: 'resetBefore', operation: 'getFile', nth: 3 },
  );
  const link = await twilio.link(DAY);
  for (const [status, code] of [
    [500, 'InternalError'],
    [503, 'SlowDown'],
  ] as const) {
    const reply = await call(link);
    assert.equal(reply.status, status);
    assert.match(reply.bytes.toString('utf8'), new RegExp(`<Code>${code}</Code>`));
  }
  await assert.rejects(call(link), { code: 'ECONNRESET' });
  assert.equal((await call(link)).status, 200);
});

test('an answer of the file store may be lost, and then the link is used up', async () => {
  await using twilio = await withFileAndFault({ kind: 'resetAfter', operation: 'getFile', nth: 1 });
  const link = await twilio.link(DAY);
  await assert.rejects(call(link), { code: 'ECONNRESET' });
  assert.equal((await call(link)).status, 403);
});

test('the file store may be slow, and keeps nobody else waiting', { timeout: 20_000 }, async () => {
  await using twilio = await withFileAndFault({
    kind: 'slow',
    operation: 'getFile',
    delayMs: 3_600_000,
    nth: 1,
  });
  const slow = watch(call(await twilio.link(DAY)));
  await requestsArrive(twilio, 'getFile', 1);
  assert.equal((await call(await twilio.link(DAY))).status, 200);
  assert.equal(slow.state(), 'pending');
  await twilio.simulator.stop();
  await slow.ended;
});

test('a truncated file is no whole gzip, and its length does not betray it', async () => {
  await using twilio = await withFileAndFault({ kind: 'truncated', at: 0.4 });
  const { status, headers, bytes } = await call(await twilio.link(DAY));
  assert.deepEqual([status, headers['content-length'], bytes.length], [200, '160000', 160_000]);
  assert.throws(() => gunzipSync(bytes), { code: 'Z_BUF_ERROR' });
});

test('a corrupt file differs in one byte, and gzip notices', async () => {
  await using twilio = await withFileAndFault({ kind: 'corrupt', times: 1 });
  const bad = (await call(await twilio.link(DAY))).bytes;
  const good = (await call(await twilio.link(DAY))).bytes;
  assert.equal(good.filter((byte, index) => byte !== bad[index]).length, 1);
  assert.throws(() => gunzipSync(bad));
  assert.equal(gunzipSync(good).length > 0, true);
});

test('a wrong length promises more bytes than come', async () => {
  await using twilio = await withFileAndFault({ kind: 'wrongLength', extraBytes: 5 });
  const { headers, bytes, isWhole } = await download(await twilio.link(DAY));
  assert.deepEqual([headers['content-length'], bytes.length, isWhole], ['400005', 400_000, false]);
});

test('a connection that ends in the middle has sent the bytes before it', async () => {
  await using twilio = await withFileAndFault({ kind: 'resetMidBody', at: 0.25 });
  const { bytes, isWhole } = await download(await twilio.link(DAY));
  assert.deepEqual([bytes.length, isWhole], [100_000, false]);
});

test(
  'a stall sends a part and then nothing, and leaves the connection open',
  { timeout: 20_000 },
  async () => {
    await using twilio = await withFileAndFault({ kind: 'stall', at: 0.1 });
    const response = await openDownload(await twilio.link(DAY));
    const bytes = await readPart(response, 40_000);
    await twilio.api('Messages');
    assert.deepEqual([bytes, response.complete, response.destroyed], [40_000, false, false]);
    response.destroy();
  },
);

test('a fault with an nth spares the requests around it, for each day by itself', async () => {
  await using twilio = await startTwilio({
    script: { faults: [{ kind: 'status500', operation: 'getFile', nth: 2 }] },
  });
  await twilio.createJob('2026-10-01', '2026-10-02');
  twilio.minutes(60);
  for (const day of ['2026-10-01', '2026-10-02']) {
    const statuses = [1, 2, 3].map(async () => (await call(await twilio.link(day))).status);
    assert.equal((await Promise.all(statuses)).filter((status) => status === 500).length, 1);
  }
});

test('a fault meets its days and its type alone', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [
        { kind: 'status500', operation: 'fetchDay', days: '2026-10-02..2026-10-03' },
        { kind: 'status500', operation: 'fetchExport', resourceType: 'Calls' },
      ],
    },
  });
  await twilio.createJob('2026-10-01', '2026-10-04');
  twilio.minutes(60);
  const statuses: number[] = [];
  for (const day of ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']) {
    statuses.push((await twilio.api(`Messages/Days/${day}`)).status);
  }
  assert.deepEqual(statuses, [307, 500, 500, 307]);
  assert.deepEqual([(await twilio.api('Calls')).status, (await twilio.api('Messages')).status], [500, 200]);
});

test('a fault with a number of times is over after them, over all that it meets', async () => {
  await using twilio = await startTwilio({ script: { faults: [{ kind: 'status500', times: 2 }] } });
  const statuses: number[] = [];
  for (const path of ['Messages', 'Calls', 'Messages', 'Conferences']) {
    statuses.push((await twilio.api(path)).status);
  }
  assert.deepEqual(statuses, [500, 500, 200, 200]);
});

test('a link may have expired when it is given out, or lead elsewhere', async () => {
  await using twilio = await withFileAndFault(
    { kind: 'expiredLink', nth: 1 },
    { kind: 'foreignLink', nth: 2, url: 'http://10.0.0.1/latest' },
  );
  assert.equal((await call(await twilio.link(DAY))).status, 403);
  assert.equal(await twilio.link(DAY), 'http://10.0.0.1/latest');
  assert.equal((await call(await twilio.link(DAY))).status, 200);
});

test('a file may change between two fetches of its day', async () => {
  await using twilio = await withFileAndFault({ kind: 'changedFile', nth: 2 });
  const replies = [
    await call(await twilio.link(DAY)),
    await call(await twilio.link(DAY)),
    await call(await twilio.link(DAY)),
  ];
  for (const [first, second, third] of [
    replies.map(({ bytes }) => bytes.toString('latin1')),
    replies.map(({ headers }) => headers.etag),
  ]) {
    assert.notEqual(first, second);
    assert.equal(second, third);
  }
});

test('a rate meets the same requests whenever the seed is the same', async () => {
  const runs: string[] = [];
  for (const seed of ['one', 'one', 'two']) {
    await using twilio = await startTwilio({ seed, script: { faults: [{ kind: 'status500', rate: 0.4 }] } });
    const statuses: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      statuses.push((await twilio.api('Messages')).status);
    }
    runs.push(statuses.join(' '));
  }
  assert.equal(runs[0], runs[1]);
  assert.notEqual(runs[0], runs[2]);
  assert.match(runs[0] ?? '', /200/);
  assert.match(runs[0] ?? '', /500/);
});

test('faults can be added and taken out while the simulator runs', async () => {
  await using twilio = await startTwilio();
  const remove = twilio.simulator.faults.add({
    kind: 'status500',
    operation: 'fetchExport',
    resourceType: 'Calls',
  });
  assert.equal((await twilio.api('Calls')).status, 500);
  assert.equal((await twilio.api('Messages')).status, 200);
  remove();
  assert.equal((await twilio.api('Calls')).status, 200);
  twilio.simulator.faults.add({ kind: 'status500' });
  twilio.simulator.faults.clear();
  assert.equal((await twilio.api('Calls')).status, 200);
  assert.throws(
    () => twilio.simulator.faults.add({ kind: 'truncated', operation: 'fetchDay' }),
    /truncated fits/,
  );
});

/** Tells whether a request has come to an end, in whatever way. */
function watch(request: Promise<unknown>): { state: () => 'pending' | 'ended'; ended: Promise<void> } {
  let state: 'pending' | 'ended' = 'pending';
  const end = (): void => {
    state = 'ended';
  };
  return { state: () => state, ended: request.then(end, end) };
}
