import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ApplicationFailureCategory } from '@temporalio/common';
import { StorageProblem } from '../../activities/index.ts';
import type { DayKey, DayStorage, StorageProblemKind } from '../../activities/index.ts';
import { createRefusedSizes } from '../../activities/storage/spool/refused-sizes.ts';
import type { S3Server } from '../support/s3-server.ts';
import { download, startDays } from './complete-days.ts';
import { fill, key, keyOf, makeFile, namesInSpool, newSpool, openS3Storage, startS3 } from './s3-rig.ts';

let server: S3Server;
before(async () => {
  server = await startS3();
});
after(() => server.close());

const KB = 1_000;
const [first, second, third] = [key, keyOf('2026-10-02'), keyOf('2026-10-03')] as const;

test('a file waits until there is room for all of it, and is asked about before a link is', async (t) => {
  const { storage } = await openWith(t, 250 * KB);
  const one = await fill(storage, bytesOf(100));
  const two = await fill(storage, bytesOf(100), second);
  await refuses('crowded', storage.createHalf(third, '"e"', 100 * KB));
  // What it came to is known now.
  assert.throws(() => storage.admit?.(third), { kind: 'crowded' });
  assert.doesNotThrow(() => storage.admit?.(keyOf('2026-10-04')));
  await one.discard();
  storage.admit?.(third);
  const three = await storage.createHalf(third, '"e"', 100 * KB);
  await two.close();
  await three.close();
});

test('room is given back by each end of a half file, once', async (t) => {
  const { storage } = await openWith(t, 100 * KB);
  const { bytes, proof } = makeFile(100 * KB);
  for (const end of ['publish', 'discard', 'close'] as const) {
    const half = await fill(storage, bytes);
    await refuses('crowded', storage.createHalf(second, '"e"', 1));
    await (end === 'publish' ? half.publish(proof) : half[end]());
    await half.close();
    await storage.sweepDay(key);
    const next = await storage.createHalf(second, '"e"', 100 * KB);
    // The end of the one before is not an end of this one.
    await half.close();
    await refuses('crowded', storage.createHalf(third, '"e"', 1));
    await next.close();
  }
});

test('what lies there and nobody works on makes way, the longest untouched first, and what is worked on does not', async (t) => {
  const { storage, spool } = await openWith(t, 350 * KB);
  const live = await fill(storage, bytesOf(100));
  for (const [at, day] of [second, third].entries()) {
    const half = await fill(storage, bytesOf(100), day);
    await half.close();
    const path = await pathOf(spool, day);
    await utimes(path, 1_000 + at, 1_000 + at);
  }
  await utimes(await pathOf(spool, first), 1, 1);
  const more = await fill(storage, bytesOf(100), keyOf('2026-10-04'));
  assert.deepEqual(await daysIn(spool), ['2026-10-01', '2026-10-03', '2026-10-04']);
  await live.close();
  await more.close();
});

test('half files that fill the spool and that nobody can go on with never keep it full', async (t) => {
  const { storage } = await openWith(t, 250 * KB);
  for (const day of [first, second]) await (await fill(storage, bytesOf(100), day)).close();
  const adopted = await storage.adoptHalf(first);
  assert.equal(adopted?.sizeBytes(), 100 * KB, 'the other made way for its copy');
  assert.equal(await storage.adoptHalf(second), null);
  await adopted.close();
});

test('where there is no room for a copy beside it, a half file is given up and its fetch begins anew', async (t) => {
  const { storage, spool } = await openWith(t, 150 * KB);
  await (await fill(storage, bytesOf(100))).close();
  assert.equal(await storage.adoptHalf(first), null);
  assert.deepEqual(await namesInSpool(spool), []);
  const anew = await fill(storage, bytesOf(100));
  await anew.close();
});

test('a file of unknown size takes room as it grows, and ends where there is none', async (t) => {
  const { storage } = await openWith(t, 200 * KB);
  const half = await storage.createHalf(first, '"e"', null);
  await half.write([bytesOf(150)], 0);
  await refuses('crowded', storage.createHalf(second, '"e"', 100 * KB));
  await refuses('full', half.write([bytesOf(100)], 150 * KB));
  assert.equal(half.sizeBytes(), 150 * KB);
  await half.close();
});

