import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDevServerEnv } from '../support/temporal.ts';
import { withExports } from './client-env.ts';
import { anInput } from './samples.ts';

test('where the search attributes are not registered, exports start without them', async () => {
  const env = await createDevServerEnv({ searchAttributes: 'unknown' });
  try {
    await withExports(env, async (exports) => {
      const first = await exports.startExport(anInput('complete'), { workflowId: 'first' });
      const second = await exports.startExport(anInput('complete'), { workflowId: 'second' });
      assert.equal((await first.result()).outcome, 'complete');
      assert.equal((await second.result()).outcome, 'complete');
      const attributes = (await second.describe()).typedSearchAttributes.getAll();
      assert.deepEqual(
        attributes.filter(({ key }) => key.name.startsWith('BulkExport')),
        [],
      );
    });
  } finally {
    await env.teardown();
  }
});
