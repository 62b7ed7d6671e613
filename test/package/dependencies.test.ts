import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/'));

/** As npm writes it. */
interface LockedPackage {
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

describe('the dependencies in the lock file', () => {
  it('are named by their checksums and by no address', () => {
    assert.ok(packages.length > 100, `${packages.length} packages`);
    assert.deepEqual(
      packages.filter(([, { resolved, integrity }]) => resolved !== undefined || !integrity),
      [],
    );
  });

  it('run nothing at their installation where they are ours alone', () => {
    const own = packages.filter(([, { dev }]) => dev !== true);
    assert.ok(own.length > 4, `${own.length} packages`);
    assert.deepEqual(
      own.filter(([, { hasInstallScript }]) => hasInstallScript),
      [],
    );
  });

  // Each of these scripts only tells or tunes. CI installs without them, so that everything is shown to work so.
  it('that run something at their installation are known, and CI does not let them', async () => {
    assert.deepEqual(
      packages.flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : [])),
      ['node_modules/@swc/core', 'node_modules/esbuild', 'node_modules/protobufjs'],
    );
    assert.match(await readFile(join(root, '.ci/run'), 'utf8'), /^npm ci --ignore-scripts$/m);
  });
});
