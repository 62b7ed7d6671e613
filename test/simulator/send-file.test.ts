import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { FaultScript } from '../../simulator/index.ts';
import { call, START, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { openDownload, sha256 } from './download.ts';
import { completeDay, DAY } from './one-day.ts';

const START_MS = Date.parse(START);

/** A connection that stays open by mistake would keep its test for ever. */
const LIMIT = { timeout: 20_000 };

/** A simulator with one file of so many bytes. */
async function withFile(sizeBytes: number, ...faults: FaultScript[]): Promise<Twilio> {
  const twilio = await startTwilio({ script: { days: [{ sizeBytes }], faults } });
  await completeDay(twilio);
  return twilio;
}

test('a file larger than what is handed over at once arrives whole', LIMIT, async () => {
  await using twilio = await withFile(9_000_000);
  const { bytes } = await call(await twilio.link(DAY));
  const expected = twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY });
  assert.equal(bytes.length, 9_000_000);
  assert.equal(sha256(bytes), expected?.sha256);
  assert.equal(twilio.simulator.ledger().bytesSent.total, 9_000_000);
});

test('what a receiver does not take is neither sent nor counted', LIMIT, async () => {
  await using twilio = await withFile(2_000_000_000);
  const response = await openDownload(await twilio.link(DAY));
  await twilio.api('Messages');
  const { total } = twilio.simulator.ledger().bytesSent;
  assert.ok(total > 0 && total < 100_000_000, `${total} bytes`);
  response.destroy();
});

test('a part that begins and ends inside of gzip members is cut to the byte', LIMIT, async () => {
  await using twilio = await withFile(400_000);
  const whole = (await call(await twilio.link(DAY))).bytes;
  for (const [first, last] of [
    [0, 0],
    [1, 300_000],
    [50_000, 199_999],
    [399_999, 399_999],
  ] as const) {
    const { bytes } = await call(await twilio.link(DAY), { headers: { Range: `bytes=${first}-${last}` } });
    assert.ok(bytes.equals(whole.subarray(first, last + 1)), `${first}-${last}`);
  }
});

test('a stall before the first byte gives the headers and leaves the connection open', LIMIT, async () => {
  await using twilio = await withFile(400_000, { kind: 'stall', at: 0 });
  const response = await openDownload(await twilio.link(DAY));
  await twilio.api('Messages');
  assert.deepEqual([response.headers['content-length'], response.destroyed], ['400000', false]);
  assert.equal(twilio.simulator.ledger().bytesSent.total, 0);
  response.destroy();
});

test('a connection that ends before the first byte has given the headers', LIMIT, async () => {
  await using twilio = await withFile(400_000, { kind: 'resetMidBody', at: 0 });
  const response = await openDownload(await twilio.link(DAY));
  assert.equal(response.headers['content-length'], '400000');
  await assert.rejects(once(response, 'end'), { code: 'ECONNRESET' });
});

