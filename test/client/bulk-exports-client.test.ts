import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportConflictError, ExportError, InvalidInputError } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { tearDown, withExports } from './client-env.ts';
import { anInput } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('an export has an id that reads well, a summary, details, a memo and the search attributes', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('complete'));
    const description = await handle.describe();
    assert.equal(handle.workflowId, 'bulk-export-Messages-2026-10-01..2026-10-02');
    assert.equal(await description.staticSummary(), 'Messages 2026-10-01..2026-10-02 → default');
    assert.match((await description.staticDetails()) ?? '', /Messages.*2026-10-01.*signal `cancel`/s);
    assert.equal(description.memo?.startDay, '2026-10-01');
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    assert.equal(attributes.BulkExportAccount, 'default');
    assert.equal(attributes.BulkExportDaysTotal, 2);
    await handle.result();
  });
});

test('a name that looks like Markdown is shown as it is', async () => {
  await withExports(env, async (exports) => {
    const friendlyName = 'complete [EMEA](of `my_own_team_`)';
    const handle = await exports.startExport(anInput(friendlyName), { workflowId: randomUUID() });
    const details = await (await handle.describe()).staticDetails();
    assert.match(
      details ?? '',
      /^- Name at Twilio: `complete \[EMEA\]\(of 'my_own_team_'\)` \(and a marker\)$/m,
    );
    await handle.cancel();
  });
});

test('the id names the account and the destination where they are not default', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('complete', { account: 'emea', destination: 'lake' }));
    assert.equal(handle.workflowId, 'bulk-export-emea-Messages-2026-10-01..2026-10-02-to-lake');
  });
});

test('the same request twice is one run, even where one of them spells out a default', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const [first, second] = await Promise.all([
      exports.startExport(anInput('wait'), { workflowId }),
      exports.startExport(anInput('wait', { deleteJob: true, errorPatience: '1 day' }), { workflowId }),
    ]);
    assert.equal((await first.describe()).runId, (await second.describe()).runId);
    await second.checkNow();
    assert.equal((await first.result()).outcome, 'complete');
    assert.equal((await second.result()).outcome, 'complete');
  });
});

test('a running export with another input is refused, naming each difference and no webhook address', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const webhook = { url: 'https://example.com/hook?token=one', method: 'POST' } as const;
    const handle = await exports.startExport(anInput('wait', { webhook }), { workflowId });
    const other = anInput('wait', {
      endDay: '2026-10-03',
      poll: { minimumInterval: '1 minute' },
      webhook: { ...webhook, url: 'https://example.com/hook?token=two' },
    });
    await assert.rejects(exports.startExport(other, { workflowId }), (error) => {
      assert.ok(error instanceof ExportConflictError, String(error));
      assert.equal(error.type, 'ExportConflict');
      assert.deepEqual(error.differences, [
        'endDay is "2026-10-02" there, "2026-10-03" here',
        'webhook.url is another',
        'poll.minimumInterval is 10 seconds there, 1 minute here',
      ]);
      assert.doesNotMatch(error.message, /token/);
      return true;
    });
    await handle.checkNow();
    await handle.result();
  });
});

test('after an export has ended, starting it again is a new one', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    const first = await exports.startExport(anInput('complete'), { workflowId });
    await first.result();
    const firstRun = (await first.describe()).runId;
    const second = await exports.startExport(anInput('complete', { endDay: '2026-10-03' }), { workflowId });
    assert.notEqual((await second.describe()).runId, firstRun);
  });
});

test('an input with faults is refused before anything starts, every fault at once', async () => {
  await withExports(env, async (exports) => {
    const workflowId = randomUUID();
    // @ts-expect-error callers without types make such inputs
    const started = exports.startExport({ resourceType: 'Mesages', startDay: '2026-02-30' }, { workflowId });
    await assert.rejects(started, (error) => {
      assert.ok(error instanceof InvalidInputError, String(error));
      assert.equal(error.type, 'InvalidInput');
      assert.equal(error.faults.length, 3);
      return true;
    });
    await assert.rejects(
      exports.getHandle(workflowId).describe(),
      (error) => error instanceof ExportError && error.type === 'ExportNotFound',
    );
  });
});

test('where the search attributes are not registered, exports start without them, and with those that are, once they are', async () => {
  const namespace = `plain-${randomUUID()}`;
  await env.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await withExports(
    env,
    async (exports) => {
      const first = await exports.startExport(anInput('complete'), { workflowId: 'first' });
      const second = await exports.startExport(anInput('complete'), { workflowId: 'second' });
      assert.equal((await first.result()).outcome, 'complete');
      assert.equal((await second.result()).outcome, 'complete');
      const attributes = (await second.describe()).typedSearchAttributes.getAll();
      assert.deepEqual(
        attributes.filter(({ key }) => key.name.startsWith('BulkExport')),
        [],
      );

      await env.connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: { BulkExportPhase: KEYWORD, BulkExportDaysTotal: INT },
      });
      const third = await exports.startExport(anInput('complete'), { workflowId: 'third' });
      const known = (await third.describe()).typedSearchAttributes.getAll().map(({ key }) => key.name);
      assert.deepEqual(known.toSorted(), ['BulkExportDaysTotal', 'BulkExportPhase'], 'of the same client');
      await third.result();
    },
    { namespace },
  );
});

/** `temporal.api.enums.v1.IndexedValueType`. */
const KEYWORD = 2;
const INT = 3;
