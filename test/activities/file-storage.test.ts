import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createFileStorage, StorageProblem } from '../../activities/index.ts';
import type { DayKey, DayStorage, ExportManifest } from '../../activities/index.ts';
import { attemptVerdictName } from '../../activities/storage/day-path.ts';
import { momentName } from '../../activities/storage/moment-file.ts';
import { parseFileDestination } from '../../activities/storage/file-destination.ts';
import { toStorageProblem } from '../../activities/storage/storage-problem.ts';
import { adoptHalf } from '../../activities/storage/own-half-file.ts';

const key: DayKey = {
  accountSid: `AC${'0'.repeat(32)}`,
  resourceType: 'Calls',
  day: '2026-10-01',
  exportId: 'run-1',
};
const proof = { sizeBytes: 5, records: 1, sha256: 'ab' };

test('a destination is a file: URL, absolute or relative to where the worker was started', () => {
  assert.equal(parseFileDestination('file:///srv/my%20exports'), '/srv/my exports');
  assert.equal(parseFileDestination('file:./exports', '/home/me'), '/home/me/exports');
  assert.equal(parseFileDestination('file:exports', '/home/me'), '/home/me/exports');
  for (const url of [
    's3://bucket',
    'file:',
    '/srv/exports',
    'file://host/share',
    'file:///x?y',
    'file:%zz',
  ]) {
    assert.throws(() => parseFileDestination(url, '/home/me'), TypeError, url);
  }
});

test('a check leaves nothing, and makes the folder', async (t) => {
  const { storage, root } = await startStorage(t);
  await storage.check('run-1');
  assert.deepEqual(await readdir(root), []);
});

test('what a worker was killed over goes with its own export, and what another one writes stays', async (t) => {
  const { storage, root } = await startStorage(t);
  const manifests = join(root, '_manifests', 'w');
  await mkdir(manifests, { recursive: true });
  const [others, othersDraft] = [momentName('check', 'run-2'), momentName('draft', 'run-2')];
  for (const path of [
    join(root, momentName('check', 'run-1')),
    join(root, others),
    join(manifests, momentName('draft', 'run-1')),
    join(manifests, othersDraft),
  ])
    await writeFile(path, 'h');
  await storage.sweepChecks('run-1');
  await storage.writeManifest({ workflowId: 'w', exportId: 'run-1', manifest: {} as ExportManifest });
  assert.deepEqual((await readdir(root)).toSorted(), [others, '_manifests'].toSorted());
  assert.deepEqual((await readdir(manifests)).toSorted(), [othersDraft, 'run-1.json'].toSorted());
});

test('bytes are written at offsets, read back, and published at once under the final name', async (t) => {
  const { storage, folder } = await startStorage(t);
  const half = await storage.createHalf(key, '"e"');
  await half.write([Buffer.from('he'), Buffer.alloc(0), Buffer.from('l')], 0);
  await half.write([Buffer.from('lo')], 3);
  assert.equal(half.sizeBytes(), 5);
  await half.flush();
  assert.equal(await read(half.read()), 'hello');
  const file = await half.publish(proof);
  assert.equal(file.location, pathToFileURL(join(folder, 'part-0.json.gz')).href);
  assert.equal(await readFile(join(folder, 'part-0.json.gz'), 'utf8'), 'hello');
  assert.deepEqual(await storage.findPublished(key), file);
  assert.equal(await storage.findPublished({ ...key, exportId: 'run-2' }), null);
  await half.close();
  await half.close();
});

test('a proof is worthless once the file is another one, or the proof itself was cut short', async (t) => {
  const { storage, folder } = await startStorage(t);
  const half = await storage.createHalf(key, null);
  await half.write([Buffer.from('hello')], 0);
  await half.publish(proof);
  const verdict = (await readdir(folder)).find((name) => name.startsWith('_verdict-'));
  const verdictPath = join(folder, verdict ?? '');
  const text = await readFile(verdictPath, 'utf8');
  await writeFile(verdictPath, text.slice(0, 20));
  assert.equal(await storage.findPublished(key), null);
  await writeFile(verdictPath, text);
  assert.ok((await storage.findPublished(key)) !== null, 'the file is published');
  await writeFile(join(folder, 'part-0.json.gz'), 'jello');
  assert.equal(await storage.findPublished(key), null);
  await rm(join(folder, 'part-0.json.gz'));
  assert.equal(await storage.findPublished(key), null);
});

test('the longest half file of the same export is adopted as a copy, and the others go', async (t) => {
  const { storage, folder } = await startStorage(t);
  const short = await storage.createHalf(key, '"e"');
  await short.write([Buffer.from('he')], 0);
  const long = await storage.createHalf(key, '"e"');
  await long.write([Buffer.from('hel')], 0);
  const other = await storage.createHalf({ ...key, exportId: 'run-2' }, '"e"');
  await other.write([Buffer.from('hello')], 0);
  const unnamed = await storage.createHalf(key, null);
  await unnamed.write([Buffer.from('hello')], 0);

  const adopted = await storage.adoptHalf(key);
  assert.equal(adopted?.etag, '"e"');
  assert.equal(adopted?.sizeBytes(), 3);
  assert.equal((await readdir(folder)).length, 2);

  // The attempt before still writes, to a file that has no name any more.
  await long.write([Buffer.from('XXXXX')], 0);
  assert.equal(await read(adopted.read()), 'hel');
  await assert.rejects(long.publish(proof), StorageProblem);
  for (const half of [short, long, other, unnamed, adopted]) {
    await half.close();
  }
});

