import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DayProof, DayStorage, StoredManifest } from '../../activities/index.ts';
import { publishedPath } from '../../activities/storage/day-path.ts';
import type { S3Server } from '../support/s3-server.ts';
import { startS3Front } from './s3-front.ts';
import { fill, keyOf, makeFile, openS3Storage, startS3 } from './s3-rig.ts';

const { signal } = new AbortController();

const COPIED = keyOf('2026-11-02');
const COPIED_TEXT = 'copied by hand';
const NAMES = ['m-3', 'm-1', 'm-2'];

/** Keys, what lies there, and since how many minutes. */
const PLACED: [key: string, text: string, minutesAgo: number][] = [
  [`days/${publishedPath(COPIED)}`, COPIED_TEXT, 0],
  ...NAMES.map((name, index): [string, string, number] => [
    `manifests/_manifests/${name}/run.json`,
    `{"of": "${name}"}`,
    60 - index,
  ]),
  ['manifests/_manifests/large/run.json', ' '.repeat(2_000), 0],
  ['manifests/_manifests/empty/run.json', '', 0],
  ['manifests/_manifests/other/run.txt', '{}', 0],
  ['manifests/elsewhere.json', '{}', 0],
  ['closed/_manifests/a/run.json', '{}', 0],
  ['closed/_manifests/b/run.json', '{"b": 1}', 0],
];

describe('what exports before have left in a bucket', () => {
  let server: S3Server;
  before(async () => {
    server = await startS3();
    // As other programs would, before the server has looked there: it remembers what it has seen.
    for (const [key, text, minutesAgo] of PLACED) await place(server, key, text, minutesAgo);
  });
  after(() => server.close());

  test('is a day that is proven by what its object says of itself, whichever export has made it', async (t) => {
    const storage = await openS3Storage(t, server);
    const key = keyOf('2026-11-01');
    const { bytes, proof } = makeFile(1_000);
    assert.equal(await storage.earlier?.hasDay(key), false);
    assert.equal(await storage.earlier?.findProven({ key, proof, signal }), null);
    const file = await (await fill(storage, bytes, key)).publish(proof);
    assert.equal(await storage.earlier?.hasDay(key), true);

    const front = await startS3Front(t, server.endpoint);
    const another = await openS3Storage(t, { endpoint: front.endpoint });
    const find = (changed: Partial<DayProof>) =>
      another.earlier?.findProven({ key, proof: { ...proof, ...changed }, signal });
    assert.deepEqual(await find({}), file);
    assert.equal(await find({ sizeBytes: 999 }), null);
    assert.equal(await find({ sha256: 'a'.repeat(64) }), null);
    assert.deepEqual(new Set(front.requests.map(({ operation }) => operation)), new Set(['HeadObject']));

    const copied = { key: COPIED, proof: { ...proof, sizeBytes: COPIED_TEXT.length }, signal };
    assert.equal(await storage.earlier?.hasDay(COPIED), true);
    assert.equal(await storage.earlier?.findProven(copied), null, 'no proof is on it');
  });

  test('is its manifests, the newest first, without those that are too large, empty or no manifests', async (t) => {
    const storage = await openS3Storage(t, { ...server, prefix: 'manifests' });
    assert.deepEqual(
      (await read(storage)).map(({ location, text }) => [location, text]),
      NAMES.toReversed().map((name) => [
        `s3://exports/manifests/_manifests/${name}/run.json`,
        `{"of": "${name}"}`,
      ]),
    );
    assert.equal((await read(storage, 2)).length, 2);
    assert.deepEqual(
      await read(await openS3Storage(t, { ...server, prefix: 'new' })),
      [],
      'a new destination',
    );
  });

  test('is nothing where one manifest can not be read, and trouble where none can be listed', async (t) => {
    let refused: RegExp = /^GetObject .*\/a\//;
    const front = await startS3Front(t, server.endpoint, (request) =>
      refused.test(`${request.operation} ${request.key}`) ? { status: 403, code: 'AccessDenied' } : null,
    );
    const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'closed' });
    assert.deepEqual(
      (await read(storage)).map(({ text }) => text),
      ['{"b": 1}'],
    );
    refused = /^ListObjectsV2/;
    await assert.rejects(read(storage), {
      name: 'StorageProblem',
      kind: 'rejected',
      advice: /s3:ListBucket/,
    });
  });
});

async function place(server: S3Server, key: string, text: string, minutesAgo: number): Promise<void> {
  const path = join(server.folder, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  const time = new Date(Date.now() - minutesAgo * 60_000);
  await utimes(path, time, time);
}

async function read(storage: DayStorage, most = 10): Promise<StoredManifest[]> {
  const manifests: StoredManifest[] = [];
  for await (const manifest of storage.earlier?.readManifests({ most, largestBytes: 1_000, signal }) ?? [])
    manifests.push(manifest);
  return manifests;
}
