import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startDevServer } from '../../cli/demo/dev-server.ts';
import { findTemporalServer } from '../../cli/temporal-server/index.ts';

const TAKEN = 'echo "listen tcp 127.0.0.1: bind: address already in use" >&2; exit 1';

test('a port that another program took in the last moment is left to it, and another one is tried', async (t) => {
  const real = await findTemporalServer({ say: () => {} });
  const marked = await program(
    t,
    (folder) => `[ -e ${folder}/second ] && exec "${real}" "$@"; touch ${folder}/second; ${TAKEN}`,
  );
  const server = await startDevServer(marked.path);
  t.after(server.stop);
  assert.match(server.address, /^127\.0\.0\.1:\d+$/);
});

test('where every port is taken, it gives up after three, in the words of the server', async (t) => {
  const { path, folder } = await program(t, (inside) => `echo once >> ${inside}/starts; ${TAKEN}`);
  await assert.rejects(startDevServer(path), /did not come up \[.*\]: .*address already in use/);
  assert.equal(await readFile(join(folder, 'starts'), 'utf8'), 'once\n'.repeat(3));
});

/** A stand-in for the `temporal` command line. */
async function program(
  t: TestContext,
  body: (folder: string) => string,
): Promise<{ path: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'temporal');
  await writeFile(path, `#!/bin/sh\n${body(folder)}\n`);
  await chmod(path, 0o755);
  return { path, folder };
}
