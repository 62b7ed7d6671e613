import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { History } from '../support/history-json.ts';
import {
  bundleWithChanges,
  changedInText,
  recordedHistories,
  replay,
  UNRELEASED,
  type WorkflowChange,
} from '../support/recorded-histories.ts';
import { createDevServerEnv, workflowBundle } from '../support/temporal.ts';
import { play } from '../workflows/stories.ts';

/** A way to end in which the example's code is passed. */
const STORY = 'complete';

/** One that takes a default and a short cool-down. */
const SUBMITTED_AGAIN = 'complete-after-submitting-again';

describe('the example of CONTRIBUTING of a change that breaks no running export', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  let today: WorkflowBundleOption;
  let steps: WorkflowBundleOption[];
  /** What a worker of each step leaves behind: of today, of step 1, of step 2. */
  let histories: History[];
  let recorded: Map<string, History>;
  /** Of the exports that steps 1 and 2 have played. */
  const runIds: string[] = [];

  before(async () => {
    env = await createDevServerEnv();
    recorded = await recordedHistories(UNRELEASED);
    const [old, ...blocks] = await codeOfTheExample();
    today = await workflowBundle();
    steps = await Promise.all(blocks.map((block) => bundleOfStep(old!, block)));
    histories = [recorded.get(STORY)!];
    for (const step of steps.slice(0, 2)) {
      const handle = await play(STORY, { env, workflowBundle: step });
      histories.push(await handle.fetchHistory());
      runIds.push((await handle.describe()).runId);
    }
  });
  after(() => env.teardown());

  it('breaks them where the new code is deployed at once', async () => {
    assertBroken(await replayOne(steps[2]!, histories[0]!));
  });

  it('replays in step 1 all that was recorded before, and what step 1 leaves behind', async () => {
    const faults = await replay(steps[0]!, recorded);
    assert.deepEqual(
      [...faults].filter(([, fault]) => fault !== undefined),
      [],
    );
    assert.equal(await replayOne(steps[0]!, histories[1]!), undefined);
  });

  it('has no way back from step 1', async () => {
    assertBroken(await replayOne(today, histories[1]!));
  });

  it('replays in step 2 what steps 1 and 2 leave behind, and nothing of before', async () => {
    assert.equal(await replayOne(steps[1]!, histories[1]!), undefined);
    assert.equal(await replayOne(steps[1]!, histories[2]!), undefined);
    assertBroken(await replayOne(steps[1]!, histories[0]!));
  });

  it('replays closed exports, too: one whose code is no more can not tell its progress', async () => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: STORY,
      workflowBundle: today,
      workflowThreadPoolSize: 1,
    });
    const asked = worker.runUntil(() => env.client.workflow.getHandle(STORY, runIds[0]).query('progress'));
    await assert.rejects(asked, /TMPRL1100/);
  });

  it('replays in step 3 what step 2 leaves behind, and nothing of step 1', async () => {
    assert.equal(await replayOne(steps[2]!, histories[2]!), undefined);
    assertBroken(await replayOne(steps[2]!, histories[1]!));
  });
});

describe('of all other changes, as CONTRIBUTING says,', { timeout: 60_000 }, () => {
  it('those of options, arguments, words and the length of timers break nothing', async () => {
    const recorded = await recordedHistories(UNRELEASED);
    const bundle = await bundleWithChanges(
      { file: 'activity-options.ts', found: "'24 hours'", changed: "'12 hours'" },
      { file: 'activity-options.ts', found: "'5 minutes'", changed: "'1 hour'" },
      { file: 'clean-up.ts', found: 'jobSid: job.jobSid }', changed: "jobSid: job.jobSid, more: 'of it' }" },
      { file: 'clean-up.ts', found: "summary: 'half files'", changed: "summary: 'files'" },
      { file: 'card.ts', found: 'asking Twilio for the others.', changed: 'it asks.' },
      { file: 'ending.ts', found: 'Could not bring every day home', changed: 'Days are missing' },
      { file: 'export-job.ts', found: /msUntil\(endsAt\)(?=, \{ summary: 'timeout)/, changed: '$& + 1' },
    );
    const names = [
      STORY,
      SUBMITTED_AGAIN,
      'incomplete',
      'cancelled-while-downloading-by-signal',
      'timed-out',
    ];
    const faults = await replay(bundle, new Map(names.map((name) => [name, recorded.get(name)!])));
    assert.deepEqual(
      [...faults.values()],
      names.map(() => undefined),
    );
  });

  const breaking: [what: string, change: WorkflowChange][] = [
    [
      'the name of an activity',
      { file: 'activity-options.ts', found: '{ watchExportJob }', changed: '{ look: watchExportJob }' },
    ],
    [
      'one more command',
      {
        file: 'export-job.ts',
        found: 'const ending = ',
        changed: 'await new Promise((then) => setTimeout(then, 1_000));\n$&',
      },
    ],
    ['a default that decides', { file: 'input.ts', found: '.default(3)', changed: '.default(1)' }],
    [
      'a stricter check of the input',
      { file: 'input.ts', found: 'duration(0, 30', changed: 'duration(5_000, 30' },
    ],
  ];
  for (const [what, change] of breaking)
    it(`breaks a running export: ${what}`, async () => {
      const history = (await recordedHistories(UNRELEASED)).get(SUBMITTED_AGAIN)!;
      assertBroken(await replayOne(await changedInText(await workflowBundle(), change), history));
    });
});

/** The blocks of the example, in order: as it is today, and its three steps. */
async function codeOfTheExample(): Promise<string[]> {
  const page = await readFile(fileURLToPath(new URL('../../CONTRIBUTING.md', import.meta.url)), 'utf8');
  const [, section = ''] = page.split('### An example\n');
  const blocks = [...section.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!.trim());
  assert.equal(blocks.length, 4, 'expected four blocks of code under "An example" in CONTRIBUTING.md');
  return blocks;
}

async function bundleOfStep(old: string, block: string): Promise<WorkflowBundleOption> {
  const imports = "import { deprecatePatch, patched } from '@temporalio/workflow';\n";
  return await bundleWithChanges({ file: 'clean-up.ts', found: old, changed: block, imports });
}

async function replayOne(bundle: WorkflowBundleOption, history: History): Promise<Error | undefined> {
  return (await replay(bundle, new Map([[STORY, history]]))).get(STORY);
}

function assertBroken(fault: Error | undefined): void {
  assert.ok(fault instanceof DeterminismViolationError, String(fault));
  // The words by which CONTRIBUTING and docs/failure-modes.md say that it is found.
  assert.match(fault.message, /TMPRL1100.*Nondeterminism/);
}
