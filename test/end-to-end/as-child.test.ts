import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { ExportJobInput, ExportJobResult } from '../../client/index.ts';
import { defaultWorkflowId } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { callingBundle } from './calling-bundle.ts';
import { quickExport, type RealParts, withRealParts } from './real-parts.ts';

const AT_ONCE = { life: { submitted: '0 seconds', running: '0 seconds' } };
const NEVER_DONE = { life: { submitted: '10 days' } };

describe('an export as a child of another workflow', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  let workflowBundle: WorkflowBundleOption;
  before(async () => {
    env = await createDevServerEnv();
    workflowBundle = await callingBundle();
  });
  after(() => env.teardown());

  it('gives its parent the result, under the id that the client would give it', async () => {
    await withRealParts(env, { simulator: { script: AT_ONCE }, workflowBundle }, async (parts) => {
      const input = quickExport(2);
      const result = await (await startParent(parts, input)).result();
      assert.deepEqual(
        result.days.map(({ outcome }) => outcome),
        ['downloaded', 'downloaded'],
      );
      assert.deepEqual(await parts.exports.getHandle(defaultWorkflowId(input)).result(), result);
    });
  });

  it('fails its parent with its own type and its result', async () => {
    const days = [{ statuses: [{ status: 'Failed' }] }];
    await withRealParts(
      env,
      { simulator: { script: { ...AT_ONCE, days } }, workflowBundle },
      async (parts) => {
        const parent = await startParent(parts, quickExport(1, { resubmit: { maximumAttempts: 1 } }));
        const child = causeOf(await endOf(parent));
        assert.ok(child instanceof ChildWorkflowFailure, String(child));
        assert.ok(child.cause instanceof ApplicationFailure, String(child.cause));
        assert.equal(child.cause.type, 'ExportIncomplete');
        assert.equal((child.cause.details as [ExportJobResult])[0].totals.failed, 1);
      },
    );
  });

  it('is cancelled with its parent, which ends when the job at Twilio is deleted', async () => {
    await withRealParts(env, { simulator: { script: NEVER_DONE }, workflowBundle }, async (parts) => {
      const parent = await startParent(parts, quickExport(2));
      await jobIsMade(parts);
      await parent.cancel();
      const error = causeOf(await endOf(parent));
      assert.ok(error instanceof CancelledFailure, String(error));
      const { jobsAlive, jobsDeleted } = parts.simulator.ledger();
      assert.deepEqual({ jobsAlive, jobsDeleted }, { jobsAlive: 0, jobsDeleted: 1 });
    });
  });

  it('cleans up after its parent was terminated, where the parent asks for that as README does', async () => {
    await withRealParts(env, { simulator: { script: NEVER_DONE }, workflowBundle }, async (parts) => {
      const input = quickExport(2);
      const parent = await startParent(parts, input);
      await jobIsMade(parts);
      await parent.terminate();
      await until(async () => parts.simulator.ledger().jobsDeleted === 1);
      const child = parts.client.workflow.getHandle(defaultWorkflowId(input));
      await until(async () => (await child.describe()).status.name === 'CANCELLED');
      assert.equal(parts.simulator.ledger().jobsAlive, 0);
    });
  });
});

it('README shows the workflows that call for exports as they are tested here', async () => {
  const root = new URL('../../', import.meta.url);
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const example = await readFile(new URL('examples/calling-workflows.ts', root), 'utf8');
  const shown = example.replaceAll(/\.\.\/(\w+)\/index\.ts/g, 'temporal-bulk-exports/$1').trim();
  assert.ok(readme.includes(shown), 'README has the text of examples/calling-workflows.ts');
});

type Parent = WorkflowHandle<(input: ExportJobInput) => Promise<ExportJobResult>>;

async function startParent({ client, taskQueue }: RealParts, input: ExportJobInput): Promise<Parent> {
  return await client.workflow.start('exportAsChild', { taskQueue, workflowId: randomUUID(), args: [input] });
}

async function jobIsMade({ simulator }: RealParts): Promise<void> {
  await until(async () => simulator.ledger().jobsMade === 1);
}

async function endOf(handle: WorkflowHandle): Promise<unknown> {
  return await handle.result().then(
    () => assert.fail('it completed'),
    (error: unknown) => error,
  );
}

function causeOf(error: unknown): Error | undefined {
  assert.ok(error instanceof WorkflowFailedError, String(error));
  return error.cause;
}
