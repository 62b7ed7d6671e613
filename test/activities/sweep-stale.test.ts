import assert from 'node:assert/strict';
import { lutimes, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { createFileStorage, defaultSettings } from '../../activities/index.ts';
import type { DayKey, DayStorage } from '../../activities/index.ts';
import { attemptVerdictName, halfName, verdictName } from '../../activities/storage/day-path.ts';
import { momentName } from '../../activities/storage/moment-file.ts';
import { identity, startRig } from './rig.ts';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
const staleMs = defaultSettings.staleHalfMs;

const SID = `AC${'0'.repeat(32)}`;
const DAY_FOLDER = `account=${SID}/type=Calls/day=2026-10-01`;

/** What is there to go, once it is old. */
const ABANDONABLE = [
  halfName('run-1', '"etag"', '0123abcd'),
  halfName('run-1', null, '0123abce'),
  halfName('run-2', '"etag-2"', 'ffffffff'),
  attemptVerdictName('run-1', '0123abcd'),
];
/** What goes when it is much older: it still saves fetching a file again. */
const PROOFS = [verdictName('run-1'), verdictName('run-2')];
const CHECK = momentName('check', 'run-1');
const DRAFT = momentName('draft', 'run-1');
/** What stays, however old. */
const lasting = fc.constantFrom(
  'part-0.json.gz',
  '_check-mine',
  '_draft-mine',
  `x${CHECK}`,
  '_half-notes.txt',
  `${halfName('run-1', '"etag"', '0123abcd')}.bak`,
  `x${halfName('run-1', '"etag"', '0123abcd')}`,
  '_verdict-old.json',
  '_SUCCESS',
);
const DAY_FOLDERS = [
  DAY_FOLDER,
  `account=${SID}/type=Calls/day=2026-10-02`,
  `account=${SID}/type=Messages/day=2026-10-01`,
  `account=AC${'f'.repeat(32)}/type=Participants/day=2024-02-29`,
];
const otherFolder = fc.constantFrom(
  '.',
  '_manifests',
  '_manifests/export',
  '_manifests/export/mine',
  `account=${SID}`,
  `account=${SID}/type=Calls`,
  `account=${SID}/type=Faxes/day=2026-10-01`,
  `account=somebody/type=Calls/day=2026-10-01`,
  `account=${SID}/type=Calls/day=2026-02-30`,
  `${DAY_FOLDER}/mine`,
);
const abandonable = fc.constantFrom(...ABANDONABLE, ...PROOFS, CHECK, DRAFT);
const dayFolder = fc.constantFrom(...DAY_FOLDERS);
const ageHours = fc.oneof(
  fc.integer({ min: 0, max: 47 }),
  fc.integer({ min: 49, max: 719 }),
  fc.integer({ min: 721, max: 10_000 }),
);
const aFile = fc.oneof(
  fc.record({ folder: dayFolder, name: abandonable, ageHours }),
  fc.record({ folder: dayFolder, name: lasting, ageHours }),
  fc.record({ folder: otherFolder, name: fc.oneof(abandonable, lasting), ageHours }),
);

test('of all files old half files, checks, drafts and proofs of what was never published go, much older proofs, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aFile, { maxLength: 20 }), async (files) => {
      await withFolder(async (root) => {
        const last = new Map(files.map((file) => [join(file.folder, file.name), file]));
        for (const [path, file] of last) await writeAged(join(root, path), file.ageHours);
        await storageOf(root).sweepStale({ staleMs, signal });

        const goes = ({ folder, name, ageHours: age }: (typeof files)[number]): boolean => {
          if (folder === '.') return name === CHECK && age >= 48;
          if (folder === '_manifests/export') return name === DRAFT && age >= 48;
          if (!DAY_FOLDERS.includes(folder)) return false;
          return (ABANDONABLE.includes(name) && age >= 48) || (PROOFS.includes(name) && age >= 720);
        };
        const stay = [...last].filter(([, file]) => !goes(file)).map(([path]) => path);
        assert.deepEqual(await filesBelow(root), stay.toSorted());
      });
    }),
    { numRuns: 60 },
  );
});

