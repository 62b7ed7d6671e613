import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventsOf, historyOf, type History, type JsonEvent } from '../support/history-json.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { eventsOfRun, LENGTH_OF_A_RUN, runIdsOf } from './new-run.ts';
import { historiesOf, play, runsOf, stories } from './stories.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'test', 'histories');
const names = (await readdir(folder))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));

describe('the recorded histories', { timeout: 60_000 }, () => {
  const histories = new Map<string, History>();
  let faults: Map<string, Error | undefined>;
  before(async () => {
    for (const name of names) histories.set(name, await readHistory(name));
    faults = await replay(await workflowBundle(), histories);
  });

  it('are those of the stories: after a change of the stories, run npm run record-histories', () => {
    assert.deepEqual(names.toSorted(), Object.keys(stories).flatMap(historiesOf).toSorted());
  });

  for (const name of names) {
    it(`replay: ${name}`, () => {
      assert.ok(faults.has(name), 'it was not replayed');
      assert.equal(faults.get(name), undefined);
    });
  }

  it('tell nothing of the machine where they were recorded', () => {
    for (const [name, history] of histories) {
      JSON.stringify(eventsOf(history), (key, value: unknown) => {
        if (key === 'identity') assert.equal(value, 'recorded', name);
        if (key === 'stackTrace') assert.equal(value, '', name);
        return value;
      });
    }
  });

  const swaps = [
    {
      name: 'complete',
      file: 'clean-up.ts',
      found: /(sweepJobs\(run, notCleaned\)),(\s+)(sweepFiles\(run, notCleaned\))/,
      swapped: '$3,$2$1',
      message: /sweepExportJobs|sweepExportFiles/,
    },
    {
      name: 'continued-while-waiting-run-2',
      file: 'export-job.ts',
      found: /(run\.launch\(\(\) => stopAfterTimeout\(run\)\);)(\s+)(for \(const job of [^\n]+)/,
      swapped: '$3$2$1',
      message: /watchExportJob|[Tt]imer/,
    },
  ];
  for (const { name, file, found, swapped, message } of swaps)
    it(`do not replay when two commands are swapped: ${name}`, async () => {
      const bundle = await bundleWithSwap(file, found, swapped);
      const fault = (await replay(bundle, new Map([[name, histories.get(name)!]]))).get(name);
      assert.ok(fault instanceof DeterminismViolationError, String(fault));
      assert.match(fault.message, message);
    });
});

describe('a worker that keeps nothing between two tasks', { timeout: 60_000 }, () => {
  const envs: TestWorkflowEnvironment[] = [];
  before(async () => {
    envs.push(
      await createDevServerEnv(),
      await createDevServerEnv({ suggestContinueAsNewAt: LENGTH_OF_A_RUN }),
    );
  });
  after(() => Promise.all(envs.map((env) => env.teardown())));

  for (const name of [
    'complete-after-check-now',
    'cancelled-while-downloading-by-signal',
    'continued-while-downloading',
  ]) {
    it(`ends an export in the same way: ${name}`, async () => {
      const env = envs[runsOf(name) - 1]!;
      const handle = await play(name, { env, workflowBundle: await workflowBundle(), maxCachedWorkflows: 0 });
      const runIds = await runIdsOf(env.client, handle);
      const events = await Promise.all(runIds.map((runId) => eventsOfRun(env.client, handle, runId)));
      // The engine itself refuses the command to go on in a new run where a signal came meanwhile.
      const failedTasks = events
        .flat()
        .filter(({ eventType }) => eventType === 'EVENT_TYPE_WORKFLOW_TASK_FAILED')
        .filter((event) => !JSON.stringify(event).includes('CAUSE_UNHANDLED_COMMAND'));
      assert.deepEqual(failedTasks, []);
    });
  }
});

async function readHistory(name: string): Promise<History> {
  const { events } = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as {
    events: JsonEvent[];
  };
  return historyOf(events);
}

async function replay(
  workflowBundle: WorkflowBundleOption,
  histories: Map<string, History>,
): Promise<Map<string, Error | undefined>> {
  const faults = new Map<string, Error | undefined>();
  const named = [...histories].map(([workflowId, history]) => ({ workflowId, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, named))
    faults.set(workflowId, error);
  return faults;
}

/** The bundle of a copy of the workflows in which one file differs. */
async function bundleWithSwap(file: string, found: RegExp, swapped: string): Promise<WorkflowBundleOption> {
  const copy = await mkdtemp(join(tmpdir(), 'swapped-'));
  try {
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await cp(join(root, 'workflows'), join(copy, 'workflows'), { recursive: true });
    const path = join(copy, 'workflows', file);
    const text = await readFile(path, 'utf8');
    assert.match(text, found, `expected two commands to swap in workflows/${file}`);
    await writeFile(path, text.replace(found, swapped));
    return await bundleWorkflowCode({
      workflowsPath: join(copy, 'workflows'),
      logger: new DefaultLogger('ERROR'),
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
