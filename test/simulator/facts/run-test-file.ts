import { spawn } from 'node:child_process';
import type { TestRun } from './verdict.ts';

/** What is run where. */
export interface TestFile {
  /** The root of the copy. */
  folder: string;
  /** From that root. */
  file: string;
  /** Of the tests that are run; none is all of them. */
  namePattern?: string;
  limitMs: number;
}

/** Runs a compiled test file in a process of its own, which is ended when its time is over. */
export function runTestFile({ folder, file, namePattern, limitMs }: TestFile): Promise<TestRun> {
  // Without --test: the file is the process, with no runner around it to start first and to outlive it.
  const child = spawn(
    process.execPath,
    [
      '--test-reporter=tap',
      '--test-force-exit',
      ...(namePattern === undefined ? [] : [`--test-name-pattern=${namePattern}`]),
      file,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: withoutTestContext() },
  );
  let tap = '';
  let errors = '';
  let isTimedOut = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tap += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const timer = setTimeout(() => {
    isTimedOut = true;
    child.kill('SIGKILL');
  }, limitMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      resolve({ tap, errors, isTimedOut });
    });
  });
}

/** Node's runner marks its children by a variable, and they would answer in its own language instead of TAP. */
function withoutTestContext(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  return env;
}
