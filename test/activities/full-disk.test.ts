import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { FullDiskReport, FullDiskStep } from './full-disk.ts';
import { nodeProgram } from '../support/node-program.ts';

const run = promisify(execFile);
/** A mount of this process's own, which Linux mostly grants to anybody; it goes with the process. */
const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"';

const canMount = await run('unshare', ['-Urm', 'sh', '-c', MOUNT, tmpdir(), 'true']).then(
  () => true,
  () => false,
);

/** Somewhere it has to be seen: CI may not skip it, and fails at the mount. */
const isSkipped = !canMount && process.env['CI'] !== 'true';

describe('a disk that is really full', { skip: isSkipped && 'no mount of our own here' }, () => {
  let folder: string;
  let report: FullDiskReport;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
    const { path, execArgv } = nodeProgram(new URL('full-disk.ts', import.meta.url));
    const command = [process.execPath, ...execArgv, path, folder];
    const { stdout } = await run('unshare', ['-Urm', 'sh', '-c', MOUNT, folder, ...command]);
    report = JSON.parse(stdout) as FullDiskReport;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('gives a download back to the engine for five minutes, with nothing under a final name', () => {
    assertFull(report.first);
    assert.match(report.first.message, /Could not download the day \[Messages 2026-10-01, account default\]/);
    assert.ok(!report.first.files.includes('part-0.json.gz'), report.first.files.join(' '));
  });

  test('has the day whole as soon as there is room for it, though there is none for a copy of its half file', () => {
    const { result, files } = report.withRoom;
    const { file } = result as { file: { location: string } };
    assert.deepEqual({ ...report.expected, location: file.location }, file);
    assert.deepEqual(files.map((name) => name.replaceAll(/[0-9a-f]{12}/g, 'HASH')).toSorted(), [
      '_verdict-HASH.json',
      'part-0.json.gz',
    ]);
  });

  test('is known before a job is made, and keeps a manifest from being half written', () => {
    assertFull(report.create);
    assertFull(report.manifest);
    const own = report.manifest.files.filter((name) => !name.startsWith('_ballast'));
    assert.equal(own.length, 2, own.join(' '));
  });
});

function assertFull({ type, message, isFinal, nextRetryDelay }: FullDiskStep): void {
  assert.equal(type, 'StorageUnavailable', message);
  assert.match(message, /ENOSPC.*Check the free space/);
  assert.equal(isFinal, false);
  assert.equal(nextRetryDelay, 300_000);
}
