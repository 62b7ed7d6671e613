import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createFileStorage } from '../../activities/index.ts';
import type { ExportedDay, ExportManifest, FindReusableDaysInput } from '../../activities/index.ts';
import { create, days, EXPORT_ID, identity, startRig } from './rig.ts';
import type { Rig, RigOptions } from './rig.ts';

const [FIRST, SECOND] = ['2026-10-01', '2026-10-02'] as const;
const LATER_EXPORT = '01890a5d-ac96-774b-bcce-b302099a8058';
const JOB = `JS${'a'.repeat(32)}`;

/** What a later export asks first. */
const find: FindReusableDaysInput = {
  ...identity,
  ...days,
  exportId: LATER_EXPORT,
  destination: 'default',
  reuse: 'published',
  foreignFiles: 'accept',
};

test('a day is reused where its file lies there as a manifest says, and an empty one where none does', async (t) => {
  const earlier = await startEarlier(t);
  const file = await earlier.publish(FIRST, 'hello');
  const manifest = await earlier.writeManifest([file, empty(SECOND)]);
  const reused = { from: 'published', manifest };
  const { day, outcome, jobSid, attempts, ...proof } = file;
  assert.deepEqual(await earlier.findReusable(), [
    { day, outcome, jobSid, file: proof, reused },
    { day: SECOND, outcome: 'empty', jobSid: null, reused },
  ]);
  assert.equal(attempts, 1);
  assert.deepEqual(earlier.simulator.ledger().requests, {}, 'Twilio is asked nothing');
});

test('a day is not reused whose file is gone, is cut, or is another one of the same length', async (t) => {
  const earlier = await startEarlier(t);
  const path = earlier.pathOf(FIRST);
  const changes: [what: string, change: () => Promise<void>][] = [
    ['gone', () => rm(path)],
    ['cut', () => writeFile(path, 'hell')],
    ['another', () => writeFile(path, 'jello')],
    ['longer', () => writeFile(path, 'hello, you')],
    ['a folder', () => rm(path).then(() => mkdirSync(path))],
  ];
  for (const [what, change] of changes) {
    await rm(path, { recursive: true, force: true });
    await earlier.writeManifest([await earlier.publish(FIRST, 'hello')]);
    assert.equal((await earlier.findReusable()).length, 1, 'it is reused before');
    await change();
    assert.deepEqual(await earlier.findReusable(), [], what);
  }
});

test('a pipe in the place of a file, of as many bytes as a manifest may say, keeps nobody waiting', async (t) => {
  const earlier = await startEarlier(t);
  const file = await earlier.publish(FIRST, '');
  await earlier.writeManifest([file]);
  await rm(earlier.pathOf(FIRST));
  execFileSync('sh', ['-c', 'mkfifo "$0"', earlier.pathOf(FIRST)]);
  assert.deepEqual(await earlier.findReusable(), []);
});

test(
  'a file of which the disk has lost bytes is asked for again',
  { skip: process.platform !== 'linux' && 'it needs a file of Linux that gives EIO' },
  async (t) => {
    const earlier = await startEarlier(t);
    await earlier.writeManifest([await earlier.publish(FIRST, ''), await earlier.publish(SECOND, 'hello')]);
    await rm(earlier.pathOf(FIRST));
    await symlink('/proc/self/mem', earlier.pathOf(FIRST));
    await assert.rejects(readFile(earlier.pathOf(FIRST)), { code: 'EIO' });
    const found = await earlier.findReusable();
    assert.deepEqual(
      found.map(({ day }) => day),
      [SECOND],
    );
  },
);

test('an empty day is not reused where a file lies in its place: two exports say different things', async (t) => {
  const earlier = await startEarlier(t);
  await earlier.publish(FIRST, 'hello');
  await earlier.writeManifest([empty(FIRST)]);
  assert.deepEqual(await earlier.findReusable(), []);
});

