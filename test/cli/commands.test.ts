import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { ExportJobInput } from '../../client/index.ts';
import { tearDown, withExports } from '../client/client-env.ts';
import { anInput, aResult } from '../client/samples.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCli, runCliHere, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv({ searchAttributes: 'unknown' });
});
after(() => tearDown(env));

const here = (words: string[]): Promise<CliEnd> => runCliHere(words, { TEMPORAL_ADDRESS: env.address });

test('start gives the id and how to go on, progress and cancel take it', async () => {
  await withExports(env, async (_exports, _client, { taskQueue }) => {
    const workflowId = randomUUID();
    const started = await here([
      'start',
      ...options('wait'),
      '--workflow-id',
      workflowId,
      '--task-queue',
      taskQueue,
    ]);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, new RegExp(`bulk-exports cancel ${workflowId}`));
    assert.match(started.stderr, /^The export has started/);

    const progress = await here(['progress', workflowId, '--json']);
    assert.equal(progress.code, 0, progress.stderr);
    assert.equal(lastDocument(progress)['phase'], 'waiting');
    const forPeople = await here(['progress', workflowId]);
    assert.match(forPeople.stdout, /Messages 2026-10-01\.\.2026-10-02 {2}waiting\n.*1 of 2 days done/);

    const cancelled = await here(['cancel', workflowId, '--reason', 'a test', '--wait', '--json']);
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.equal(lastDocument(cancelled)['outcome'], 'cancelled');
    assert.equal(lastDocument(cancelled)['cancelReason'], 'a test');

    const again = await here(['cancel', workflowId]);
    assert.equal(again.code, exitCodes.failure.code);
    assert.match(again.stderr, /is over/);

    const receipt = await here(['cancel', workflowId, '--reason', 'too late', '--wait', '--json']);
    assert.equal(receipt.code, 0, receipt.stderr);
    assert.match(receipt.stderr, /^The export is over already/);
    assert.deepEqual(lastDocument(receipt), lastDocument(cancelled));
  });
});

for (const { event, by } of [
  { event: '', by: 'bulk-exports' },
  { event: 'npx', by: 'npx bulk-exports' },
  { event: 'bulk-exports', by: 'npm run bulk-exports --' },
])
  test(`the commands that start names by "${by}" can be typed as they stand, and find the same Temporal`, async () => {
    await withExports(env, async (_exports, _client, { taskQueue }) => {
      const workflowId = `October's $(of all) 十月 ${randomUUID()}`;
      const place = ['--address', env.address, '--namespace', 'default'];
      const words = ['start', ...options('wait'), '--workflow-id', workflowId, '--task-queue', taskQueue];
      const { stdout, stderr } = await runCliHere([...words, ...place], { npm_lifecycle_event: event });
      const cancel = stdout.split('\n').find((line) => line.startsWith('Stop it:')) ?? '';
      const called = cancel.replace('Stop it:', '').trim();
      assert.ok(called.startsWith(`${by} cancel `), stdout + stderr);
      const printed = `printf '%s\\n' ${called.slice(by.length + 1)}`;
      const { stdout: typed } = await promisify(execFile)('sh', ['-c', printed]);
      const [command, ...others] = typed.trimEnd().split('\n');
      assert.deepEqual([command, ...others], ['cancel', workflowId, ...place], stdout);
      const cancelled = await runCliHere(['cancel', ...others, '--wait']);
      assert.equal(cancelled.code, 0, cancelled.stderr);
    });
  });

test('a start that joins an export that runs says so, to people and in the document', async () => {
  await withExports(env, async (_exports, _client, { taskQueue }) => {
    const words = [
      'start',
      ...options('wait'),
      '--workflow-id',
      randomUUID(),
      '--task-queue',
      taskQueue,
      '--json',
    ];
    const [first, second] = [await here(words), await here(words)];
    assert.equal(second.code, 0, second.stderr);
    assert.equal(lastDocument(first)['joined'], false);
    assert.equal(lastDocument(second)['joined'], true);
    assert.equal(lastDocument(second)['runId'], lastDocument(first)['runId']);
    assert.match(second.stderr, /^The same export runs already and is joined, nothing new was started/);
    await here(['cancel', String(lastDocument(first)['workflowId'])]);
  });
});

test('Ctrl-C while waiting for the receipt of a cancel says that it is asked for all the same', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('linger'), { workflowId: randomUUID() });
    const { code, stderr } = await runCliHere(
      ['cancel', handle.workflowId, '--wait'],
      { TEMPORAL_ADDRESS: env.address },
      /waiting: /,
    );
    assert.equal(code, exitCodes.interrupted.code, stderr);
    assert.match(stderr, /is asked to stop, and cleans up without anybody waiting/);
    assert.doesNotMatch(stderr, /goes on|bulk-exports cancel/);
    await handle.checkNow();
    await assert.rejects(handle.result(), /was cancelled/);
  });
});

