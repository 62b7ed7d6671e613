import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportPhase, ExportProgress } from '../../client/index.ts';
import type { Simulator } from '../../simulator/index.ts';
import { createClosedJudge, createJudge } from '../support/judge-by-schema.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { accountOf, quickExport, type RealParts, withRealParts } from './real-parts.ts';

const judgeInput = createJudge('input');
const judge = {
  progress: createClosedJudge('progress'),
  result: createClosedJudge('result'),
  failure: createClosedJudge('failure'),
};

describe('the JSON Schemas of the package', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('describe the whole life of an export with failed, empty and foreign days, to its result', async () => {
    const input = quickExport(3, { allowIncomplete: true, resubmit: { maximumAttempts: 2, cooldown: 100 } });
    const script = {
      life: { submitted: '3 minutes', running: '3 minutes', parallelDays: 3, jobsAhead: 2 },
      days: [
        { days: input.startDay, file: 'emptyFile' as const },
        { days: input.endDay, statuses: [{ status: 'Submitted', for: '2 minutes' }, { status: 'Failed' }] },
      ],
    };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const { phases, result } = await watch(await start(parts, input));
      assert.ok(phases.has('incomplete'), [...phases].join());
      assert.deepEqual(judge.result(result), []);
    });
  });

  it('describe the receipt of one that is cancelled, and what it says of a day that was there already', async () => {
    const script = { life: { submitted: '0 seconds', running: '0 seconds' } };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      await (await start(parts, quickExport(2))).result();
      const again = await watch(await start(parts, quickExport(2)));
      assert.deepEqual(judge.result(again.result), []);
      assert.match(JSON.stringify(again.result), /"reused":\{"from":"published"/);
    });
    const slow = { life: { submitted: '10 days' } };
    await withRealParts(env, { simulator: { script: slow } }, async (parts) => {
      const handle = await start(parts, quickExport(2));
      await handle.signal('cancel', { reason: 'wrong month' });
      const { result } = await watch(handle);
      assert.deepEqual(judge.result(result), []);
      assert.match(JSON.stringify(result), /"cancelReason":"wrong month"/);
    });
  });

  it('describe the failure of every type', async () => {
    const input = quickExport(1);
    const failed = { statuses: [{ status: 'Failed' }] };
    const script = {
      life: { submitted: '0 seconds', running: '0 seconds' },
      days: [{ resourceType: 'Calls' as const, ...failed }],
    };
    const accounts = (simulator: Simulator) => ({ wrong: { ...accountOf(simulator), password: 'wrong' } });
    const destinations = (root: string) => ({ blocked: pathToFileURL(join(root, 'a-file', 'x')).href });
    await withRealParts(env, { simulator: { script }, accounts, destinations }, async (parts) => {
      await writeFile(join(parts.root, 'a-file'), 'a regular file');
      const asked: [type: string, input: object][] = [
        ['InvalidInput', { ...input, startDay: 'soon' }],
        ['InvalidInput', { ...input, account: 'nowhere' }],
        ['AuthenticationRejected', { ...input, account: 'wrong' }],
        ['StorageRejected', { ...input, destination: 'blocked' }],
        // The simulator has a stricter mind of what is a URL.
        ['ExportRejected', { ...input, webhook: { url: 'http://[', method: 'POST' } }],
        ['ExportIncomplete', { ...input, resourceType: 'Calls', resubmit: { maximumAttempts: 1 } }],
        [
          'ExportTimedOut',
          { ...input, resourceType: 'Calls', resubmit: { cooldown: '1 day' }, timeout: '1 second' },
        ],
      ];
      await Promise.all(
        asked.map(async ([type, wrong]) => {
          const failure = await failureOf(await start(parts, wrong));
          assert.equal(failure.type, type, JSON.stringify(failure));
          assert.deepEqual(judge.failure(failure), [], type);
        }),
      );
    });
  });
});

/** Starts as a caller in another language does, with what its schema lets pass. */
async function start({ client, taskQueue }: RealParts, input: object): Promise<WorkflowHandle> {
  const isGood = !('startDay' in input && input.startDay === 'soon');
  assert.equal(judgeInput(input).length === 0, isGood, JSON.stringify(input));
  return await client.workflow.start('exportJob', { taskQueue, workflowId: randomUUID(), args: [input] });
}

/** Asks for the progress until the end: each answer has to be as the schema says. */
async function watch(handle: WorkflowHandle): Promise<{ phases: Set<ExportPhase>; result: unknown }> {
  const phases = new Set<ExportPhase>();
  for (;;) {
    const progress = await handle.query<ExportProgress>('progress');
    assert.deepEqual(judge.progress(progress), [], progress.phase);
    phases.add(progress.phase);
    if (progress.result !== null) return { phases, result: await handle.result() };
    await pause(20);
  }
}

async function failureOf(handle: WorkflowHandle): Promise<{ type: unknown; details: unknown }> {
  const error: unknown = await handle.result().then(
    () => assert.fail('the export completed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowFailedError, String(error));
  assert.ok(error.cause instanceof ApplicationFailure, String(error.cause));
  return { type: error.cause.type, details: error.cause.details };
}