test('a file that is larger than the spool is said to be, with what to do', async (t) => {
  const { storage } = await openWith(t, 100 * KB);
  const problem = await refuses('full', storage.createHalf(first, '"e"', 100 * KB + 1));
  assert.match(
    `${problem.message}. ${problem.advice}`,
    /100001 bytes.*100000 at most.*BULK_EXPORTS_SPOOL_LIMIT/,
  );
});

test('a size that the spool never takes shuts no day out: the next answer may tell another', async (t) => {
  const { storage } = await openWith(t, 100 * KB);
  await refuses('full', storage.createHalf(first, '"e"', 1_000_000 * KB));
  storage.admit?.(first);
  const half = await storage.createHalf(first, '"e"', 50 * KB);
  await half.close();
});

test('what a day came to is forgotten with the day, and the oldest beyond a number', async (t) => {
  const { storage } = await openWith(t, 250 * KB);
  const other = await fill(storage, bytesOf(200), second);
  await refuses('crowded', storage.createHalf(third, '"e"', 100 * KB));
  assert.throws(() => storage.admit?.(third), { kind: 'crowded' });
  await storage.sweepDay(third);
  storage.admit?.(third);
  await other.close();

  const sizes = createRefusedSizes(2);
  for (const day of ['a', 'b', 'a', 'c']) {
    const crowded = Promise.reject(new StorageProblem('crowded', 'no room'));
    await refuses('crowded', sizes.learn(day, 5, crowded));
  }
  assert.deepEqual(
    ['a', 'b', 'c'].map((day) => sizes.of(day)),
    [5, undefined, 5],
  );
  await sizes.learn('a', 5, Promise.resolve());
  assert.equal(sizes.of('a'), undefined);
});

test('a download that finds the spool full comes back later, asks for no link meanwhile, and is no sign of trouble', async (t) => {
  const { storage } = await openWith(t, 500 * KB);
  const rig = await startDays(t, { sizeBytes: 400 * KB }, { storage });
  const other = await fill(storage, bytesOf(200), second);
  for (const attempt of [1, 2, 3]) {
    const { failure, error } = await rig.run('downloadExportDay', download, { attempt });
    assert.equal(failure?.type, 'DownloadSlotsBusy', String(error));
    assert.equal(failure.category, ApplicationFailureCategory.BENIGN);
    assert.match(failure.message, /the spool has no room for 400000 more bytes now.*It waits for room/);
    assert.ok(Number(failure.nextRetryDelay) >= 10_000 * 2 ** (attempt - 1), 'it waits longer each time');
  }
  assert.equal(rig.simulator.ledger().links.issued, 1);
  await other.close();
  const { result, error } = await rig.run('downloadExportDay', download, { attempt: 4 });
  assert.equal(result?.outcome, 'downloaded', String(error));
});

async function openWith(t: TestContext, limitBytes: number): Promise<{ storage: DayStorage; spool: string }> {
  const spool = await newSpool(t);
  return { storage: await openS3Storage(t, { ...server, spool, limitBytes }), spool };
}

async function refuses(kind: StorageProblemKind, work: Promise<unknown>): Promise<StorageProblem> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StorageProblem, String(error));
  assert.equal(error.kind, kind, error.message);
  return error;
}

function bytesOf(kilobytes: number): Buffer {
  return Buffer.alloc(kilobytes * KB, 1);
}

async function pathOf(spool: string, { day }: DayKey): Promise<string> {
  const entries = await readdir(spool, { recursive: true, withFileTypes: true });
  const found = entries.find((entry) => entry.isFile() && entry.parentPath.endsWith(`day=${day}`));
  assert.ok(found, `a half file of ${day}`);
  return join(found.parentPath, found.name);
}

async function daysIn(spool: string): Promise<string[]> {
  const entries = await readdir(spool, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath }) => parentPath.slice(-10))
    .toSorted();
}