test('the newest manifest that brought a day home decides; one in which it failed says nothing of it', async (t) => {
  const earlier = await startEarlier(t);
  const old = await earlier.publish(FIRST, 'hello');
  const oldManifest = await earlier.writeManifest([old], { workflowId: 'old', minutesAgo: 30 });
  await earlier.writeManifest([failed(FIRST)], { workflowId: 'failed', minutesAgo: 20 });
  assert.deepEqual(
    (await earlier.findReusable()).map(({ reused }) => reused),
    [{ from: 'published', manifest: oldManifest }],
  );

  const young = await earlier.publish(FIRST, 'hello again');
  const manifest = await earlier.writeManifest([young], { workflowId: 'young', minutesAgo: 10 });
  const [found] = await earlier.findReusable();
  assert.deepEqual(found?.reused, { from: 'published', manifest });
  await writeFile(earlier.pathOf(FIRST), 'hello');
  assert.deepEqual(await earlier.findReusable(), [], 'what an older one says is not what was there last');
});

test('a manifest of another account, type, version or form is not believed', async (t) => {
  const earlier = await startEarlier(t);
  const file = await earlier.publish(FIRST, 'hello');
  const forms: [what: string, change: (manifest: Record<string, unknown>) => unknown][] = [
    ['another account', (manifest) => ({ ...manifest, accountSid: `AC${'f'.repeat(32)}` })],
    ['no account', (manifest) => ({ ...manifest, accountSid: undefined })],
    ['another type', (manifest) => ({ ...manifest, resourceType: 'Calls' })],
    ['another version', (manifest) => ({ ...manifest, schemaVersion: 2 })],
    ['no days', (manifest) => ({ ...manifest, days: null })],
    ['a list', (manifest) => [manifest]],
    ['a day that failed', (manifest) => ({ ...manifest, days: [{ ...file, outcome: 'failed' }] })],
    ['no proof', (manifest) => ({ ...manifest, days: [{ ...file, sha256: undefined }] })],
    ['a size that is none', (manifest) => ({ ...manifest, days: [{ ...file, sizeBytes: -5 }] })],
    ['days that are none', (manifest) => ({ ...manifest, days: [null, 7, { ...file, day: '../x' }] })],
  ];
  for (const [what, change] of forms) {
    await earlier.writeManifest([file], { change });
    assert.deepEqual(await earlier.findReusable(), [], what);
  }
  await earlier.writeManifest([file], { change: (manifest) => ({ ...manifest, days: [null, file] }) });
  assert.equal((await earlier.findReusable()).length, 1, 'beside what is none there may be one');
});

