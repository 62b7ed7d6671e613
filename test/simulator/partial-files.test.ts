import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseByteRange } from '../../simulator/byte-range.ts';
import { call, startTwilio } from './caller.ts';
import { completeDay, DAY } from './one-day.ts';

test('a Range that asks for more than the file has gives what there is, and a reversed one the whole', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const whole = (await call(await twilio.link(DAY))).bytes;
  const { length } = whole;
  const all = `bytes 0-${length - 1}/${length}`;
  for (const [range, status, contentRange] of [
    [`bytes=-${length + 1}`, 206, all],
    [`bytes=-${length}`, 206, all],
    [`bytes=0-${length}`, 206, all],
    ['bytes=5-2', 200, undefined],
  ] as const) {
    // First, or a store that began before the file would send for ever.
    assert.deepEqual(
      parseByteRange(range, length),
      status === 206 ? { start: 0, end: length } : 'whole',
      range,
    );
    const reply = await call(await twilio.link(DAY), { headers: { Range: range } });
    assert.deepEqual([reply.status, reply.headers['content-range']], [status, contentRange], range);
    assert.ok(reply.bytes.equals(whole), `${range} gives every byte`);
  }
  for (const range of [`bytes=${length}-`, `bytes=${length}-${length + 9}`, 'bytes=-0']) {
    const { status, headers } = await call(await twilio.link(DAY), { headers: { Range: range } });
    assert.deepEqual([status, headers['content-range']], [416, `bytes */${length}`], range);
  }
});

test('If-Range gives the part of the same file, and the whole of another one', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const { headers } = await call(await twilio.link(DAY));
  const ask = async (ifRange: string | undefined, unit = 'bytes') =>
    (await call(await twilio.link(DAY), { headers: { Range: `${unit}=1-`, 'If-Range': ifRange ?? '' } }))
      .status;
  assert.equal(await ask(headers.etag), 206);
  assert.equal(await ask(headers.etag, 'Bytes'), 206);
  assert.equal(await ask(headers['last-modified']), 206);
  assert.equal(await ask('"another"'), 200);
  assert.equal(await ask('Sun, 22 Nov 2020 10:00:00 GMT'), 200);
  twilio.simulator.setScript({ store: { etag: 'weak' } });
  assert.equal(await ask(`W/${headers.etag}`), 200, 'a weak ETag proves no byte');
});

test('If-Match takes a list of ETags, and a weak one never', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const { etag } = (await call(await twilio.link(DAY))).headers;
  const ask = async (ifMatch: string) =>
    (await call(await twilio.link(DAY), { headers: { 'If-Match': ifMatch } })).status;
  assert.equal(await ask(`"one", ${etag},"two"`), 200);
  assert.equal(await ask('"one", "two"'), 412);
  assert.equal(await ask(`W/${etag}`), 412);
  twilio.simulator.setScript({ store: { etag: 'weak' } });
  assert.equal(await ask(`W/${etag}`), 412);
  twilio.simulator.setScript({ store: { etag: 'none' } });
  assert.equal(await ask(String(etag)), 412);
});

test('a file that changes is of a later date', async () => {
  await using twilio = await startTwilio({ script: { faults: [{ kind: 'changedFile', nth: 2 }] } });
  await completeDay(twilio);
  const before = (await call(await twilio.link(DAY))).headers['last-modified'];
  twilio.minutes(1);
  const after = (await call(await twilio.link(DAY))).headers['last-modified'];
  assert.deepEqual([before, after], ['Sun, 22 Nov 2026 10:12:00 GMT', 'Sun, 22 Nov 2026 11:01:00 GMT']);
});

test('If-Match gives the file to its ETag and to a star, and 412 to any other ETag', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const { bytes: whole, headers } = await call(await twilio.link(DAY));
  for (const ifMatch of [String(headers.etag), '*']) {
    const reply = await call(await twilio.link(DAY), { headers: { 'If-Match': ifMatch } });
    assert.equal(reply.status, 200, ifMatch);
    assert.ok(reply.bytes.equals(whole), `${ifMatch} gives the file`);
  }
  for (const ifMatch of ['"other"', '"*"']) {
    const reply = await call(await twilio.link(DAY), { headers: { 'If-Match': ifMatch } });
    assert.equal(reply.status, 412, ifMatch);
  }
});
