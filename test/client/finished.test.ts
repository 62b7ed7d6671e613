import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportConflictError, type BulkExportsClient, type ExportHandle } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports } from './client-env.ts';
import { anInput, aResult } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('to join a finished export gives its handle and its end, whatever that was', async () => {
  await withExports(env, async (exports) => {
    const complete = await ended(exports, 'complete');
    const joined = await startAgain(exports, complete, 'complete', 'join');
    assert.equal(joined.joined, true);
    assert.deepEqual(await joined.result(), aResult('complete'));
    assert.equal(await runOf(joined), await runOf(complete));

    const failed = await ended(exports, 'fail:ExportIncomplete');
    const again = await startAgain(exports, failed, 'fail:ExportIncomplete', 'join');
    assert.equal(await runOf(again), await runOf(failed));
    assert.deepEqual((await failureOf(again)).result, aResult('incomplete'));
  });
});

test('to join a complete export alone starts anew what was incomplete, failed or was cancelled', async () => {
  await withExports(env, async (exports) => {
    const complete = await ended(exports, 'complete');
    const same = await startAgain(exports, complete, 'complete', 'joinIfComplete');
    assert.equal(same.joined, true);
    assert.equal(await runOf(same), await runOf(complete));

    for (const ending of ['incomplete', 'fail:ExportIncomplete', 'wait']) {
      const before = await ended(exports, ending);
      const anew = await startAgain(exports, before, ending, 'joinIfComplete');
      assert.equal(anew.joined, false, ending);
      assert.notEqual(await runOf(anew), await runOf(before), ending);
    }
  });
});

test('a finished export stays alone where a start is to be refused', async () => {
  await withExports(env, async (exports) => {
    const complete = await ended(exports, 'complete');
    await assert.rejects(startAgain(exports, complete, 'complete', 'refuse'), (error) => {
      assert.ok(error instanceof ExportConflictError, String(error));
      assert.deepEqual(error.differences, []);
      assert.match(error.message, /has ended already \[.*, COMPLETED 20.*nothing was started/);
      return true;
    });
    assert.equal(await runOf(exports.getHandle(complete.workflowId)), await runOf(complete));
  });
});

test('a finished export is not joined for another request, and a failed one is no obstacle to it', async () => {
  await withExports(env, async (exports) => {
    const complete = await ended(exports, 'complete');
    for (const ifFinished of ['join', 'joinIfComplete'] as const)
      await assert.rejects(
        exports.startExport(anInput('complete', { endDay: '2026-10-03' }), {
          workflowId: complete.workflowId,
          ifFinished,
        }),
        (error) => {
          assert.ok(error instanceof ExportConflictError, String(error));
          assert.deepEqual(error.differences, ['endDay is "2026-10-02" there, "2026-10-03" here']);
          assert.match(error.message, /has ended \[.*Start this one again \(ifFinished "startAgain"\)/);
          return true;
        },
      );
    const failed = await ended(exports, 'fail:ExportRejected');
    assert.equal((await startAgain(exports, failed, 'complete', 'joinIfComplete')).joined, false);
  });
});

test('an export that runs is joined, however finished ones are treated', async () => {
  await withExports(env, async (exports) => {
    const running = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    for (const ifFinished of ['startAgain', 'joinIfComplete', 'join', 'refuse'] as const) {
      const joined = await startAgain(exports, running, 'wait', ifFinished);
      assert.equal(joined.joined, true, ifFinished);
      assert.equal(await runOf(joined), await runOf(running), ifFinished);
    }
    await running.cancel();
  });
});

test('of several who ask at once for what has failed, one starts it and the others join', async () => {
  await withExports(env, async (exports) => {
    const cancelled = await ended(exports, 'wait');
    const asking = () => startAgain(exports, cancelled, 'wait', 'joinIfComplete');
    const handles = await Promise.all([asking(), asking(), asking(), asking()]);
    assert.equal(new Set(await Promise.all(handles.map(runOf))).size, 1);
    assert.deepEqual(handles.map(({ joined }) => joined).toSorted(), [false, true, true, true]);
    await handles[0]?.cancel();
  });
});

test('a workflow of another type that has ended is no export to join', async () => {
  await withExports(env, async (exports, client) => {
    const workflowId = randomUUID();
    const other = await client.workflow.start('somethingElse', { workflowId, taskQueue: 'nobody' });
    await other.terminate();
    for (const ifFinished of ['join', 'joinIfComplete'] as const)
      await assert.rejects(
        exports.startExport(anInput('complete'), { workflowId, ifFinished }),
        /its workflow type is somethingElse, expected exportJob/,
      );
    assert.equal((await exports.startExport(anInput('complete'), { workflowId })).joined, false);
  });
});

/** An export that has ended in this way; `wait` is cancelled. */
async function ended(exports: BulkExportsClient, friendlyName: string): Promise<ExportHandle> {
  const handle = await exports.startExport(anInput(friendlyName), { workflowId: randomUUID() });
  if (friendlyName === 'wait') await handle.cancelAndWait();
  else await handle.result().catch(() => {});
  return handle;
}

function startAgain(
  exports: BulkExportsClient,
  { workflowId }: ExportHandle,
  friendlyName: string,
  ifFinished: 'startAgain' | 'joinIfComplete' | 'join' | 'refuse',
): Promise<ExportHandle> {
  return exports.startExport(anInput(friendlyName), { workflowId, ifFinished });
}

async function runOf(handle: ExportHandle): Promise<string> {
  return (await handle.describe()).runId;
}
