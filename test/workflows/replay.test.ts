import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventsOf, type History } from '../support/history-json.ts';
import {
  changedInText,
  recordedHistories,
  recordedVersions,
  replay,
  UNRELEASED,
} from '../support/recorded-histories.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { eventsOfRun, LENGTH_OF_A_RUN, runIdsOf } from './new-run.ts';
import { historiesOf, play, runsOf, stories } from './stories.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const versions = await recordedVersions();
const histories = new Map<string, History>();
for (const version of versions)
  for (const [name, history] of await recordedHistories(version))
    histories.set(`${version}/${name}`, history);

describe('the recorded histories', { timeout: 60_000 }, () => {
  let faults: Map<string, Error | undefined>;
  before(async () => {
    faults = await replay(await workflowBundle(), histories);
  });

  it('are those of the stories: after a change of the stories, run npm run record-histories', () => {
    const names = [...histories.keys()].filter((name) => name.startsWith(`${UNRELEASED}/`));
    const expected = Object.keys(stories).flatMap(historiesOf);
    assert.deepEqual(names.toSorted(), expected.map((name) => `${UNRELEASED}/${name}`).toSorted());
  });

  it('are kept for each version of the changelog, and for what is not released', async () => {
    const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
    const released = [...changelog.matchAll(/^## \[(\d[^\]]*)\]/gm)].map(([, version]) => version!);
    assert.deepEqual(versions, [...released, UNRELEASED].toSorted());
    for (const version of versions)
      assert.notEqual((await recordedHistories(version)).size, 0, `${version} has no histories`);
  });

  for (const name of histories.keys()) {
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
      found: /(run\.launch\(\(\) ?=> ?stopAfterTimeout\(run\)\);)(\s+)(for \(const job of [^\n]+)/,
      swapped: '$3$2$1',
      message: /watchExportJob|[Tt]imer/,
    },
  ];
  for (const { name, file, found, swapped, message } of swaps)
    it(`do not replay when two commands are swapped: ${name}`, async () => {
      const bundle = await changedInText(await workflowBundle(), { file, found, changed: swapped });
      const fault = (await replay(bundle, new Map([[name, histories.get(`${UNRELEASED}/${name}`)!]]))).get(
        name,
      );
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
