import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import { findTemporalServer } from '../../cli/temporal-server/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCli, runCliHere, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv({ searchAttributes: 'unknown' });
});
after(() => env.teardown());

const run = promisify(execFile);
const here = (words: string[]): Promise<CliEnd> => runCliHere(words, { TEMPORAL_ADDRESS: env.address });

/** `temporal.api.enums.v1.IndexedValueType`. */
const KEYWORD = 2;
const INT = 3;

test('setup registers the search attributes once; repeating it changes nothing', async () => {
  const first = await here(['setup', '--json']);
  assert.equal(first.code, 0, first.stderr);
  assert.equal((lastDocument(first)['registered'] as string[]).length, 7);
  const second = await here(['setup', '--json']);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(lastDocument(second)['registered'], []);
});

test('setup that may not register prints the commands for who may, and these register what is missing', async () => {
  const namespace = `crowded-${randomUUID()}`;
  await makeNamespace(namespace);
  // A namespace in a SQL database has room for three of this type.
  const others = Object.fromEntries(['One', 'Two', 'Three'].map((name) => [name, INT]));
  await env.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { ...others, BulkExportPhase: KEYWORD },
  });
  const { code, stderr } = await here(['setup', '--namespace', namespace]);
  assert.equal(code, exitCodes.failure.code);
  assert.match(
    stderr,
    new RegExp(`can not be registered \\[namespace ${namespace}\\]: .*Int.* Who may, runs this:`),
  );
  const commands = [...stderr.matchAll(/^ {2}temporal (operator search-attribute create .*)$/gm)];
  assert.equal(commands.length, 6, stderr);

  const roomy = `roomy-${randomUUID()}`;
  await makeNamespace(roomy);
  const temporal = await findTemporalServer({ say: (line) => process.stderr.write(line) });
  for (const [, words = ''] of commands)
    await run(temporal, [...words.replace(namespace, roomy).split(' '), '--address', env.address]);
  const registered = await here(['setup', '--namespace', roomy, '--json']);
  assert.deepEqual(lastDocument(registered)['registered'], ['BulkExportPhase'], registered.stderr);
});

test('setup reports an attribute that is registered with another type, and how to get rid of it', async () => {
  const namespace = `mistyped-${randomUUID()}`;
  await makeNamespace(namespace);
  await env.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { BulkExportDaysDone: KEYWORD },
  });
  const { code, stdout, stderr } = await here(['setup', '--namespace', namespace]);
  assert.equal(code, exitCodes.failure.code, stdout);
  assert.match(stderr, /BulkExportDaysDone must be Int, it is Keyword\. Nothing was registered/);
  assert.match(stderr, /search-attribute remove --namespace mistyped-\S+ --name BulkExportDaysDone/);
});

const days = ['--resource-type', 'Messages', '--start-day', '2026-10-01', '--end-day', '2026-10-02'];
for (const words of [['setup'], ['list'], ['start', ...days]])
  test(`${words[0]} in a namespace that is not there says so, and which Temporal was asked`, async () => {
    const { code, stdout, stderr } = await here([...words, '--namespace', 'nowhere']);
    assert.equal(code, exitCodes.usage.code, stdout);
    assert.match(stderr, NOWHERE);
  });

test('a worker in a namespace that is not there says so, and its process ends', async () => {
  const { code, stderr } = await runCli(['worker'], {
    env: {
      TEMPORAL_ADDRESS: env.address,
      TEMPORAL_NAMESPACE: 'nowhere',
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'not-for-anybody',
    },
  });
  assert.equal(code, exitCodes.usage.code, stderr);
  assert.match(stderr, NOWHERE);
  assert.doesNotMatch(stderr, /MetadataMap/);
});

const NOWHERE =
  /Temporal has no such namespace \[nowhere, Temporal .*:\d+\]\. .*namespace create --namespace nowhere/;

async function makeNamespace(namespace: string): Promise<void> {
  await env.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
}
