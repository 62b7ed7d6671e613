import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ExportManifest } from '../../activities/index.ts';
import { defaultSettings } from '../../activities/index.ts';
import { hashExportId } from '../../activities/marker.ts';
import { createPartMemory } from '../../activities/storage/s3/part-memory.ts';
import { PART_BYTES, partBytesOf, readParts } from '../../activities/storage/s3/read-parts.ts';
import type { S3Server } from '../support/s3-server.ts';
import { openUploads } from '../support/open-uploads.ts';
import { startS3Front } from './s3-front.ts';
import {
  fill,
  key,
  keyOf,
  makeFile,
  MB,
  namesInSpool,
  newSpool,
  OBJECT_KEY,
  openS3Storage,
  startS3,
} from './s3-rig.ts';

const { signal } = new AbortController();

describe('a destination in S3', () => {
  let server: S3Server;
  before(async () => {
    server = await startS3();
  });
  after(() => server.close());

  test('a check proves what an export will ask for, and leaves neither an object nor an open upload', async (t) => {
    const spool = await newSpool(t);
    const front = await startS3Front(t, server.endpoint);
    const storage = await openS3Storage(t, { endpoint: front.endpoint, spool });
    await storage.check('run-1');
    assert.deepEqual(await server.keys(), []);
    assert.deepEqual(await openUploads(server), []);
    assert.deepEqual(await namesInSpool(spool), []);
    const asked = new Set(front.requests.map(({ operation }) => operation));
    assert.deepEqual([...asked].toSorted(), [
      'AbortMultipartUpload',
      'CreateMultipartUpload',
      'HeadObject',
      'ListMultipartUploads',
      'UploadPart',
    ]);
  });

  for (const [size, sizeBytes, parts] of [
    ['of one part', 1 * MB, 0],
    ['of several parts', 20 * MB, 3],
  ] as const) {
    test(`a file ${size} is published whole, says of itself what it is, and leaves the spool`, async (t) => {
      const spool = await newSpool(t);
      const front = await startS3Front(t, server.endpoint);
      const storage = await openS3Storage(t, { endpoint: front.endpoint, spool });
      const { bytes, proof } = makeFile(sizeBytes);
      const ofJob = { ...key, jobSid: `JS${'1'.repeat(32)}` };
      const half = await fill(storage, bytes, ofJob);
      const file = await half.publish(proof);
      await half.close();

      assert.deepEqual(file, { location: `s3://exports/${OBJECT_KEY}`, ...proof });
      assert.ok((await server.read(OBJECT_KEY)).equals(bytes), 'the bytes are those of the file');
      assert.deepEqual(await storage.findPublished(key), file);
      assert.deepEqual(await namesInSpool(spool), []);
      const uploaded = front.requests.filter(({ operation }) => operation === 'UploadPart');
      assert.equal(uploaded.length, parts);
      for (const { partNumber, sizeBytes: partBytes, headers } of uploaded) {
        assert.equal(partBytes, partNumber === parts ? sizeBytes % (8 * 1024 * 1024) : 8 * 1024 * 1024);
        assert.match(String(headers['x-amz-checksum-sha256']), /^[\w+/]{43}=$/);
      }
      const begun = front.requests.find(({ headers }) => headers['x-amz-meta-sha256'] !== undefined);
      assert.deepEqual(
        ['sha256', 'records', 'export', 'job'].map((name) => begun?.headers[`x-amz-meta-${name}`]),
        [proof.sha256, '7', hashExportId('run-1'), ofJob.jobSid],
      );
    });
  }

  test('an object has its name only when it is whole', async (t) => {
    const seen: string[][] = [];
    const other = keyOf('2026-10-02');
    const front = await startS3Front(t, server.endpoint, async ({ operation }) => {
      if (operation === 'CompleteMultipartUpload') seen.push(await server.keys());
      return null;
    });
    const storage = await openS3Storage(t, { endpoint: front.endpoint });
    const { bytes, proof } = makeFile(20 * MB);
    await (await fill(storage, bytes, other)).publish(proof);
    const ofDay = (keys: string[] = []): string[] => keys.filter((name) => name.includes('2026-10-02'));
    assert.deepEqual(ofDay(seen[0]), []);
    assert.equal(ofDay(await server.keys()).length, 1);
  });

  test('a published day is one of this export, and no longer once another export has published it', async (t) => {
    const storage = await openS3Storage(t, server);
    const { bytes, proof } = makeFile(100);
    const [mine, theirs] = [keyOf('2026-10-03'), keyOf('2026-10-03', 'run-2')];
    assert.equal(await storage.findPublished(mine), null);
    const file = await (await fill(storage, bytes, mine)).publish(proof);
    assert.deepEqual(await storage.findPublished(mine), file);
    assert.equal(await storage.findPublished(theirs), null);
    await (await fill(storage, bytes, theirs)).publish(proof);
    assert.equal(await storage.findPublished(mine), null);
    assert.deepEqual(await storage.findPublished(theirs), file);
  });

  test('a fetch goes on from the half file in the spool, on the same worker alone', async (t) => {
    const spool = await newSpool(t);
    const { bytes } = makeFile(MB);
    const day = keyOf('2026-10-04');
    const half = await fill(await openS3Storage(t, { ...server, spool }), bytes, day);
    await half.close();
    const again = await openS3Storage(t, { ...server, spool });
    const adopted = await again.adoptHalf(day);
    assert.equal(adopted?.sizeBytes(), MB);
    assert.equal(adopted.etag, '"etag"');
    await adopted.close();
    const elsewhere = await openS3Storage(t, server);
    assert.equal(await elsewhere.adoptHalf(day), null);
    await again.sweepDay(day);
    assert.deepEqual(await namesInSpool(spool), []);
  });

  test('two destinations share a spool and no file in it', async (t) => {
    const spool = await newSpool(t);
    const { bytes } = makeFile(MB);
    await (await fill(await openS3Storage(t, { ...server, spool }), bytes)).close();
    const other = await openS3Storage(t, { ...server, spool, prefix: 'other' });
    assert.equal(await other.adoptHalf(key), null);
    assert.equal((await namesInSpool(spool)).length, 1);
  });

  test('a manifest is written whole and in place of an earlier one', async (t) => {
    const storage = await openS3Storage(t, server);
    const manifest = { schemaVersion: 1, notCleaned: [] as string[] } as unknown as ExportManifest;
    const input = { workflowId: 'a/b', exportId: 'run-1', manifest };
    const location = await storage.writeManifest(input);
    assert.equal(location, 's3://exports/days/_manifests/a%2Fb/run-1.json');
    const next = { ...input, manifest: { ...manifest, notCleaned: ['x'] } };
    assert.equal(await storage.writeManifest(next), location);
    const text = await server.read('days/_manifests/a%2Fb/run-1.json');
    assert.deepEqual(JSON.parse(text.toString()), next.manifest);
  });

  test('what was left for a day goes with the sweep of the day: half files and open uploads, of that key alone', async (t) => {
    const spool = await newSpool(t);
    let isAway = true;
    const front = await startS3Front(t, server.endpoint, ({ operation }) =>
      isAway && /^(?:Abort|Complete)/.test(operation) ? 'reset' : null,
    );
    const broken = await openS3Storage(t, { endpoint: front.endpoint, spool });
    const { bytes, proof } = makeFile(9 * MB);
    const days = [keyOf('2026-11-01'), keyOf('2026-11-02')];
    for (const day of days) {
      const half = await fill(broken, bytes, day);
      await assert.rejects(half.publish(proof), /could not complete the upload/);
      await half.close();
    }
    assert.equal((await openUploads(server)).length, 2);
    assert.equal((await namesInSpool(spool)).length, 2);

    const elsewhere = await openS3Storage(t, server);
    await elsewhere.sweepDay(days[0] ?? key);
    assert.deepEqual(await openUploads(server), [OBJECT_KEY.replace('2026-10-01', '2026-11-02')]);
    isAway = false;
    for (const day of days) await broken.sweepDay(day);
    assert.deepEqual(await openUploads(server), []);
    assert.deepEqual(await namesInSpool(spool), []);
  });

  test("uploads that nobody came back for go once they are stale, and others' stay", async (t) => {
    const front = await startS3Front(t, server.endpoint, ({ operation }) =>
      operation === 'AbortMultipartUpload' || operation === 'CompleteMultipartUpload' ? 'reset' : null,
    );
    const { bytes, proof } = makeFile(9 * MB);
    for (const prefix of ['stale', 'stale/below', 'beside']) {
      const broken = await openS3Storage(t, { endpoint: front.endpoint, prefix });
      const half = await fill(broken, bytes);
      await assert.rejects(half.publish(proof), /could not complete the upload/);
      await half.close();
    }
    const sweep = async (staleMs: number): Promise<void> => {
      const storage = await openS3Storage(t, { ...server, prefix: 'stale' });
      await storage.sweepStale({ staleMs, signal });
      // It was done a moment ago.
      await storage.sweepStale({ staleMs: -1_000, signal });
    };
    await sweep(defaultSettings.staleHalfMs);
    assert.equal((await openUploads(server)).length, 3);
    await sweep(-1_000);
    const left = (await openUploads(server)).toSorted();
    assert.deepEqual(
      left.map((name) => name.split('/account')[0]),
      ['beside', 'stale/below'],
    );
    for (const prefix of ['stale/below', 'beside']) {
      await (await openS3Storage(t, { ...server, prefix })).sweepDay(key);
    }
    assert.deepEqual(await openUploads(server), []);
  });

  test('what a check has left goes with the clean-up of its export, or once it is stale', async (t) => {
    let isAway = true;
    const front = await startS3Front(t, server.endpoint, ({ operation }) =>
      isAway && operation === 'AbortMultipartUpload' ? 'reset' : null,
    );
    const storage = await openS3Storage(t, { endpoint: front.endpoint });
    for (const exportId of ['run-1', 'run-2']) {
      await assert.rejects(storage.check(exportId), /could not abort the upload/);
    }
    isAway = false;
    const checks = ['run-1', 'run-2'].map((exportId) => `days/_check-${hashExportId(exportId)}`);
    assert.deepEqual((await openUploads(server)).toSorted(), checks.toSorted());
    await storage.sweepChecks('run-1');
    assert.deepEqual(await openUploads(server), [checks[1]]);
    await storage.sweepStale({ staleMs: -1_000, signal });
    assert.deepEqual(await openUploads(server), []);
  });

  test('checks of one export at the same time are no trouble to each other', async (t) => {
    const steps = new EventEmitter();
    const [reached, isDone] = [once(steps, 'reached'), once(steps, 'done')];
    const front = await startS3Front(t, server.endpoint, async ({ operation }) => {
      if (operation === 'UploadPart') {
        steps.emit('reached');
        await isDone;
      }
      return null;
    });
    const slow = (await openS3Storage(t, { endpoint: front.endpoint })).check('run-1');
    await reached;
    await (await openS3Storage(t, server)).check('run-1');
    assert.equal((await openUploads(server)).length, 1);
    steps.emit('done');
    await slow;
    assert.deepEqual(await openUploads(server), []);
  });

  test('a spool that can not be written to is known at the check', async (t) => {
    const file = join(await newSpool(t), 'file');
    await writeFile(file, '');
    const storage = await openS3Storage(t, { ...server, spool: file });
    await assert.rejects(storage.check('run-1'), /could not write to the spool .*ENOTDIR/);
  });
});