test('files asked for at once on one connection come in their order, whole', LIMIT, async () => {
  await using twilio = await withFile(1_000_000);
  const whole = (await call(await twilio.link(DAY))).bytes;
  const links = [await twilio.link(DAY), await twilio.link(DAY)];
  const received = await exchange(
    twilio,
    links
      .map((link, index) => `GET ${targetOf(link)} HTTP/1.1\r\nHost: x\r\nRange: bytes=${index}-\r\n\r\n`)
      .join('') + 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  const [first = '', second = '', last = ''] = received.split('HTTP/1.1 ').slice(1);
  assert.equal(bodyOf(first), whole.toString('latin1'));
  assert.equal(bodyOf(second), whole.subarray(1).toString('latin1'));
  assert.match(last, /^403 /);
});

test(
  'one connection breaks in the middle of the second of two files that were asked for at once',
  LIMIT,
  async () => {
    await using twilio = await withFile(400_000, { kind: 'resetMidBody', at: 0.5, nth: 2 });
    const links = [await twilio.link(DAY), await twilio.link(DAY)];
    const received = await exchange(
      twilio,
      links.map((link) => `GET ${targetOf(link)} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''),
    );
    const [first = '', second = ''] = received.split('HTTP/1.1 ').slice(1);
    assert.deepEqual([bodyOf(first).length, bodyOf(second).length], [400_000, 200_000]);
  },
);

test('a body that came with a GET does not disturb the next request of the connection', LIMIT, async () => {
  await using twilio = await withFile(400_000);
  const received = await exchange(
    twilio,
    `GET ${targetOf(await twilio.link(DAY))} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde` +
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  const [first = '', second = ''] = received.split('HTTP/1.1 ').slice(1);
  assert.equal(bodyOf(first).length, 400_000);
  assert.match(second, /^403 /);
});

test('a target may be absolute, and one that makes no sense opens nothing', LIMIT, async () => {
  await using twilio = await withFile(400_000);
  const closing = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  for (const target of ['//', '*', '/%', `/?X-Amz-Signature=${'0'.repeat(64)}`]) {
    assert.match(await exchange(twilio, `GET ${target} ${closing}`), /^HTTP\/1\.1 403 /, target);
  }
  const received = await exchange(twilio, `GET ${await twilio.link(DAY)} ${closing}`);
  assert.match(received, /^HTTP\/1\.1 200 /);
});

test('the store tells the time of the clock, and when the file was generated', LIMIT, async () => {
  await using twilio = await withFile(400_000);
  const generatedAt = START_MS + 12 * 60_000;
  for (const seconds of [0, 1, 60]) {
    twilio.simulator.clock.advance(seconds * 1000);
    const { headers } = await call(await twilio.link(DAY));
    assert.equal(headers.date, new Date(twilio.simulator.clock.now()).toUTCString());
    assert.equal(headers['last-modified'], new Date(generatedAt).toUTCString());
  }
});

test('after a second export of a day that was fetched already, the new file is given', LIMIT, async () => {
  await using twilio = await startTwilio({
    script: { days: [{ sizeBytes: 400_000 }, { submissions: [2], sizeBytes: 300_000 }] },
  });
  await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  assert.equal((await call(await twilio.link(DAY))).bytes.length, 400_000);
  await twilio.createJob(DAY, DAY);
  twilio.minutes(12);
  assert.equal((await call(await twilio.link(DAY))).bytes.length, 300_000);
});

test('each day of each type gives its own file, one after the other', LIMIT, async () => {
  await using twilio = await startTwilio();
  const days = ['2026-10-01', '2026-10-02'];
  for (const type of ['Messages', 'Calls']) {
    const form = { StartDay: '2026-10-01', EndDay: '2026-10-02', FriendlyName: 'a job' };
    await twilio.api(`${type}/Jobs`, { form });
  }
  twilio.minutes(60);
  for (const [type, prefix] of [
    ['Messages', 'SM'],
    ['Calls', 'CA'],
  ] as const) {
    for (const day of days) {
      const { json } = await twilio.api(`${type}/Days/${day}`);
      const [line = ''] = gunzipSync((await call(json.redirect_to)).bytes)
        .toString('utf8')
        .split('\n');
      const record = JSON.parse(line) as { sid: string; date_created: string };
      assert.deepEqual([record.sid.slice(0, 2), record.date_created.slice(0, 10)], [prefix, day]);
    }
  }
});

test('as many bytes are another file than as many records', LIMIT, async () => {
  await using twilio = await startTwilio({ script: { days: [{ records: 3000 }] } });
  await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  assert.equal(twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY })?.records, 3000);
  twilio.simulator.setScript({ days: [{ sizeBytes: 3000 }] });
  await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  assert.equal((await call(await twilio.link(DAY))).bytes.length, 3000);
});

function targetOf(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}

/** All that the store sends on one connection until it closes it, a character a byte. */
async function exchange(twilio: Twilio, requests: string): Promise<string> {
  const { hostname, port } = new URL(twilio.simulator.storeUrl);
  const socket = connect(Number(port), hostname);
  socket.write(requests);
  let received = '';
  for await (const part of socket as AsyncIterable<Buffer>) {
    received += part.toString('latin1');
  }
  return received;
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}
