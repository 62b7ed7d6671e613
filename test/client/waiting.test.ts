import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { Client, Connection, ServiceError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportError, ExportHandle, ExportIncompleteError } from '../../client/index.ts';
import { unlessAborted } from '../../client/unless-aborted.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports } from './client-env.ts';
import { anInput, aResult } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('an export is started and its result awaited in one call', async () => {
  await withExports(env, async (exports) => {
    assert.deepEqual(
      await exports.runExport(anInput('complete'), { workflowId: randomUUID() }),
      aResult('complete'),
    );
    const failing = exports.runExport(anInput('fail:ExportIncomplete'), { workflowId: randomUUID() });
    await assert.rejects(failing, ExportIncompleteError);
    const workflowId = randomUUID();
    await exports.runExport(anInput('complete'), { workflowId });
    const refused = exports.runExport(anInput('complete'), { workflowId, ifFinished: 'refuse' });
    await assert.rejects(refused, /has ended already/);
  });
});

test('who gives up waiting gets the reason of the signal, and the export goes on', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const { signal, abort } = abortable();
    const waiting = exports.runExport(anInput('wait'), { workflowId, signal });
    const handle = exports.getHandle(workflowId);
    await untilIt(async () => (await handle.progress().catch(() => undefined))?.phase === 'waiting');
    const reason = new Error('the caller has gone');
    abort(reason);
    await assert.rejects(waiting, (error) => error === reason);
    assert.equal((await handle.progress()).phase, 'waiting');
    await handle.cancel();
  });
});

test('a signal that is aborted beforehand starts nothing', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const running = exports.runExport(anInput('wait'), { workflowId, signal: AbortSignal.abort() });
    await assert.rejects(running, { name: 'AbortError' });
    await assert.rejects(exports.getHandle(workflowId).describe(), /no export of this id/);
  });
});

test('a wait leaves nothing on the signal of its caller, which may live for long', async () => {
  await withExports(env, async (exports) => {
    const { signal } = abortable();
    await exports.runExport(anInput('complete'), { workflowId: randomUUID(), signal });
    await exports
      .runExport(anInput('fail:Novelty'), { workflowId: randomUUID(), signal })
      .catch((error: unknown) => assert.ok(error instanceof ExportError, String(error)));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});

test('a long wait is begun anew now and then, so that what each request leaves behind is let go', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const rounds: AbortSignal[] = [];
  const waiting = unlessAborted(clientWith(rounds), abortable().signal, (signal) =>
    rounds.length < 3 ? never(signal) : Promise.resolve('the end'),
  );
  for (const round of [1, 2, 3]) {
    await untilIt(async () => rounds.length === round);
    t.mock.timers.tick(60_000);
  }
  assert.equal(await waiting, 'the end');
  assert.deepEqual(
    rounds.map(({ aborted }) => aborted),
    [true, true, false],
  );
});

test('an outage at the beginning anew of a long wait is waited through like any other', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const rounds: AbortSignal[] = [];
  let described = 0;
  let waits = 0;
  const run = {
    describe: () => {
      described += 1;
      return described === 1
        ? Promise.resolve(aDescription)
        : Promise.reject(new ServiceError('away', OUTAGE));
    },
    result: () => {
      waits += 1;
      return waits === 1 ? never(rounds.at(-1)) : Promise.resolve(aResult('complete'));
    },
  };
  const client = clientWith(rounds, { options: {}, workflow: { getHandle: () => run } });
  const waiting = new ExportHandle({ client, workflowId: 'one' }).result({ signal: abortable().signal });
  await untilIt(async () => waits === 1);
  t.mock.timers.tick(60_000);
  assert.deepEqual(await waiting, aResult('complete'));
});

test('nobody is asked any more once the caller has given up, though the work does not listen', async () => {
  const rounds: AbortSignal[] = [];
  const { signal, abort } = abortable();
  const waiting = unlessAborted(clientWith(rounds), signal, () => new Promise(() => {}));
  abort(new Error('gone'));
  await assert.rejects(waiting, /gone/);
  assert.deepEqual(
    rounds.map(({ aborted }) => aborted),
    [true],
  );
});