test('parts are alike but for the last, and never more than S3 takes', async () => {
  for (const [chunks, sizes] of [
    [
      [3, 3, 3],
      [4, 4, 1],
    ],
    [[8], [4, 4]],
    [[1, 1], [2]],
    [[], []],
  ] as const) {
    const reader = readParts(chunksOf(chunks));
    const filled: number[] = [];
    for (const _ of [...sizes, 0]) filled.push(await reader.readInto(new Uint8Array(4)));
    assert.deepEqual(filled, [...sizes, 0]);
  }
  const TIB = 1024 ** 4;
  for (const sizeBytes of [1, 9 * MB, 100_000 * MB, TIB, 5 * TIB]) {
    const partBytes = partBytesOf(sizeBytes, PART_BYTES);
    assert.ok(sizeBytes / partBytes <= 10_000, `${sizeBytes} bytes`);
    assert.ok(partBytes >= 5 * 1024 ** 2, `${sizeBytes} bytes`);
  }
});

test('memory of a part is used again once nobody can be reading it, and by one at a time', async () => {
  const memory = createPartMemory(2, 4);
  const [one, two] = await Promise.all([memory.take(4, signal), memory.take(4, signal)]);
  const third = memory.take(4, signal);
  one.release(true);
  assert.equal((await third).bytes, one.bytes);
  two.release(false);
  const fourth = await memory.take(4, signal);
  assert.notEqual(fourth.bytes, two.bytes);
  fourth.release(true);
  assert.equal((await memory.take(5, signal)).bytes.length, 5);
});

async function* chunksOf(sizes: readonly number[]): AsyncIterable<Uint8Array> {
  for (const size of sizes) yield Buffer.alloc(size);
}
