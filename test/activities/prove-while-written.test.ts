import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { proveWhileWritten } from '../../activities/download/prove-while-written.ts';
import type { ByteRange } from '../../activities/index.ts';

const { signal } = new AbortController();
const file = gzipSync('{"record":1}\n'.repeat(1_000), { level: 0 });

test('a file is proven while it is written: each byte is read once, and only when it lies there', async () => {
  const half = startHalf();
  const proof = proveWhileWritten(half, file.length, signal);
  for (const endBytes of [1, 5_000, 5_000, 9_000]) {
    half.write(endBytes);
    proof.keepUp();
    await untilIdle();
    assert.equal(half.readBytes(), endBytes);
  }
  half.write(file.length);
  const verified = await proof.finish();
  const sha256 = createHash('sha256').update(file).digest('hex');
  assert.deepEqual(verified, { whole: true, proof: { sizeBytes: file.length, records: 1_000, sha256 } });
  assert.equal(half.readBytes(), file.length);
});

test('a file that ends too early is none, however long its proof kept up', async () => {
  const half = startHalf();
  const proof = proveWhileWritten(half, null, signal);
  half.write(file.length - 1);
  proof.keepUp();
  await untilIdle();
  const verified = await proof.finish();
  assert.ok(!verified.whole, 'it was cut short');
});

test('a proof that nobody wants any more ends, while it waits and while it reads', async () => {
  for (const isReading of [false, true]) {
    const half = startHalf();
    const proof = proveWhileWritten(half, null, signal);
    half.write(1_000);
    await untilIdle();
    half.write(file.length);
    if (isReading) proof.keepUp();
    await proof.drop();
    const readBytes = half.readBytes();
    await untilIdle();
    assert.equal(half.readBytes(), readBytes, 'nothing reads the file any more');
    await assert.rejects(proof.finish(), { name: 'AbortError' });
  }
});

/** What the disk would hold of the file, and how much of it was read. */
function startHalf() {
  let sizeBytes = 0;
  let readBytes = 0;
  return {
    write: (endBytes: number) => void (sizeBytes = endBytes),
    sizeBytes: () => sizeBytes,
    readBytes: () => readBytes,
    read: async function* (range?: ByteRange): AsyncIterable<Uint8Array> {
      assert.ok(range && range.fromBytes === readBytes && range.endBytes <= sizeBytes, 'what lies there');
      for (let atBytes = range.fromBytes; atBytes < range.endBytes; atBytes = readBytes) {
        await setImmediate();
        readBytes = Math.min(atBytes + 1_000, range.endBytes);
        yield file.subarray(atBytes, readBytes);
      }
    },
  };
}

/** Until all that can be read was read: the whole file fits before gunzip, so that nothing waits for its thread. */
async function untilIdle(): Promise<void> {
  for (let turns = 0; turns < 200; turns++) await setImmediate();
}
