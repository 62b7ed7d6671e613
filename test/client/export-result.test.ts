import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  AuthenticationRejectedError,
  ExportCancelledError,
  ExportError,
  ExportIncompleteError,
  ExportRejectedError,
  ExportTimedOutError,
  InvalidInputError,
  StorageRejectedError,
} from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports } from './client-env.ts';
import { anInput, aResult, FAULTS } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

/** The workflow's failure types and the class that a caller gets for each. */
const failures = {
  InvalidInput: InvalidInputError,
  ExportRejected: ExportRejectedError,
  AuthenticationRejected: AuthenticationRejectedError,
  StorageRejected: StorageRejectedError,
  ExportIncomplete: ExportIncompleteError,
  ExportTimedOut: ExportTimedOutError,
};

test('each failure type of the workflow is an error class of its own', async () => {
  await withExports(env, async (exports) => {
    for (const [type, errorClass] of Object.entries(failures)) {
      const handle = await exports.startExport(anInput(`fail:${type}`), { workflowId: randomUUID() });
      const error = await failureOf(handle);
      assert.ok(error instanceof errorClass, `${type} is a ${error.name}`);
      assert.equal(error.type, type);
      assert.equal(error.message, `${type} it is`);
      assert.equal(error.workflowId, handle.workflowId);
      assert.ok(error.cause instanceof Error, String(error.cause));
    }
  });
});

test('an incomplete export and one that timed out carry what they had reached', async () => {
  await withExports(env, async (exports) => {
    for (const type of ['ExportIncomplete', 'ExportTimedOut']) {
      const handle = await exports.startExport(anInput(`fail:${type}`), { workflowId: randomUUID() });
      assert.deepEqual((await failureOf(handle)).result, aResult('incomplete'));
    }
  });
});

test('the faults of an input that the workflow refused are those of its details, one by one', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('fail:InvalidInput'), { workflowId: randomUUID() });
    const error = await failureOf(handle);
    assert.ok(error instanceof InvalidInputError, String(error));
    assert.deepEqual(error.faults, FAULTS);
  });
});

test('an unknown failure is an ExportError that names its type', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('fail:Novelty'), { workflowId: randomUUID() });
    const error = await failureOf(handle);
    assert.equal(error.type, 'ExportFailed');
    assert.match(error.message, /Novelty/);
  });
});

test('an incomplete export that is allowed to be so is a result', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('incomplete'), { workflowId: randomUUID() });
    assert.deepEqual(await handle.result(), aResult('incomplete'));
  });
});

test('a cancel by the signal is an error with the receipt and the reason', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    await handle.cancel({ reason: 'no longer needed' });
    await handle.cancel({ reason: 'a second time' }).catch((error: unknown) => {
      assert.ok(error instanceof ExportError && error.type === 'ExportEnded', String(error));
    });
    const error = await failureOf(handle);
    assert.ok(error instanceof ExportCancelledError, String(error));
    assert.equal(error.result?.outcome, 'cancelled');
    assert.match(error.message, /of 2 days 1 downloaded, 1 cancelled/);
  });
});

test('a cancel by the engine is the same error with the same receipt', async () => {
  await withExports(env, async (exports, client) => {
    const handle = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    await client.workflow.getHandle(handle.workflowId).cancel();
    const error = await failureOf(handle);
    assert.ok(error instanceof ExportCancelledError, String(error));
    assert.deepEqual(error.result, aResult('cancelled'));
  });
});

test('a terminated export says that nothing was cleaned up, in its result and in its progress', async () => {
  await withExports(env, async (exports, client) => {
    const handle = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    await handle.progress();
    await client.workflow.getHandle(handle.workflowId).terminate('by a test');
    const error = await failureOf(handle);
    assert.equal(error.type, 'ExportTerminated');
    assert.match(error.message, /without any clean-up/);
    const progress = await handle.progress();
    assert.equal(progress.phase, 'failed');
    assert.match(
      progress.problems[0]?.problem ?? '',
      /may still run at Twilio: "bulk-exports reap" finds them\.$/,
    );
  });
});

test('an id that the namespace does not know is an error that names both', async () => {
  await withExports(env, async (exports) => {
    const handle = exports.getHandle('nobody-knows');
    for (const call of [
      () => handle.progress(),
      () => handle.result(),
      () => handle.cancel(),
      () => handle.checkNow(),
    ]) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof ExportError, String(error));
        assert.equal(error.type, 'ExportNotFound');
        assert.match(error.message, /nobody-knows, namespace default/);
        return true;
      });
    }
  });
});

test('a workflow that is no export is neither asked nor told anything by its id', async () => {
  await withExports(env, async (exports, client) => {
    const workflowId = randomUUID();
    const other = await client.workflow.start('somethingElse', { workflowId, taskQueue: 'nobody' });
    const handle = exports.getHandle(workflowId);
    for (const call of [
      () => handle.progress(),
      () => handle.watch().next(),
      () => handle.result(),
      () => handle.cancel(),
      () => handle.cancelAndWait(),
      () => handle.checkNow(),
    ])
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof ExportError, String(error));
        assert.equal(error.type, 'ExportNotFound');
        assert.match(
          error.message,
          /is no export .*its workflow type is somethingElse, expected exportJob\.$/,
        );
        return true;
      });
    const { events = [] } = await other.fetchHistory();
    assert.ok(!events?.some((event) => event.workflowExecutionSignaledEventAttributes), 'it got no signal');
    await other.terminate();
  });
});
