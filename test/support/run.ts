/**
 * `npm test`: fetches the servers that the tests need, then hands over to Node's test runner, whose closing lines
 * stay the last ones. `npm test -- test/client` runs the files whose path contains that; options go to Node. All of them
 * run as JavaScript, in a copy of the checkout; some of them as they stand, which begins sooner.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalServer, findTestServer } from '../../cli/temporal-server/index.ts';
import { findDuckdbHttpfs } from './find-duckdb-httpfs.ts';
import { findRclone } from './find-rclone.ts';
import { stageCheckout } from './stage-checkout.ts';
import { findTests, shareOut, writeEntries } from './test-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** For one process: a test that hangs is named instead of hanging the run. */
const LIMIT_MS = 600_000;

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('-'));
const parts = args.filter((arg) => !arg.startsWith('-'));

try {
  const files = await findTests(root, parts);
  if (files.length === 0) throw new Error(`No test file's path contains ${parts.join(' or ')}.`);
  const folder = await mkdtemp(join(tmpdir(), 'bulk-exports-tests-'));
  try {
    const isStaged = parts.length === 0;
    const checkout = isStaged ? join(folder, 'checkout') : root;
    if (isStaged) await stageCheckout(root, checkout);
    const entries = await writeEntries(folder, { root: checkout, shares: shareOut(files), isStaged });
    const loader = isStaged ? ['--enable-source-maps'] : ['--import', 'tsx'];
    process.exitCode = await runTests([...loader, ...testOptions(), ...options, ...entries], {
      cwd: checkout,
      settings: {
        TEMPORAL_CLI_PATH: await findTemporalServer({ say }),
        TEMPORAL_TEST_SERVER_PATH: await findTestServer({ say }),
        RCLONE_PATH: await findRclone({ say }),
        DUCKDB_HTTPFS_PATH: await findDuckdbHttpfs({ say }),
        TEST_BUNDLES: folder,
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function testOptions(): string[] {
  // Files wait more than they compute, so more of them run at a time than there are cores. Where nobody watches, TAP:
  // its counts are its last lines, also after failures.
  const concurrency = 2 * availableParallelism();
  const reporter = process.stdout.isTTY ? 'spec' : 'tap';
  return [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-reporter=${reporter}`,
    `--test-timeout=${LIMIT_MS}`,
  ];
}

interface Surroundings {
  cwd: string;
  settings: Record<string, string>;
}

function runTests(args: string[], { cwd, settings }: Surroundings): Promise<number> {
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, args, { cwd, stdio: 'inherit', env });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
}
