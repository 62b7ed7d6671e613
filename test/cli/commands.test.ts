import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { ExportJobInput } from '../../client/index.ts';
import { withExports } from '../client/client-env.ts';
import { anInput } from '../client/samples.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCli, runCliHere, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv({ searchAttributes: 'unknown' });
});
after(() => env.teardown());

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
      const document = lastDocument(end) as {
        days?: unknown[];
        error?: { type: string; result?: { days: unknown[] } };
      };
      if (friendlyName.startsWith('fail:'))
        assert.equal(document.error?.type, reason === 'failure' ? 'ExportFailed' : friendlyName.slice(5));
      else assert.equal(document.days?.length, 2);
      if (friendlyName === 'fail:ExportIncomplete') assert.equal(document.error?.result?.days.length, 2);
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

test('setup registers the search attributes once; repeating it changes nothing', async () => {
  const first = await here(['setup', '--json']);
  assert.equal(first.code, 0, first.stderr);
  assert.equal((lastDocument(first)['registered'] as string[]).length, 5);
  const second = await here(['setup', '--json']);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(lastDocument(second)['registered'], []);
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