test('a day of which a manifest says whose it is, is reused with that word, and with none that is none', async (t) => {
  const earlier = await startEarlier(t);
  const file = await earlier.publish(FIRST, 'hello');
  const told = async (madeBy: unknown) => {
    await earlier.writeManifest([{ ...file, madeBy } as ExportedDay]);
    return (await earlier.findReusable()).map((day) => day.madeBy);
  };
  const madeBy = { friendlyName: 'of the finance team', createDate: '2026-10-03' };
  assert.deepEqual(await told(madeBy), [madeBy]);
  assert.deepEqual(await told({ ...madeBy, createDate: null }), [{ ...madeBy, createDate: null }]);
  assert.deepEqual(await told(undefined), [undefined]);
  const [long] = await told({
    ...madeBy,
    friendlyName: `a\n\u001B[31m\u202E https://host/?key=x ${'x'.repeat(999)}`,
  });
  assert.match(long?.friendlyName ?? '', /^a \[31m\\u202e \[link removed\] x+…$/);
  assert.ok((long?.friendlyName.length ?? 999) < 120, long?.friendlyName);
  for (const none of [null, 'x', [], {}, { friendlyName: 7 }, { ...madeBy, createDate: '2026-13-01' }])
    assert.deepEqual(await told(none), [], JSON.stringify(none));
});

test('where files of others are refused, a day is not reused that a manifest calls the work of one', async (t) => {
  const earlier = await startEarlier(t);
  const namespaceHash = createHash('sha256').update('test').digest('hex').slice(0, 8);
  const days = [
    { ...(await earlier.publish(FIRST, 'hello')), name: 'of the finance team' },
    { ...empty(SECOND), name: 'October [00000000-000000000000-1]' },
    { ...(await earlier.publish('2026-10-03', 'hello')), name: `October [${namespaceHash}-000000000000-1]` },
  ];
  await earlier.writeManifest(
    days.map(({ name, ...day }) => Object.assign(day, { madeBy: { friendlyName: name, createDate: null } })),
  );
  const daysFound = async (foreignFiles: 'accept' | 'refuse') =>
    (await earlier.findReusable(foreignFiles)).map(({ day }) => day);
  assert.deepEqual(await daysFound('accept'), [FIRST, SECOND, '2026-10-03']);
  assert.deepEqual(await daysFound('refuse'), ['2026-10-03']);
});

test('no place that a manifest names is ever looked at', async (t) => {
  const earlier = await startEarlier(t);
  const file = await earlier.publish(FIRST, 'hello');
  const elsewhere = join(earlier.root, 'elsewhere');
  await rename(earlier.pathOf(FIRST), elsewhere);
  await earlier.writeManifest([{ ...file, location: pathToFileURL(elsewhere).href }]);
  assert.deepEqual(await earlier.findReusable(), []);
  await rename(elsewhere, earlier.pathOf(FIRST));
  const [found] = await earlier.findReusable();
  assert.ok(found?.outcome === 'downloaded', JSON.stringify(found));
  assert.equal(found.file.location, pathToFileURL(earlier.pathOf(FIRST)).href);
});

test('what is broken, enormous, a link, a folder or closed among the manifests harms nothing', async (t) => {
  const earlier = await startEarlier(t, { settings: { manifestLimitBytes: 2_000 } });
  const file = await earlier.publish(FIRST, 'hello');
  await earlier.writeManifest([file], { workflowId: 'good', minutesAgo: 60 });
  const other = await earlier.publish(SECOND, 'hello');
  const large = await earlier.writeManifest([other], {
    workflowId: 'large',
    change: (manifest) => ({ ...manifest, notCleaned: ['x'.repeat(2_000)] }),
  });
  const folder = join(earlier.root, '_manifests');
  await writeFile(join(folder, 'good', 'broken.json'), '{"schemaVersion": 1, "days": [');
  await writeFile(join(folder, 'good', 'deep.json'), '['.repeat(1_900));
  await symlink(new URL(large).pathname, join(folder, 'good', 'link.json'));
  await mkdir(join(folder, 'good', 'folder.json'));
  await writeFile(join(folder, 'a file'), '');
  await symlink(join(folder, 'large'), join(folder, 'linked'));
  await writeFile(join(folder, 'good', 'closed.json'), '{}');
  await chmod(join(folder, 'good', 'closed.json'), 0o000);
  assert.deepEqual(
    (await earlier.findReusable()).map(({ day }) => day),
    [FIRST],
  );
});

test('of many manifests the newest are read, up to a number', async (t) => {
  const earlier = await startEarlier(t, { settings: { earlierManifests: 3 } });
  const [one, two] = [await earlier.publish(FIRST, 'one'), await earlier.publish(SECOND, 'two')];
  await earlier.writeManifest([one], { workflowId: 'oldest', minutesAgo: 100 });
  for (const minutesAgo of [90, 80, 70, 60, 50, 40, 30])
    await earlier.writeManifest([failed(FIRST)], { workflowId: `of-${minutesAgo}`, minutesAgo });
  assert.deepEqual(await earlier.findReusable(), []);
  await earlier.writeManifest([two], { workflowId: 'young', minutesAgo: 45 });
  assert.deepEqual(
    (await earlier.findReusable()).map(({ day }) => day),
    [SECOND],
  );
});

test('where an export begins, a destination that is none is refused in the words of the create', async (t) => {
  const rig = await startRig(t);
  const input = { ...find, exportId: EXPORT_ID };
  const unknown = await rig.run('findReusableDays', { ...input, destination: 'lake' });
  assert.equal(unknown.failure?.type, 'InvalidInput');
  assert.match(unknown.failure.message, /must be a name that the worker knows \("default"\), got "lake"/);

  await rm(rig.root, { recursive: true });
  await writeFile(rig.root, 'a file where the folder should be');
  const { failure } = await rig.run('findReusableDays', input);
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['StorageRejected', true]);
  assert.match(
    failure?.message ?? '',
    /^Could not look for days that are there already \[Messages 2026-10-01/,
  );
});

test('after a reset an export goes on with its jobs for their days where Twilio still has them, and else takes what is there', async (t) => {
  const earlier = await startEarlier(t);
  await earlier.writeManifest([await earlier.publish(FIRST, 'hello'), await earlier.publish(SECOND, 'you')]);
  const resetRun = { workflowExecution: { workflowId: 'test', runId: 'another run' } };
  const made = await earlier.run('createExportJob', {
    ...create,
    exportId: LATER_EXPORT,
    startDay: SECOND,
  });
  const found = async () =>
    (await earlier.run('findReusableDays', find, resetRun)).result?.published.map(({ day }) => day);
  assert.deepEqual(await found(), [FIRST], 'the job brings the others');
  const { result } = await earlier.run('findReusableDays', find, resetRun);
  assert.deepEqual(result?.underWay, [`${SECOND}..${days.endDay}`]);
  await earlier.run('deleteExportJob', { ...identity, jobSid: made.result?.jobSid ?? '' });
  assert.deepEqual(await found(), [FIRST, SECOND]);

  earlier.simulator.faults.add({ kind: 'status503', operation: 'listJobs' });
  const { failure } = await earlier.run('findReusableDays', find, resetRun);
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['TwilioUnavailable', false]);
});

