import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportCancelledError, ExportError, ExportHandle } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports } from './client-env.ts';
import { anInput, aResult } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('a handle from a start stays with its export: it neither sees nor stops a later one of the same id', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const first = await exports.startExport(anInput('wait'), { workflowId });
    await first.cancel();
    await failureOf(first);
    const second = await exports.startExport(anInput('wait'), { workflowId });

    const progress = await first.progress();
    assert.equal(progress.phase, 'cancelled');
    assert.notEqual((await first.describe()).runId, (await second.describe()).runId);
    for (const tell of [() => first.cancel(), () => first.checkNow()])
      await assert.rejects(tell, (error) => error instanceof ExportError && error.type === 'ExportEnded');
    assert.ok((await failureOf(first)) instanceof ExportCancelledError, 'cancelled');

    assert.equal((await second.progress()).phase, 'waiting');
    assert.equal((await exports.getHandle(workflowId).progress()).phase, 'waiting');
    await second.checkNow();
    assert.deepEqual(await second.result(), aResult('complete'));
  });
});

test('a handle follows its export through Continue-As-New, and finds its end after a later one has begun', async () => {
  await withExports(env, async (exports, client) => {
    const workflowId = randomUUID();
    const handle = await exports.startExport(anInput('renew'), { workflowId });
    const { runId } = await handle.describe();
    await handle.checkNow();
    const result = handle.result();
    const renewed = await untilAnotherRun(handle, runId);
    await handle.cancel({ reason: 'told to the run that goes on' });
    await assert.rejects(result, /told to the run that goes on/);

    const later = await exports.startExport(anInput('wait'), { workflowId });
    assert.equal((await handle.describe()).runId, renewed);
    assert.equal((await handle.progress()).phase, 'cancelled');
    assert.match((await failureOf(handle)).message, /told to the run that goes on/);
    const rejoined = new ExportHandle({ client, workflowId, firstExecutionRunId: runId });
    assert.match((await failureOf(rejoined)).message, /told to the run that goes on/);
    await later.cancel();
  });
});

test('a handle follows its export through a reset, and finds its end after a later one has begun', async () => {
  await withExports(env, async (exports, client) => {
    const workflowId = randomUUID();
    const handle = await exports.startExport(anInput('wait'), { workflowId });
    await handle.progress();
    const { runId: first } = await handle.describe();
    const { runId } = await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId: first },
      workflowTaskFinishEventId: 4 as never,
      requestId: randomUUID(),
      reason: 'a test',
    });
    await handle.cancel({ reason: 'told to the run that the reset has made' });
    assert.match((await failureOf(handle)).message, /told to the run that the reset has made/);

    const later = await exports.startExport(anInput('wait'), { workflowId });
    assert.match((await failureOf(handle)).message, /told to the run that the reset has made/);
    assert.equal((await handle.describe()).runId, runId);
    assert.equal((await handle.progress()).phase, 'cancelled');
    await later.cancel();
  });
});

test('the receipt of an export that the engine cancelled is its own, not that of a later one', async () => {
  await withExports(env, async (exports, client) => {
    const workflowId = randomUUID();
    const first = await exports.startExport(anInput('wait'), { workflowId });
    await first.progress();
    await client.workflow.getHandle(workflowId).cancel();
    await failureOf(first);
    const second = await exports.startExport(anInput('wait'), { workflowId });
    assert.deepEqual((await failureOf(first)).result, aResult('cancelled'));
    await second.cancel();
  });
});

test('a start tells whether it joined an export that runs', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const first = await exports.startExport(anInput('wait'), { workflowId });
    const second = await exports.startExport(anInput('wait'), { workflowId });
    assert.equal(first.joined, false);
    assert.equal(second.joined, true);
    await second.cancel();
    await failureOf(first);
    const third = await exports.startExport(anInput('complete'), { workflowId });
    assert.equal(third.joined, false);
  });
});

async function untilAnotherRun(handle: ExportHandle, runId: string): Promise<string> {
  const now = (await handle.describe()).runId;
  return now === runId ? untilAnotherRun(handle, runId) : now;
}