test('who stops watching while no worker answers does not wait for the answer', async () => {
  await withExports(
    env,
    async (exports, client, worker) => {
      const { workflowId } = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
      await worker.stop();
      const { signal, abort } = abortable();
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 60_000 });
      setTimeout(() => abort(new Error('gone')), 300);
      const seen: unknown[] = [];
      for await (const progress of handle.watch({ signal })) seen.push(progress);
      assert.deepEqual(seen, []);
    },
    {},
  );
});

test('who stops watching may close the connection: nothing more is asked', async () => {
  await withExports(
    env,
    async (exports, _client, worker) => {
      const { workflowId } = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
      await worker.stop();
      const asked: string[] = [];
      const connection = await Connection.connect({
        address: env.address,
        interceptors: [
          (options, nextCall) => {
            asked.push(options.method_definition.path.replace(/.*\//, ''));
            return nextCall(options) as never;
          },
        ],
      });
      const client = new Client({ connection });
      const { signal, abort } = abortable();
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 60_000 });
      const watching = handle.watch({ signal }).next();
      await untilIt(async () => asked.includes('QueryWorkflow'));
      abort(new Error('gone'));
      assert.equal((await watching).done, true);
      await connection.close();
      assert.deepEqual(asked.slice(asked.indexOf('QueryWorkflow')), ['QueryWorkflow']);
    },
    {},
  );
});

test('a cancel that waits gives the receipt, and a second one the same', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    const receipt = { ...aResult('cancelled'), cancelReason: 'wrong month' };
    assert.deepEqual(await handle.cancelAndWait({ reason: 'wrong month' }), receipt);
    assert.deepEqual(await handle.cancelAndWait({ reason: 'again' }), receipt);
  });
});

test('a cancel that comes too late gives the end that there was', async () => {
  await withExports(env, async (exports) => {
    const complete = await exports.startExport(anInput('complete'), { workflowId: randomUUID() });
    await complete.result();
    assert.deepEqual(await complete.cancelAndWait(), aResult('complete'));
    const failed = await exports.startExport(anInput('fail:ExportRejected'), { workflowId: randomUUID() });
    await failureOf(failed);
    await assert.rejects(failed.cancelAndWait(), /ExportRejected it is/);
    const nobody = exports.getHandle('nobody-knows').cancelAndWait();
    await assert.rejects(nobody, (error) => error instanceof ExportError && error.type === 'ExportNotFound');
  });
});

test('a cancel that Temporal did not take is told, and its receipt is not waited for', async () => {
  await withExports(env, async (exports) => {
    const { workflowId } = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    const refusing = { signal: () => Promise.reject(new Error('no signals here')) };
    const client = new Client({ connection: env.connection, interceptors: { workflow: [refusing] } });
    await assert.rejects(new ExportHandle({ client, workflowId }).cancelAndWait(), /no signals here/);
    await exports.getHandle(workflowId).cancel();
  });
});

test('who gives up waiting for a receipt has cancelled all the same', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('linger'), { workflowId: randomUUID() });
    const { signal, abort } = abortable();
    const waiting = handle.cancelAndWait({}, { signal });
    setTimeout(() => abort(new Error('gone')), 300);
    await assert.rejects(waiting, /gone/);
    await handle.checkNow();
    assert.equal((await handle.cancelAndWait()).outcome, 'cancelled');
  });
});

function abortable(): { signal: AbortSignal; abort: (reason: Error) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}

const aDescription = {
  type: 'exportJob',
  runId: 'run',
  raw: { workflowExecutionInfo: { firstRunId: 'run' } },
};

const OUTAGE = {
  cause: Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'no connection', metadata: {} }),
};

/** A client of which only this much is asked, noting the signals of its requests. */
function clientWith(rounds: AbortSignal[], more: object = {}): Client {
  const withAbortSignal = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    rounds.push(signal);
    return work();
  };
  const withDeadline = <T>(deadline: number, work: () => Promise<T>): Promise<T> => {
    assert.ok(deadline > Date.now() + 60_000, 'a request may take as long as its round');
    assert.ok(deadline < Date.now() + 120_000, 'a request that nobody can cancel ends some time');
    return work();
  };
  return { connection: { withAbortSignal, withDeadline }, ...more } as unknown as Client;
}

/** What a request does whose signal is aborted. */
function never(signal: AbortSignal | undefined): Promise<string> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('the request was cancelled')));
  });
}

async function untilIt(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
