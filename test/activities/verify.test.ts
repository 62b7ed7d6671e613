import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createRecordCounter } from '../../activities/download/count-records.ts';
import { judgeDay } from '../../activities/download/judge-day.ts';
import { verifyDayFile } from '../../activities/download/verify-day-file.ts';
import type { VerifiedFile } from '../../activities/download/verify-day-file.ts';

const { signal } = new AbortController();
const member = gzipSync('{"a":1}\n{"b":2}\n{"c":3}');

test('a whole file is proven by its size, hash and records', async () => {
  const verified = await verify(member, member.length);
  assert.deepEqual(verified, {
    whole: true,
    proof: {
      sizeBytes: member.length,
      records: 3,
      sha256: createHash('sha256').update(member).digest('hex'),
    },
  });
});

test('a file that decompresses to far more than is read at once is proven, too', async () => {
  const file = gzipSync(Buffer.from('{"record":1}\n'.repeat(1_000_000)));
  const verified = await verify(file, file.length, 1_000);
  assert.ok(verified.whole && verified.proof.records === 1_000_000, 'a whole file');
});

test('a file that expands beyond what records can is cut off, and neither read nor decompressed any further', async () => {
  const part = gzipSync(Buffer.alloc(16 * 1024 * 1024));
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => part));
  let readBytes = 0;
  const counted = async function* (): AsyncIterable<Uint8Array> {
    for await (const chunk of cut(bomb, 4_096)) {
      readBytes += chunk.length;
      yield chunk;
    }
  };
  const verified = await verifyDayFile(counted(), bomb.length, signal);
  assert.ok(!verified.whole, 'not whole');
  assert.match(verified.reason, /got a fault: more than \d+ bytes come out of \d+, which no records do/);
  assert.ok(readBytes < bomb.length / 2, `${readBytes} of ${bomb.length} bytes were read`);
});

test('several gzip members are one file, wherever the reads cut it', async () => {
  const file = Buffer.concat([
    gzipSync('{"a":1}\n'),
    gzipSync('{"b":2}\n{"c"'),
    gzipSync(''),
    gzipSync(':3}\n'),
  ]);
  for (let chunkBytes = 1; chunkBytes <= file.length; chunkBytes++) {
    const verified = await verify(file, null, chunkBytes);
    assert.ok(verified.whole && verified.proof.records === 3, `${chunkBytes}`);
  }
});

test('any file that is cut short is not whole', async () => {
  for (let length = 1; length < member.length; length++) {
    assert.ok(!(await verify(member.subarray(0, length), null)).whole, `${length}`);
  }
  const second = Buffer.concat([member, member.subarray(0, 12)]);
  assert.ok(!(await verify(second, null)).whole, 'a second member cut short');
});

test('any single byte that is another one is noticed, or changes nothing that was decompressed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(member.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const file = Buffer.from(member);
      file[at] = (file[at] ?? 0) ^ flip;
      const verified = await verify(file, null);
      // Flags, time and system of the gzip header carry no content.
      assert.ok(!verified.whole || at < 10, `${at}`);
    }),
  );
});

test('bytes after the last member are no part of a file', async () => {
  for (const rest of ['garbage', '\0\0\0\0', '\u001F', 'x'.repeat(300_000)]) {
    const file = Buffer.concat([member, Buffer.from(rest)]);
    for (const chunkBytes of [7, member.length, file.length]) {
      const verified = await verify(file, null, chunkBytes);
      assert.ok(!verified.whole, JSON.stringify(rest.slice(0, 8)));
    }
  }
});

test('a size that is not the promised one is no whole file', async () => {
  const verified = await verify(member, member.length + 1);
  assert.ok(!verified.whole, 'not whole');
  assert.match(verified.reason, new RegExp(`expected ${member.length + 1} bytes, got ${member.length}`));
});

test('what is no gzip at all is no whole file', async () => {
  assert.ok(!(await verify(Buffer.from('{"a":1}\n'), null)).whole, 'plain text is no gzip');
  assert.ok(!(await verify(Buffer.alloc(0), null)).whole, 'nothing is no gzip');
});

test('records are lines that are not empty, wherever the chunks are cut', () => {
  const lines = fc.array(fc.constantFrom('', '{"a":1}', '{}', '\r', 'x'), { maxLength: 30 });
  fc.assert(
    fc.property(lines, fc.boolean(), fc.integer({ min: 1, max: 9 }), (parts, endsWithNewline, size) => {
      const bytes = Buffer.from(parts.join('\n') + (endsWithNewline ? '\n' : ''));
      const counter = createRecordCounter();
      for (let at = 0; at < bytes.length; at += size) {
        counter.add(bytes.subarray(at, at + size));
      }
      assert.equal(counter.finish(), parts.filter((line) => line !== '' && line !== '\r').length);
    }),
  );
});

test('what a find means depends on what the job said of the day', () => {
  assert.equal(judgeDay('noDay', 'CompletedEmptyRecords'), 'empty');
  assert.equal(judgeDay('noDay', 'Completed'), 'askAgain');
  assert.equal(judgeDay('noDay', 'CompletedOrEmpty'), 'askAgain');
  assert.equal(judgeDay('zeroBytes', 'Completed'), 'corrupt');
  assert.equal(judgeDay('zeroBytes', 'CompletedOrEmpty'), 'empty');
  for (const status of ['Completed', 'CompletedEmptyRecords', 'CompletedOrEmpty'] as const) {
    assert.equal(judgeDay('noRecords', status), 'empty');
    assert.equal(judgeDay('noFile', status), 'askAgain', 'where there was a link there was a file');
    assert.equal(judgeDay('records', status), 'publish');
  }
});

function verify(file: Buffer, expectedBytes: number | null, chunkBytes = 16): Promise<VerifiedFile> {
  return verifyDayFile(cut(file, chunkBytes), expectedBytes, signal);
}

async function* cut(file: Buffer, chunkBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < file.length; at += chunkBytes) {
    yield file.subarray(at, at + chunkBytes);
  }
}