test('another request under the id of a running export is refused with exit code 2', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const handle = await exports.startExport(anInput('wait'), { workflowId });
    const { code, stderr } = await here(['start', ...options('other'), '--workflow-id', workflowId]);
    assert.equal(code, exitCodes.usage.code, stderr);
    assert.match(stderr, /friendlyName is "wait" there, "other" here/);
    await handle.cancel();
  });
});

const endings: { friendlyName: string; reason: keyof typeof exitCodes }[] = [
  { friendlyName: 'complete', reason: 'success' },
  { friendlyName: 'incomplete', reason: 'incomplete' },
  { friendlyName: 'fail:ExportIncomplete', reason: 'incomplete' },
  { friendlyName: 'fail:ExportRejected', reason: 'rejected' },
  { friendlyName: 'fail:AuthenticationRejected', reason: 'rejected' },
  { friendlyName: 'fail:StorageRejected', reason: 'rejected' },
  { friendlyName: 'fail:ExportTimedOut', reason: 'timedOut' },
  { friendlyName: 'fail:InvalidInput', reason: 'usage' },
  { friendlyName: 'fail:Novelty', reason: 'failure' },
];

test('each ending has its exit code, and what was reached is in the document', async () => {
  await withExports(env, async (exports) => {
    for (const { friendlyName, reason } of endings) {
      const handle = await exports.startExport(anInput(friendlyName), { workflowId: randomUUID() });
      const { workflowId } = handle;
      await handle.result().catch(() => {});
      const end = await here(['result', workflowId, '--json']);
      assert.equal(end.code, exitCodes[reason].code, `${friendlyName}: ${end.stderr}`);
      const document = lastDocument(end) as { workflowId?: string; error?: { type: string } };
      assert.equal(document.workflowId, workflowId);
      if (friendlyName.startsWith('fail:'))
        assert.equal(document.error?.type, reason === 'failure' ? 'ExportFailed' : friendlyName.slice(5));
      else assert.equal(document.error, undefined);
    }
  });
});

test('an export that ended incomplete, timed out or cancelled shows its whole result all the same', async () => {
  await withExports(env, async (exports) => {
    for (const [friendlyName, reason, says] of [
      ['fail:ExportIncomplete', 'incomplete', /^ExportIncomplete it is$/m],
      ['fail:ExportTimedOut', 'timedOut', /^ExportTimedOut it is$/m],
      ['wait', 'cancelled', /^The export was cancelled/m],
    ] as const) {
      const handle = await exports.startExport(anInput(friendlyName), { workflowId: randomUUID() });
      if (reason === 'cancelled') await handle.cancel();
      const { outcome, days, manifest } = aResult(reason === 'cancelled' ? 'cancelled' : 'incomplete');

      const shown = await here(['result', handle.workflowId]);
      assert.equal(shown.code, exitCodes[reason].code, shown.stderr);
      assert.match(shown.stdout, /2026-10-01 {2}downloaded .*\n2026-10-02 {2}(failed|cancelled)/);
      assert.match(shown.stdout, /Files: +\/exports\/day=\*\/part-0\.json\.gz\nManifest: /);
      assert.match(shown.stderr, says);

      const told = lastDocument(await here(['result', handle.workflowId, '--json']));
      assert.deepEqual([told['outcome'], told['days'], told['manifest']], [outcome, days, manifest]);
      assert.match((told['error'] as { message: string }).message, says);
    }
  });
});

test('start --wait shows a plain line a change without a terminal, and the result as a table', async () => {
  await withExports(env, async (_exports, _client, { taskQueue }) => {
    const words = [
      'start',
      ...options('complete'),
      '--workflow-id',
      randomUUID(),
      '--task-queue',
      taskQueue,
      '--wait',
    ];
    const { code, stdout, stderr } = await runCli(words, { env: { TEMPORAL_ADDRESS: env.address } });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /2026-10-01 {2}downloaded +10 +1\.2 kB +1\n2026-10-02 {2}empty/);
    assert.match(stdout, /Files: +\/exports\/day=\*\/part-0\.json\.gz/);
    // oxlint-disable-next-line no-control-regex -- that there is no escape sequence is the point
    assert.doesNotMatch(stdout + stderr, /\u001B/);
  });
});

test('an id that nobody knows has an exit code of its own', async () => {
  const { code, stderr } = await here(['progress', 'nobody-knows']);
  assert.equal(code, exitCodes.notFound.code);
  assert.match(stderr, /nobody-knows/);
  assert.equal(stderr.trimEnd().split('\n').length, 1);
});

test('a filter that Temporal does not understand is one line', async () => {
  const { code, stderr } = await here(['list', '--query', 'What = is this']);
  assert.equal(code, exitCodes.failure.code);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
});

function options(friendlyName: string): string[] {
  const { resourceType, startDay, endDay }: ExportJobInput = anInput(friendlyName);
  return [
    '--resource-type',
    resourceType,
    '--start-day',
    startDay,
    '--end-day',
    endDay,
    '--friendly-name',
    friendlyName,
  ];
}
