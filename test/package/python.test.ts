import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { runProgram } from '../../cli/temporal-server/run-program.ts';
import { DEFAULT_TASK_QUEUE } from '../../workflows/api.ts';
import type { Simulator } from '../../simulator/index.ts';
import { accountOf, withRealParts } from '../end-to-end/real-parts.ts';
import { findPythonSdk, type PythonSdk } from '../support/find-python-sdk.ts';
import { createDevServerEnv } from '../support/temporal.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const RUN_LIMIT_MS = 60_000;

/**
 * Runs the lines, and ends without the interpreter's own end: threads of the SDK may outlive that, and crash it after all
 * is done (temporalio/sdk-python#300; here once in a dozen runs).
 */
const RUNNER = `
import os, sys, traceback
exit_code = 1
try:
    exec(compile(sys.argv[1], "README.md", "exec"), {"__name__": "__main__"})
    exit_code = 0
except BaseException:
    traceback.print_exc()
sys.stdout.flush()
sys.stderr.flush()
os._exit(exit_code)
`;

describe('a caller in Python, by the lines of README alone', { timeout: 400_000 }, () => {
  let env: TestWorkflowEnvironment;
  let sdk: PythonSdk;
  before(async () => {
    sdk = await findPythonSdk();
    // Of its own: the lines name the task queue, which another test may serve on a server for all.
    env = await createDevServerEnv({ searchAttributes: 'registered' });
  });
  after(() => env.teardown());

  it('starts an export, asks how far it is, and cancels it, which cleans up at Twilio', async (t) => {
    const script = { life: { submitted: '10 days' } };
    await withRealParts(
      env,
      { simulator: { script }, taskQueue: DEFAULT_TASK_QUEUE },
      async ({ simulator }) => {
        const output = await runPython(t, sdk, env);
        if (output === null) return;
        const [progress, outcome, ...more] = output.trim().split('\n');
        assert.match(progress!, /^(creating|waiting) 0 of 30$/, output);
        assert.match(outcome!, /^cancelled/, output);
        assert.deepEqual(more, [], output);
        // A cancel may come before the job was asked for.
        const { jobsMade, jobsAlive, requests } = simulator.ledger();
        assert.equal(jobsAlive, 0);
        assert.equal(requests['deleteJob'] ?? 0, jobsMade);
      },
    );
  });

  it('that does not cancel is told the type and the details of a failure', async (t) => {
    const accounts = (simulator: Simulator) => ({ default: { ...accountOf(simulator), password: 'wrong' } });
    await withRealParts(env, { accounts, taskQueue: DEFAULT_TASK_QUEUE }, async () => {
      const output = await runPython(t, sdk, env, (lines) => lines.replace(/^.*"cancel".*\n/m, ''));
      if (output === null) return;
      assert.match(output, /^AuthenticationRejected .*\{'inDoubt': False\}/m);
    });
  });
});

/** Runs README's block of Python; null where it can not be run here, which on CI is a failure. */
async function runPython(
  t: TestContext,
  sdk: PythonSdk,
  env: TestWorkflowEnvironment,
  change = (lines: string) => lines,
): Promise<string | null> {
  if (sdk.program === null) {
    const why = `Could not run README's Python: ${sdk.why}.`;
    assert.ok(!process.env['CI'], why);
    t.skip(why);
    return null;
  }
  const [block, ...more] = [...(await readFile(README, 'utf8')).matchAll(/^```python\n([^]*?)^```$/gm)];
  assert.ok(block && more.length === 0, 'README has one block of Python');
  const { exitCode, output } = await runProgram({
    program: sdk.program,
    args: ['-c', RUNNER, change(block[1]!)],
    limitMs: RUN_LIMIT_MS,
    env: { PATH: process.env['PATH'], PYTHONPATH: sdk.folder, TEMPORAL_ADDRESS: env.address },
  });
  assert.equal(exitCode, 0, output);
  return output;
}
