import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { ListedExport } from '../../client/index.ts';
import { tearDown, withExports } from '../client/client-env.ts';
import { anInput } from '../client/samples.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCliHere, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

const here = (words: string[]): Promise<CliEnd> => runCliHere(words, { TEMPORAL_ADDRESS: env.address });

test('the options of list are its filters, and the table shows the phase', async () => {
  await withExports(env, async (exports, client) => {
    const account = `a${randomUUID()}`;
    const start = (name: string, resourceType: 'Messages' | 'Calls') =>
      exports.startExport(anInput(name, { account, resourceType }), { workflowId: `${name}-${account}` });
    const running = await start('wait', 'Calls');
    await (await start('complete', 'Messages')).result();
    while ((await list('--account', account, '--status', 'completed')).length === 0);
    while ((await list('--account', account)).length < 2);

    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    for (const [words, names] of [
      [[], ['wait', 'complete']],
      [['--status', 'Running'], ['wait']],
      [
        ['--status', 'running, completed'],
        ['wait', 'complete'],
      ],
      [
        ['--phase', 'creating,waiting'],
        ['wait', 'complete'],
      ],
      [['--phase', 'complete'], []],
      [['--resource-type', 'messages'], ['complete']],
      [['--failed-days'], []],
      [
        ['--started-after', day],
        ['wait', 'complete'],
      ],
      [['--started-after', '2999-01-01'], []],
      [['--closed-after', `${day}T00:00:00Z`], ['complete']],
      [['--limit', '1'], ['wait']],
      [['--query', `WorkflowId = 'complete-${account}'`], ['complete']],
    ] as const) {
      const listed = await list('--account', account, ...words);
      assert.deepEqual(
        listed.map(({ workflowId }) => workflowId.split('-')[0]),
        names,
        words.join(' '),
      );
    }
    const { stdout } = await here(['list', '--account', account, '--status', 'running']);
    assert.match(stdout, /^Workflow id +Status +Phase +Started +Ended\nwait-\S+ +running +creating +20/);
    assert.equal((await here(['list', '--account', 'of-nobody'])).stdout, 'No exports.\n');
    await client.workflow.getHandle(running.workflowId).terminate();
  });
});

test('start --if-finished joins an export that has ended and says so, or refuses with exit code 2', async () => {
  await withExports(env, async (exports, _client, { taskQueue }) => {
    const workflowId = randomUUID();
    await exports.runExport(anInput('complete'), { workflowId });
    const words = ['start', '--resource-type', 'Messages', '--friendly-name', 'complete']
      .concat(['--start-day', '2026-10-01', '--end-day', '2026-10-02'])
      .concat(['--workflow-id', workflowId, '--task-queue', taskQueue]);
    const joined = await here([...words, '--if-finished', 'joinIfComplete']);
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(
      joined.stderr,
      /^The same export has ended already, at 20.* UTC, and is joined, nothing new/,
    );
    assert.equal(joined.stdout, `Its end:   bulk-exports result ${workflowId}\n`);
    const waited = await here([...words, '--if-finished', 'join', '--wait', '--json']);
    assert.deepEqual([lastDocument(waited)['joined'], lastDocument(waited)['outcome']], [true, 'complete']);

    const refused = await here([...words, '--if-finished', 'refuse']);
    assert.equal(refused.code, exitCodes.usage.code, refused.stderr);
    assert.match(refused.stderr, /^An export of this id has ended already/);
    const again = await here([...words, '--json']);
    assert.equal(lastDocument(again)['joined'], false);
  });
});

test('a filter by a search attribute that is not registered is one line that names the setup', async () => {
  const plain = await createDevServerEnv({ searchAttributes: 'unknown' });
  try {
    const surroundings = { TEMPORAL_ADDRESS: plain.address };
    const { code, stderr } = await runCliHere(['list', '--phase', 'failed'], surroundings);
    assert.equal(code, exitCodes.failure.code);
    assert.match(stderr, /^Exports can not be listed by BulkExportPhase.*"bulk-exports setup".*\n$/);
  } finally {
    await plain.teardown();
  }
});

async function list(...words: string[]): Promise<ListedExport[]> {
  const end = await here(['list', '--json', ...words]);
  assert.equal(end.code, 0, end.stderr);
  return lastDocument(end) as unknown as ListedExport[];
}
