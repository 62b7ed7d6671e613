import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import type { ProofThread } from '../../activities/download/prove-in-thread.ts';
import { verifyInThread } from '../../activities/download/prove-in-thread.ts';
import { verifyDayFile } from '../../activities/download/verify-day-file.ts';

/** The thread as its source. tsx, which runs this file, is in no thread unless it is asked for there. */
const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
const thread: ProofThread = {
  program: new URL('../../activities/download/proof-thread.ts', import.meta.url),
  execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`],
};

const { signal } = new AbortController();
const CHUNK_BYTES = 10_000;
/** More than gunzip takes in at once, so that the thread has to wait for it. */
const file = gzipSync(JSON.stringify(randomBytes(400_000).toString('base64')).repeat(2), { level: 0 });

for (const [title, bytes, expectedBytes] of [
  ['a whole file', file, file.length],
  ['a file of a size that nobody told', file, null],
  ['a file that is cut short', file.subarray(0, -1), file.length],
  ['a file with something after its end', Buffer.concat([file, Buffer.from('x')]), null],
  ['a file without a byte', Buffer.alloc(0), null],
  ['a file that grows beyond all records', gzipSync(Buffer.alloc(300_000_000)), null],
] as const) {
  test(`a thread finds of ${title} what is found without one`, async () => {
    const [inThread, without] = await Promise.all([
      verifyInThread(chunksOf(bytes), expectedBytes, signal, thread),
      verifyDayFile(chunksOf(bytes), expectedBytes, signal),
    ]);
    assert.deepEqual(inThread, without);
  });
}

test('whoever reads for a thread may use its memory again', async () => {
  async function* inOneBuffer(): AsyncIterable<Uint8Array> {
    const memory = Buffer.alloc(CHUNK_BYTES);
    for await (const chunk of chunksOf(file)) {
      chunk.copy(memory);
      yield memory.subarray(0, chunk.length);
    }
  }
  assert.equal((await verifyInThread(inOneBuffer(), file.length, signal, thread)).whole, true);
});

test('a thread is sent little more than it has looked at', async () => {
  let sent = 0;
  async function* counted(): AsyncIterable<Uint8Array> {
    for (;;) {
      sent++;
      yield Buffer.alloc(CHUNK_BYTES);
    }
  }
  // It looks at nothing.
  const idle = { program: programOf('setInterval(() => {}, 1_000)') };
  const starting = once(process, 'worker') as Promise<[Worker]>;
  const proof = verifyInThread(counted(), null, signal, idle);
  const [worker] = await starting;
  await once(worker, 'online');
  assert.equal(sent, 4);
  await worker.terminate();
  await assert.rejects(proof, /the thread that proves it has ended too early/);
});

for (const [title, program, told] of [
  ['fails', 'throw new Error("a fault of the thread")', /^Error: a fault of the thread$/],
  ['ends', 'process.exit()', /the thread that proves it has ended too early/],
] as const) {
  test(`a thread that ${title} fails the proof, while bytes are there and after the last`, async () => {
    for (const bytes of [file, Buffer.alloc(0)])
      await assert.rejects(
        verifyInThread(chunksOf(bytes), null, signal, { program: programOf(program) }),
        told,
      );
  });
}

test('a proof that is given up ends with its thread', async () => {
  const starting = once(process, 'worker') as Promise<[Worker]>;
  const stop = new AbortController();
  async function* untilGivenUp(): AsyncIterable<Uint8Array> {
    yield* chunksOf(file);
    stop.abort();
    yield Buffer.alloc(1);
  }
  await assert.rejects(verifyInThread(untilGivenUp(), null, stop.signal, thread), { name: 'AbortError' });
  const [worker] = await starting;
  assert.equal(worker.threadId, -1, 'it has ended');
});

async function* chunksOf(bytes: Buffer): AsyncIterable<Buffer> {
  for (let atBytes = 0; atBytes < bytes.length; atBytes += CHUNK_BYTES)
    yield bytes.subarray(atBytes, atBytes + CHUNK_BYTES);
}

function programOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
