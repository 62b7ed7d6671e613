import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import zlib, { gunzipSync } from 'node:zlib';
import { basic, call, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { openDownload, readBody, sha256 } from './download.ts';
import { completeDay, DAY } from './one-day.ts';

/** A simulator where the day has its file. */
async function withFile(options: Parameters<typeof startTwilio>[0] = {}): Promise<Twilio> {
  const twilio = await startTwilio(options);
  await completeDay(twilio);
  return twilio;
}

test('a day answers 307 with the same link in Location and in the body, on another origin', async () => {
  await using twilio = await withFile();
  const { status, headers, json } = await twilio.api(`Messages/Days/${DAY}`);
  assert.equal(status, 307);
  assert.deepEqual(json, { redirect_to: headers.location });
  const link = new URL(json.redirect_to);
  assert.equal(link.origin, twilio.simulator.storeUrl);
  assert.notEqual(link.origin, twilio.simulator.apiUrl);
  assert.equal(link.searchParams.get('X-Amz-Expires'), '240');
});

test('a Day is one of its type alone', async () => {
  await using twilio = await withFile();
  for (const type of ['Calls', 'Conferences', 'Participants']) {
    assert.equal((await twilio.api(`${type}/Days/${DAY}`)).status, 404);
    assert.equal((await twilio.api(`${type}/Days`)).json.days.length, 0);
  }
});

test('the answers of the store have the Date of the simulator', async () => {
  await using twilio = await withFile();
  const link = await twilio.link(DAY);
  const replies = [await call(link), await call(link)];
  assert.deepEqual(
    replies.map(({ status, headers }) => [status, headers.date]),
    [200, 403].map((status) => [status, 'Sun, 22 Nov 2026 11:00:00 GMT']),
  );
});

test('a download gives exactly the file that is expected: a record a line, compressed', async () => {
  await using twilio = await withFile();
  const { status, headers, bytes } = await call(await twilio.link(DAY));
  assert.equal(status, 200);
  assert.match(String(headers.etag), /^"[^"]+"$/);
  assert.equal(bytes.subarray(0, 2).toString('hex'), '1f8b', 'gzip');
  const lines = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
  assert.deepEqual(twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY }), {
    sizeBytes: Number(headers['content-length']),
    records: lines.length,
    sha256: sha256(bytes),
  });
  for (const line of lines) {
    assert.equal((JSON.parse(line) as { date_created: string }).date_created.slice(0, 10), DAY);
  }
});

test('a link works once', async () => {
  await using twilio = await withFile();
  const link = await twilio.link(DAY);
  assert.equal((await call(link)).status, 200);
  assert.equal((await call(link)).status, 403);
  assert.equal(twilio.simulator.ledger().links.usedTwice, 1);
  assert.equal((await call(await twilio.link(DAY))).status, 200);
});

test('a link works for four minutes', async () => {
  await using twilio = await withFile();
  const [first, second] = [await twilio.link(DAY), await twilio.link(DAY)];
  twilio.minutes(3.9);
  assert.equal((await call(first)).status, 200);
  twilio.minutes(0.1);
  const { status, bytes } = await call(second);
  assert.equal(status, 403);
  assert.match(bytes.toString('utf8'), /expired/);
  assert.equal(twilio.simulator.ledger().links.expired, 1);
});

test(
  'on a fast clock a link can still be used, though its four minutes pass in no time',
  { timeout: 20_000 },
  async () => {
    await using twilio = await startTwilio({ clock: { kind: 'faster', speed: 1e4, start: '2026-11-22' } });
    await twilio.createJob(DAY, DAY);
    let link: string | undefined;
    while (link === undefined) {
      const reply = await twilio.api(`Messages/Days/${DAY}`);
      link = reply.status === 307 ? reply.json.redirect_to : undefined;
    }
    const issuedAtMs = twilio.simulator.clock.now();
    while (twilio.simulator.clock.now() < issuedAtMs + 300_000) {
      await twilio.api('Messages');
    }
    assert.equal((await call(link)).status, 200);
  },
);

test('a link whose path or signature was changed opens nothing', async () => {
  await using twilio = await withFile();
  const link = await twilio.link(DAY);
  assert.equal((await call(link.replace('2026-10-01', '2026-10-02'))).status, 403);
  assert.equal((await call(`${twilio.simulator.storeUrl}/`)).status, 403);
  assert.equal(twilio.simulator.ledger().links.unknown, 2);
  assert.equal((await call(link)).status, 200);
});

test('the store answers 400 to an Authorization header, counts it, and leaves the link unused', async () => {
  await using twilio = await withFile();
  const link = await twilio.link(DAY);
  const { status, bytes } = await call(link, { headers: { Authorization: basic('AC', 'x') } });
  assert.equal(status, 400);
  assert.match(bytes.toString('utf8'), /<Code>InvalidArgument<\/Code>/);
  assert.equal(twilio.simulator.ledger().authorizationAtStore, 1);
  assert.equal((await call(link)).status, 200);
});

test('a Range gives 206 and the part, and a range behind the end gives 416', async () => {
  await using twilio = await withFile();
  const whole = (await call(await twilio.link(DAY))).bytes;
  for (const [range, start, end] of [
    ['bytes=10-19', 10, 20],
    ['bytes=100-', 100, whole.length],
    ['bytes=-7', whole.length - 7, whole.length],
    ['bytes=5-99999999', 5, whole.length],
  ] as const) {
    const { status, headers, bytes } = await call(await twilio.link(DAY), { headers: { Range: range } });
    assert.equal(status, 206);
    assert.equal(headers['content-range'], `bytes ${start}-${end - 1}/${whole.length}`);
    assert.deepEqual(bytes, whole.subarray(start, end));
  }
  const range = `bytes=${whole.length}-`;
  const { status, headers } = await call(await twilio.link(DAY), { headers: { Range: range } });
  assert.deepEqual([status, headers['content-range']], [416, `bytes */${whole.length}`]);
});