test('a cancel ends the reading of a large file, with heartbeats until then', async (t) => {
  const earlier = await startEarlier(t);
  await earlier.writeManifest([await earlier.publish(FIRST, Buffer.alloc(200_000_000))]);
  const { heartbeats, error } = await earlier.run(
    'findReusableDays',
    find,
    {},
    (env) => void env.once('heartbeat', () => env.cancel()),
  );
  assert.equal((error as Error | null)?.name, 'CancelledFailure', String(error));
  assert.ok(heartbeats.length > 0, 'it beats while it reads');
});

interface Earlier extends Rig {
  pathOf: (day: string) => string;
  publish: (day: string, bytes: string | Buffer) => Promise<ExportedDay>;
  /** Gives its URL. */
  writeManifest: (
    brought: ExportedDay[],
    how?: {
      workflowId?: string;
      minutesAgo?: number;
      change?: (manifest: Record<string, unknown>) => unknown;
    },
  ) => Promise<string>;
  /** What a later export finds. */
  findReusable: (
    foreignFiles?: 'accept' | 'refuse',
  ) => Promise<Awaited<ReturnType<Rig['activities']['findReusableDays']>>['published']>;
}

/** A destination in which an export has published days. */
async function startEarlier(t: TestContext, options: RigOptions = {}): Promise<Earlier> {
  const rig = await startRig(t, options);
  const { accountSid } = rig.simulator;
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  return {
    ...rig,
    pathOf: (day) => join(rig.root, `account=${accountSid}`, 'type=Messages', `day=${day}`, 'part-0.json.gz'),
    publish: async (day, text) => {
      const bytes = Buffer.from(text);
      const key = { accountSid, resourceType: 'Messages', day, exportId: EXPORT_ID } as const;
      const half = await storage.createHalf(key, null);
      await half.write([bytes], 0);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file = await half.publish({ sizeBytes: bytes.length, records: 1, sha256 });
      return { day, outcome: 'downloaded', ...file, jobSid: JOB, attempts: 1 };
    },
    writeManifest: async (
      brought,
      { workflowId = 'w', minutesAgo = 0, change = (same: Record<string, unknown>) => same } = {},
    ) => {
      const { startDay, endDay } = days;
      const told = { schemaVersion: 1, workflowId, ...identity, startDay, endDay, days: brought };
      const manifest = told as unknown as ExportManifest;
      const input = { ...identity, destination: 'default', workflowId, manifest };
      const { result } = await rig.run('writeExportManifest', input);
      const path = new URL(result?.location ?? '').pathname;
      const changed = change({ ...told, accountSid });
      await writeFile(path, JSON.stringify(changed));
      const at = Date.now() / 1_000 - 60 * minutesAgo;
      await utimes(path, at, at);
      return result?.location ?? '';
    },
    findReusable: async (foreignFiles = 'accept') => {
      const firstRun = { workflowExecution: { workflowId: 'later', runId: LATER_EXPORT } };
      const { result, error } = await rig.run('findReusableDays', { ...find, foreignFiles }, firstRun);
      assert.equal(error, null);
      assert.ok(!(await readdir(rig.root)).some((name) => name.startsWith('_check')), 'it leaves nothing');
      return result?.published ?? [];
    },
  };
}

function empty(day: string): ExportedDay {
  return { day, outcome: 'empty', sizeBytes: 0, records: 0, attempts: 1 };
}

function failed(day: string): ExportedDay {
  return { day, outcome: 'failed', sizeBytes: 0, records: 0, attempts: 3, problem: 'Failed' };
}
