import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCliHere, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv({ searchAttributes: 'unknown' });
});
after(() => env.teardown());

const here = (words: string[]): Promise<CliEnd> => runCliHere(words, { TEMPORAL_ADDRESS: env.address });

test('setup registers the search attributes once; repeating it changes nothing', async () => {
  const first = await here(['setup', '--json']);
  assert.equal(first.code, 0, first.stderr);
  assert.equal((lastDocument(first)['registered'] as string[]).length, 5);
  const second = await here(['setup', '--json']);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(lastDocument(second)['registered'], []);
});

test('setup reports an attribute that is registered with another type, and how to get rid of it', async () => {
  const namespace = `mistyped-${randomUUID()}`;
  await env.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const keyword = 2;
  await env.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { BulkExportDaysDone: keyword },
  });
  const { code, stdout, stderr } = await here(['setup', '--namespace', namespace]);
  assert.equal(code, exitCodes.failure.code, stdout);
  assert.match(stderr, /BulkExportDaysDone must be Int, it is Keyword\. Nothing was registered/);
  assert.match(stderr, /search-attribute remove --namespace mistyped-\S+ --name BulkExportDaysDone/);
});
