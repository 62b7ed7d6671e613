import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExportManifest } from '../../activities/index.ts';
import { createOwnStorage } from '../../examples/own-storage.ts';
import type { OwnStore } from '../../examples/own-storage.ts';
import { DAY, download, startDays } from './complete-days.ts';
import { identity } from './rig.ts';

const root = new URL('../../', import.meta.url);

test('the storage that README shows takes a whole day, knows it again, and leaves nothing on the disk', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'own-storage-'));
  const workingFolder = process.cwd();
  process.chdir(folder);
  t.after(async () => {
    process.chdir(workingFolder);
    await rm(folder, { recursive: true, force: true });
  });
  const objects = new Map<string, { bytes: Buffer; note: Parameters<OwnStore['put']>[2] }>();
  const storage = createOwnStorage('own://store', {
    check: async () => {},
    find: async (name) => objects.get(name)?.note ?? null,
    put: async (name, bytes, note) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      objects.set(name, { bytes: Buffer.concat(chunks), note });
    },
  });
  const rig = await startDays(t, {}, { storage });
  rig.simulator.faults.add({ kind: 'resetMidBody', operation: 'getFile', times: 1 });
  await rig.run('downloadExportDay', download);
  const { result, error } = await rig.run('downloadExportDay', download, { attempt: 2 });
  assert.ok(result?.outcome === 'downloaded', String(error));
  const { location, ...proof } = result.file;
  assert.deepEqual(proof, rig.simulator.expectedFile({ resourceType: 'Messages', day: DAY }));
  const stored = objects.get(location.replace('own://store/', ''));
  assert.ok(stored, location);
  assert.equal(createHash('sha256').update(stored.bytes).digest('hex'), proof.sha256);
  assert.deepEqual((await rig.run('downloadExportDay', download, { attempt: 3 })).result, result);

  await rig.run('sweepExportFiles', { ...identity, destination: 'default', days: [DAY] });
  const left = await readdir(join(folder, 'own-spool'), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    left.filter((entry) => entry.isFile()),
    [],
  );
  const manifest = { notCleaned: ['x'] } as unknown as ExportManifest;
  assert.equal(
    await storage.writeManifest({ workflowId: 'w', exportId: 'run', manifest }),
    'own://store/_manifests/run.json',
  );
  assert.deepEqual(JSON.parse(String(objects.get('_manifests/run.json')?.bytes)), manifest);
});

test("README shows the storage of one's own as it is tested here", async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const example = await readFile(new URL('examples/own-storage.ts', root), 'utf8');
  assert.ok(
    readme.includes(example.replaceAll('../activities/index.ts', 'temporal-bulk-exports/activities').trim()),
    'README has the text of examples/own-storage.ts',
  );
});
