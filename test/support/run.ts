/**
 * `npm test`: fetches the servers that the tests need, then hands over to Node's test runner, whose closing lines
 * stay the last ones. `npm test -- test/client` runs the files whose path contains that; options go to Node.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalServer, findTestServer } from '../../cli/temporal-server/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** For one file: a test that hangs is named instead of hanging the run. */
const LIMIT_MS = 600_000;

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('-'));
const parts = args.filter((arg) => !arg.startsWith('-'));

try {
  const files = await findTests();
  if (files.length === 0) throw new Error(`No test file's path contains ${parts.join(' or ')}.`);
  const bundles = await mkdtemp(join(tmpdir(), 'bulk-exports-tests-'));
  try {
    process.exitCode = await runTests(files, {
      TEMPORAL_CLI_PATH: await findTemporalServer({ say }),
      TEMPORAL_TEST_SERVER_PATH: await findTestServer({ say }),
      TEST_BUNDLES: bundles,
    });
  } finally {
    await rm(bundles, { recursive: true, force: true });
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Node 20 takes no patterns. */
async function findTests(): Promise<string[]> {
  const names = await readdir(join(root, 'test'), { recursive: true });
  return names
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
    .toSorted();
}

function runTests(files: string[], settings: Record<string, string>): Promise<number> {
  // Files wait more than they compute, so two run at a time on a small machine too. Where nobody watches, TAP:
  // its counts are its last lines, also after failures.
  const concurrency = Math.max(2, availableParallelism() - 1);
  const reporter = process.stdout.isTTY ? 'spec' : 'tap';
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${concurrency}`,
      `--test-reporter=${reporter}`,
      `--test-timeout=${LIMIT_MS}`,
    ]
      .concat(options)
      .concat(files),
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...settings } },
  );
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
}