test('If-Match with another ETag gives 412', async () => {
  await using twilio = await withFile();
  const { etag = '' } = (await call(await twilio.link(DAY))).headers;
  assert.equal((await call(await twilio.link(DAY), { headers: { 'If-Match': etag } })).status, 200);
  assert.equal((await call(await twilio.link(DAY), { headers: { 'If-Match': '"other"' } })).status, 412);
});

test('a file disappears seven days after its generation, from the list and by itself', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob(DAY, DAY);
  twilio.minutes(12 + 7 * 24 * 60 - 1);
  const link = await twilio.link(DAY);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 1);
  twilio.minutes(1);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 0);
  assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 404);
  assert.equal((await call(link)).status, 404);
});

for (const [file, what, size] of [
  ['emptyFile', 'a gzip of nothing', 20],
  ['zeroBytes', 'no bytes at all', 0],
] as const) {
  test(`an empty day may be ${what}`, async () => {
    await using twilio = await withFile({ script: { days: [{ file }] } });
    const { json } = await twilio.api('Messages/Days');
    assert.equal(json.days[0]?.size, size);
    const { status, bytes } = await call(await twilio.link(DAY));
    assert.deepEqual([status, bytes.length], [200, size]);
    assert.equal(twilio.simulator.ledger().jobs[0]?.byStatus['CompletedEmptyRecords'], 1);
  });
}

test('a file may be of several gigabytes, and any part of it can be had', async () => {
  await using twilio = await withFile({ script: { days: [{ sizeBytes: 5_000_000_000 }] } });
  const before = process.memoryUsage();
  const response = await openDownload(await twilio.link(DAY), { Range: 'bytes=-20' });
  const { statusCode, headers } = response;
  // First, or a store that ignored the range would have its 5 GB read into memory.
  assert.deepEqual(
    [statusCode, headers['content-range'], headers['content-length']],
    [206, 'bytes 4999999980-4999999999/5000000000', '20'],
  );
  assert.equal((await readBody(response)).bytes.length, 20);
  assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 50_000_000, 'little memory');
});

test('nothing is compressed while a file is listed and served', async (t) => {
  await using twilio = await withFile();
  const { gzipSync } = zlib;
  let compressed = 0;
  zlib.gzipSync = (...args) => {
    compressed += 1;
    return gzipSync(...args);
  };
  syncBuiltinESMExports();
  t.after(() => {
    zlib.gzipSync = gzipSync;
    syncBuiltinESMExports();
  });
  await twilio.api('Messages/Days');
  assert.equal((await call(await twilio.link(DAY))).status, 200);
  assert.equal(compressed, 0);
  await twilio.createJob('2026-10-02', '2026-10-02');
  twilio.minutes(60);
  assert.notEqual(compressed, 0, 'compressed when the day completes');
});

test('an empty day may be no Day at all', async () => {
  await using twilio = await withFile({ script: { days: [{ file: 'missing' }] } });
  assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 404);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 0);
  assert.equal(twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY }), null);
});

test('a file may appear later than its day completes', async () => {
  await using twilio = await startTwilio({ script: { days: [{ fileDelay: '5 minutes' }] } });
  const jobSid = await twilio.createJob(DAY, DAY);
  twilio.minutes(12);
  assert.equal((await twilio.details(jobSid))[0]?.status, 'Completed');
  assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 404);
  twilio.minutes(5);
  assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 307);
});

test('a size wins over a number of records, though the number be 0', async () => {
  await using twilio = await startTwilio({
    script: { days: [{ sizeBytes: 5000 }, { days: DAY, records: 0 }] },
  });
  await completeDay(twilio);
  const { json } = await twilio.api('Messages/Days');
  assert.equal(json.days[0]?.size, 5000);
  assert.equal(twilio.simulator.ledger().jobs[0]?.byStatus['Completed'], 1);
});

test('a day that is exported again may hold other bytes, and the latest are given', async () => {
  await using twilio = await withFile({ script: { days: [{ submissions: [2], version: 2 }] } });
  const first = await call(await twilio.link(DAY));
  await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  const second = await call(await twilio.link(DAY));
  assert.notDeepEqual(second.bytes, first.bytes);
  assert.notEqual(second.headers.etag, first.headers.etag);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 2);
});

test('the store may give weak ETags or none, ignore ranges and claim an encoding', async () => {
  await using twilio = await withFile({
    script: { store: { etag: 'weak', ranges: 'ignored', contentEncoding: 'gzip' } },
  });
  const { status, headers } = await call(await twilio.link(DAY), { headers: { Range: 'bytes=5-' } });
  assert.equal(status, 200);
  assert.match(String(headers.etag), /^W\/"/);
  assert.equal(headers['content-encoding'], 'gzip');
  twilio.simulator.setScript({ store: { etag: 'none' } });
  assert.equal((await call(await twilio.link(DAY))).headers.etag, undefined);
});

test('the ledger counts the bytes that were sent, by day', async () => {
  await using twilio = await withFile();
  const whole = (await call(await twilio.link(DAY))).bytes.length;
  await call(await twilio.link(DAY), { headers: { Range: 'bytes=0-9' } });
  const { bytesSent, links } = twilio.simulator.ledger();
  assert.deepEqual(bytesSent, { total: whole + 10, byDay: { [`Messages ${DAY}`]: whole + 10 } });
  assert.deepEqual(links, { issued: 2, used: 2, usedTwice: 0, expired: 0, unknown: 0 });
});