test('where the disk has no room for the copy the half file goes, and the fetch begins anew', async (t) => {
  const { storage, folder } = await startStorage(t);
  const half = await storage.createHalf(key, '"e"');
  await half.write([Buffer.from('hello')], 0);
  await half.close();
  const [name] = await readdir(folder);
  for (const code of ['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG']) {
    await writeFile(join(folder, name ?? ''), 'hello');
    const copy = async (_from: string, to: string): Promise<void> => {
      await writeFile(to, 'he');
      throw Object.assign(new Error(`${code}: no`), { code });
    };
    const adopting = adoptHalf(folder, key.exportId, copy);
    if (code === 'EIO') {
      await assert.rejects(adopting, /EIO/);
      assert.equal(
        (await readdir(folder)).length,
        1,
        'the copy that broke off is gone, what it was made of is not',
      );
    } else {
      assert.equal(await adopting, null);
      assert.deepEqual(await readdir(folder), [], 'its room is given back');
    }
  }
});

test('a disk without room, or with a limit that is reached, is full; one without permission rejects', () => {
  for (const [code, kind] of [
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EFBIG', 'full'],
    ['EIO', 'full'],
    ['EROFS', 'rejected'],
    ['EACCES', 'rejected'],
    ['EAGAIN', 'busy'],
  ] as const) {
    const problem = toStorageProblem('could not', Object.assign(new Error(code), { code }));
    assert.ok(problem instanceof StorageProblem, code);
    assert.equal(problem.kind, kind, code);
  }
});

test('an attempt whose half file is gone does not touch the proof of its successor', async (t) => {
  const { storage, folder } = await startStorage(t);
  const zombie = await storage.createHalf(key, '"e"');
  await zombie.write([Buffer.from('hello')], 0);
  const adopted = await storage.adoptHalf(key);
  assert.ok(adopted, 'the file is adopted');
  const file = await adopted.publish(proof);
  await assert.rejects(zombie.publish({ ...proof, sha256: 'cd' }), StorageProblem);
  assert.deepEqual(await storage.findPublished(key), file);
  assert.equal((await readdir(folder)).length, 2, 'nor does it leave a proof of its own');
  await zombie.close();
});

test('what a killed worker left behind goes: proofs with the sweep, drafts and checks after an hour', async (t) => {
  const { storage, root, folder } = await startStorage(t);
  const half = await storage.createHalf(key, null);
  await half.discard();
  const [mine, others] = ['run-1', 'run-2'].map((exportId) => attemptVerdictName(exportId, 'abcdef01'));
  await writeFile(join(folder, mine ?? ''), '{}');
  await writeFile(join(folder, others ?? ''), '{}');
  await storage.sweepDay(key);
  assert.deepEqual(await readdir(folder), [others]);

  const manifests = join(root, '_manifests', 'w');
  await mkdir(manifests, { recursive: true });
  const old = [join(root, '_check-old'), join(manifests, '_draft-old')];
  const young = [join(root, '_check-young'), join(manifests, '_draft-young')];
  const twoHoursAgo = Date.now() / 1_000 - 7_200;
  for (const path of [...old, ...young]) {
    await writeFile(path, '');
  }
  for (const path of old) {
    await utimes(path, twoHoursAgo, twoHoursAgo);
  }
  await storage.check('run-1');
  await storage.writeManifest({ workflowId: 'w', exportId: 'run-1', manifest: {} as ExportManifest });
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.startsWith('_check')),
    ['_check-young'],
  );
  assert.deepEqual((await readdir(manifests)).toSorted(), ['_draft-young', 'run-1.json']);
});

test('where there is nothing to go on from there is no half file', async (t) => {
  const { storage } = await startStorage(t);
  assert.equal(await storage.adoptHalf(key), null);
  await (await storage.createHalf(key, '"e"')).close();
  assert.equal(await storage.adoptHalf(key), null, 'no bytes are nothing');
});

test('a key that is none never becomes a path', async (t) => {
  const { storage, root } = await startStorage(t);
  for (const wrong of [
    { day: '../../x' },
    { accountSid: '../x' },
    { resourceType: '..' as 'Calls' },
    { day: '2026-02-30' },
  ]) {
    await assert.rejects(storage.createHalf({ ...key, ...wrong }, null), StorageProblem);
    await assert.rejects(storage.sweepDay({ ...key, ...wrong }), StorageProblem);
  }
  assert.deepEqual(await readdir(root), []);
});

test('a published file that others have linked keeps its bytes when the day is exported again', async (t) => {
  const { storage, folder, root } = await startStorage(t);
  const first = await storage.createHalf(key, null);
  await first.write([Buffer.from('hello')], 0);
  await first.publish(proof);
  await link(join(folder, 'part-0.json.gz'), join(root, 'reader'));
  const second = await storage.createHalf({ ...key, exportId: 'run-2' }, null);
  await second.write([Buffer.from('other')], 0);
  await second.publish(proof);
  assert.equal(await readFile(join(root, 'reader'), 'utf8'), 'hello');
  assert.equal(await readFile(join(folder, 'part-0.json.gz'), 'utf8'), 'other');
  assert.equal(await storage.findPublished(key), null, 'the last to publish wins');
});

test('discarding removes the file, also twice, also when it is gone', async (t) => {
  const { storage, folder } = await startStorage(t);
  const half = await storage.createHalf(key, '"e"');
  const [name] = await readdir(folder);
  await truncate(join(folder, name ?? ''), 0);
  await rm(join(folder, name ?? ''));
  await half.discard();
  await half.discard();
  await storage.sweepDay(key);
  await storage.sweepDay(key);
  await assert.rejects(readdir(folder));
});

async function startStorage(t: TestContext): Promise<{ storage: DayStorage; root: string; folder: string }> {
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, `account=${key.accountSid}`, 'type=Calls', 'day=2026-10-01');
  return { storage: createFileStorage(pathToFileURL(root).href), root, folder };
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
