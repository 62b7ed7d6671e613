import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { BulkExportsClient, ListedExport, ListExportsOptions } from '../../client/index.ts';
import { SearchAttributeMissingError } from '../../client/index.ts';
import { exportsQuery } from '../../client/exports-query.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { tearDown, withExports } from './client-env.ts';
import { anInput } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('each filter finds what fits it and nothing else, first what runs and then what ended last', async () => {
  await withExports(env, async (exports, client) => {
    const account = `a${randomUUID()}`;
    const start = (name: string, over: Parameters<typeof anInput>[1]) =>
      exports.startExport(anInput(name, { account, ...over }), { workflowId: `${name}-${account}` });
    const running = await start('wait', { resourceType: 'Calls' });
    await (await start('complete', {})).result();
    await (await start('fail:Novelty', { resourceType: 'Participants' })).result().catch(() => {});
    await untilListed(exports, { account }, 3);
    await untilListed(exports, { account, status: ['COMPLETED', 'FAILED'] }, 2);

    const found = async (filter: ListExportsOptions) =>
      (await collect(exports.list({ account, ...filter }))).map(({ workflowId }) => workflowId.split('-')[0]);
    const hourAgo = new Date(Date.now() - 3_600_000);
    const soon = new Date(Date.now() + 3_600_000);
    for (const [filter, names] of [
      [{}, ['wait', 'fail:Novelty', 'complete']],
      [{ status: 'RUNNING' }, ['wait']],
      [{ status: 'FAILED' }, ['fail:Novelty']],
      [{ status: ['RUNNING', 'COMPLETED'] }, ['wait', 'complete']],
      [{ status: [] }, ['wait', 'fail:Novelty', 'complete']],
      [{ resourceType: 'Messages' }, ['complete']],
      [{ resourceType: ['Messages', 'Calls'] }, ['wait', 'complete']],
      [{ phase: 'creating' }, ['wait', 'fail:Novelty', 'complete']],
      [{ phase: ['complete', 'failed'] }, []],
      [{ withFailedDays: false }, ['wait', 'fail:Novelty', 'complete']],
      [{ withFailedDays: true }, []],
      [{ startedAfter: hourAgo }, ['wait', 'fail:Novelty', 'complete']],
      [{ startedAfter: soon.toISOString() }, []],
      [{ closedAfter: hourAgo }, ['fail:Novelty', 'complete']],
      [{ closedAfter: soon }, []],
      [{ limit: 2 }, ['wait', 'fail:Novelty']],
      [{ query: `WorkflowId = 'wait-${account}' OR WorkflowId = 'nobody'` }, ['wait']],
      [{ status: 'COMPLETED', query: `WorkflowId = 'nobody' OR WorkflowId = 'wait-${account}'` }, []],
      [{ account: 'of nobody' }, []],
    ] satisfies [ListExportsOptions, string[]][])
      assert.deepEqual(await found(filter), names, JSON.stringify(filter));
    await client.workflow.getHandle(running.workflowId).terminate();
  });
});

test('a listed export says what was asked for, what it does, and when it began and ended', async () => {
  await withExports(env, async (exports) => {
    const account = `a${randomUUID()}`;
    const input = anInput('complete', { account, destination: 'lake' });
    const handle = await exports.startExport(input, { workflowId: `listed-${account}` });
    await handle.result();
    const [listed] = await untilListed(exports, { account, status: 'COMPLETED' }, 1);
    assert.ok(listed, 'it is listed');
    const { startedAt, endedAt, ...others } = listed;
    assert.deepEqual(others, {
      workflowId: `listed-${account}`,
      runId: (await handle.describe()).runId,
      status: 'COMPLETED',
      phase: 'creating',
      request: {
        resourceType: 'Messages',
        startDay: '2026-10-01',
        endDay: '2026-10-02',
        account,
        destination: 'lake',
      },
    });
    assert.ok(endedAt !== null && startedAt <= endedAt, `${startedAt} to ${endedAt}`);
  });
});

test('a value that would be a filter of its own is a value', async () => {
  await withExports(env, async (exports) => {
    const account = `a${randomUUID()}`;
    const workflowId = `listed-${account}`;
    await exports.runExport(anInput('complete', { account }), { workflowId });
    await untilListed(exports, { account }, 1);
    for (const hostile of [
      `x') OR WorkflowId IN ('${workflowId}`,
      String.raw`x\') OR WorkflowId IN ('${workflowId}`,
      String.raw`x\\') OR WorkflowId IN ('${workflowId}`,
      String.raw`x\\`,
      `x"`,
      'x\n',
    ])
      assert.deepEqual(await collect(exports.list({ account: hostile })), [], hostile);
  });
});

test('what can not be listed is refused with what was expected', async () => {
  await withExports(env, async (exports) => {
    for (const [options, says] of [
      [{ startedAfter: 'yesterday' }, /^startedAfter must be an instant .*, got "yesterday"\.$/],
      [{ closedAfter: new Date(Number.NaN) }, /^closedAfter must be an instant/],
      [{ status: 'running' as never }, /^status must be one of RUNNING, .*, got "running"\.$/],
      [{ status: 'constructor' as never }, /^status must be one of/],
      [{ limit: 0 }, /^limit must be 1 or more, got 0\.$/],
      [{ limit: Number.NaN }, /^limit must be 1 or more, got NaN\.$/],
    ] satisfies [ListExportsOptions, RegExp][])
      await assert.rejects(collect(exports.list(options)), (error) => {
        assert.ok(error instanceof RangeError, String(error));
        assert.match(error.message, says);
        return true;
      });
  });
});

test('the runs from which an export went on are not listed as exports', () => {
  assert.equal(exportsQuery({}), "WorkflowType = 'exportJob' AND ExecutionStatus != 'ContinuedAsNew'");
});

test('a filter by a search attribute that is not registered says so, and how to register it', async () => {
  const plain = await createDevServerEnv({ searchAttributes: 'unknown' });
  try {
    await withExports(plain, async (exports) => {
      await exports.runExport(anInput('complete'), { workflowId: 'listed' });
      for (const [options, attribute] of [
        [{ phase: 'incomplete' }, 'BulkExportPhase'],
        [{ resourceType: 'Calls' }, 'BulkExportResourceType'],
        [{ account: 'east' }, 'BulkExportAccount'],
        [{ withFailedDays: true }, 'BulkExportDaysFailed'],
        [{ query: "BulkExportJobSid = 'JS1'" }, 'BulkExportJobSid'],
      ] satisfies [ListExportsOptions, string][])
        await assert.rejects(collect(exports.list(options)), (error) => {
          assert.ok(error instanceof SearchAttributeMissingError, String(error));
          assert.equal(error.attribute, attribute);
          assert.match(error.message, /namespace default.*"bulk-exports setup"/);
          return true;
        });
      await assert.rejects(collect(exports.list({ query: 'What = is this' })), /Failed to list workflows/);
      const [listed] = await untilListed(exports, { status: 'COMPLETED' }, 1);
      assert.equal(listed?.phase, null);
    });
  } finally {
    await tearDown(plain);
  }
});

/** The server's list follows the truth by a moment. */
async function untilListed(
  exports: BulkExportsClient,
  options: ListExportsOptions,
  count: number,
): Promise<ListedExport[]> {
  for (;;) {
    const listed = await collect(exports.list(options));
    if (listed.length >= count) return listed;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