test('what a living attempt writes stays, and a folder goes with the last that was stale in it', async (t) => {
  const root = await newFolder(t);
  const storage = storageOf(root);
  const key: DayKey = { accountSid: SID, resourceType: 'Calls', day: '2026-10-01', exportId: 'run-1' };
  const half = await storage.createHalf(key, '"e"');
  const [name = ''] = await readdir(join(root, DAY_FOLDER));
  await writeAged(join(root, DAY_FOLDER, name), 1_000);
  await half.write([Buffer.from('hello')], 0);
  await writeAged(join(root, `account=${SID}/type=Calls/day=2026-10-02`, name), 49);
  await storage.sweepStale({ staleMs, signal });
  await half.publish({ sizeBytes: 5, records: 1, sha256: 'ab' });
  assert.ok(await storage.findPublished(key), 'it is published with its proof');
  assert.deepEqual(await readdir(join(root, `account=${SID}/type=Calls`)), ['day=2026-10-01']);
});

test('links and folders that are named like half files stay, and nothing is removed through a link', async (t) => {
  const root = await newFolder(t);
  const elsewhere = await newFolder(t);
  const name = halfName('run-1', '"etag"', '0123abcd');
  await writeAged(join(elsewhere, name), 1_000);
  await writeAged(join(root, DAY_FOLDER, 'part-0.json.gz'), 1_000);
  await symlink('part-0.json.gz', join(root, DAY_FOLDER, name));
  await lutimes(join(root, DAY_FOLDER, name), 0, 0);
  await mkdir(join(root, DAY_FOLDER, halfName('run-1', null, '0123abcd')));
  await symlink(elsewhere, join(root, `account=${SID}/type=Calls/day=2026-10-02`));
  const before = await filesBelow(root);
  await storageOf(root).sweepStale({ staleMs, signal });
  assert.deepEqual(await filesBelow(root), before);
  assert.deepEqual(await readdir(elsewhere), [name]);
});

test('a destination that is itself a link is swept', async (t) => {
  const root = await newFolder(t);
  await writeAged(join(root, DAY_FOLDER, halfName('run-1', '"etag"', '0123abcd')), 49);
  const link = join(await newFolder(t), 'exports');
  await symlink(root, link);
  await storageOf(link).sweepStale({ staleMs, signal });
  assert.deepEqual(await filesBelow(root), []);
});

test('the ages are those of the disk, whatever the clock of this machine says', async (t) => {
  const root = await newFolder(t);
  const path = join(root, DAY_FOLDER, halfName('run-1', '"etag"', '0123abcd'));
  await writeAged(path, 1);
  const { now } = Date;
  t.after(() => Object.assign(Date, { now }));
  Object.assign(Date, { now: () => now() + 1_000 * HOUR_MS });
  await storageOf(root).sweepStale({ staleMs, signal });
  assert.equal((await filesBelow(root)).length, 1);
});

test('a sweep ends when it is told to, leaves nothing of its own, and is not repeated within the hour', async (t) => {
  const root = await newFolder(t);
  const storage = storageOf(root);
  await writeAged(join(root, DAY_FOLDER, halfName('run-1', '"etag"', '0123abcd')), 1_000);
  await storage.sweepStale({ staleMs, signal: AbortSignal.abort() });
  assert.equal((await filesBelow(root)).length, 1);
  await storage.sweepStale({ staleMs, signal });
  assert.equal((await filesBelow(root)).length, 1, 'it was done a moment ago');
  await storageOf(root).sweepStale({ staleMs, signal });
  assert.deepEqual(await readdir(root, { recursive: true }), [`account=${SID}`, `account=${SID}/type=Calls`]);
});

test("the end of one export removes what a terminated one left, whatever its account, and a fault in that is not the export's", async (t) => {
  const { root, run } = await startRig(t);
  const left = join(root, `account=AC${'f'.repeat(32)}/type=Calls/day=2026-10-01`);
  await writeAged(join(left, halfName('another-run', '"etag"', '0123abcd')), 49);
  // Its own, of a worker that was killed a moment ago.
  await writeFile(join(root, momentName('check', identity.exportId)), '');
  const input = { ...identity, destination: 'default', days: ['2026-10-01..2026-10-03'] };
  await run('sweepExportFiles', input);
  assert.deepEqual(await filesBelow(root), []);

  const next = await startRig(t);
  await rm(next.root, { recursive: true });
  const { error } = await next.run('sweepExportFiles', input);
  assert.equal(error, null);
});

function storageOf(root: string): DayStorage {
  return createFileStorage(pathToFileURL(root).href);
}

async function newFolder(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function withFolder(work: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeAged(path: string, hours: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'x');
  const at = (Date.now() - hours * HOUR_MS) / 1_000;
  await utimes(path, at, at);
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}
