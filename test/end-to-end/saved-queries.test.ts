import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTemporalServer } from '../../cli/temporal-server/index.ts';
import { exportSearchAttributes } from '../../workflows/api.ts';
import { createDevServerEnv } from '../support/temporal.ts';

const JOB_SID = 'JS730e811c8ac02eadbccb9dd2d6e5c245';
const HOUR_MS = 3_600_000;

/** Exports as they would be seen, and which of them each query of README finds. No worker is needed to list them. */
const EXPORTS: Record<string, Partial<Record<keyof typeof exportSearchAttributes, unknown>>> = {
  young: { BulkExportPhase: 'creating', BulkExportJobSid: ['none'], BulkExportDaysFailed: 0 },
  known: { BulkExportPhase: 'waiting', BulkExportJobSid: ['JSother', JOB_SID], BulkExportDaysFailed: 2 },
  quota: { BulkExportPhase: 'waitingForQuota', BulkExportJobSid: ['JSother'] },
  east: { BulkExportPhase: 'waiting', BulkExportAccount: 'east', BulkExportResourceType: 'Messages' },
  west: { BulkExportPhase: 'waiting', BulkExportAccount: 'west', BulkExportResourceType: 'Messages' },
  lacking: { BulkExportPhase: 'incomplete', BulkExportDaysFailed: 1, BulkExportJobSid: ['none'] },
  whole: { BulkExportPhase: 'complete', BulkExportDaysFailed: 0 },
};
const CLOSED = ['lacking', 'whole'];
const FINDS: Record<string, string[]> = {
  'with failed days this week': ['lacking'],
  'ended without all their days': ['lacking'],
  'of a job at Twilio': ['known'],
  'without a job so far': ['young'],
  'held up by the quota': ['quota'],
  'running for long': ['east', 'known', 'quota', 'west', 'young'],
  'of one account and type': ['east'],
  'ended without clean-up': ['lacking', 'whole'],
};

describe('of what README says of the list of workflows', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  let readme: string;
  before(async () => {
    env = await createDevServerEnv();
    readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  });
  after(() => env.teardown());

  it('each filter finds the exports that it is for, and no others', async () => {
    const taskQueue = randomUUID();
    const titles = new Map<string, string>();
    for (const [title, attributes] of Object.entries(EXPORTS)) {
      const handle = await start(taskQueue, attributes);
      titles.set(handle.workflowId, title);
      if (CLOSED.includes(title)) await handle.terminate();
    }
    const found = async (query: string): Promise<string[]> => {
      const all = [];
      for await (const { workflowId } of env.client.workflow.list({ query }))
        all.push(titles.get(workflowId) ?? workflowId);
      return all.toSorted();
    };
    // The list comes a moment after what it lists.
    const mine = `TaskQueue = '${taskQueue}'`;
    const isListed = `${mine} AND ExecutionStatus = 'Terminated'`;
    while ((await found(mine)).length < titles.size || (await found(isListed)).length < CLOSED.length)
      await pause(50);

    const queries = queriesOf(readme);
    assert.deepEqual(Object.keys(queries).toSorted(), Object.keys(FINDS).toSorted());
    for (const [title, query] of Object.entries(queries))
      assert.deepEqual(await found(`${mine} AND (${query})`), FINDS[title], title);
  });

  it('the words that start an export elsewhere give it all the attributes', async () => {
    const temporal = await findTemporalServer({ say: (line) => process.stderr.write(line) });
    const flags = [...readme.matchAll(/--search-attribute ('?)(BulkExport.+?)\1(?=\s|$)/gm)].map(
      ([, , value = '']) => ['--search-attribute', value],
    );
    const workflowId = randomUUID();
    const words = `workflow start --type exportJob --task-queue ${randomUUID()} --workflow-id ${workflowId}`;
    await promisify(execFile)(temporal, [...words.split(' '), '--address', env.address, ...flags.flat()]);
    const handle = env.client.workflow.getHandle(workflowId);
    const { typedSearchAttributes } = await handle.describe();
    await handle.terminate();
    assert.deepEqual(
      Object.fromEntries(typedSearchAttributes.getAll().map(({ key }) => [key.name, key.type])),
      exportSearchAttributes,
    );
  });

  async function start(taskQueue: string, attributes: Record<string, unknown>): Promise<WorkflowHandle> {
    const typedSearchAttributes = Object.entries(attributes).map(
      ([name, value]) =>
        ({
          key: defineSearchAttributeKey(
            name,
            exportSearchAttributes[name as keyof typeof exportSearchAttributes],
          ),
          value,
        }) as SearchAttributePair,
    );
    return await env.client.workflow.start('exportJob', {
      taskQueue,
      workflowId: randomUUID(),
      typedSearchAttributes,
    });
  }
});

/** By what they are to find, with the days that a reader would put in: `>` since an hour ago, `<` until in an hour. */
function queriesOf(readme: string): Record<string, string> {
  const [, table = ''] = readme.split(/^\| to find .*\n\| -.*\n/m);
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (.+?) +\| `(.+?)` +\|$/gm)];
  const dated = (query: string) =>
    query.replaceAll(
      /([<>]) '\d{4}-\d\d-\d\dT[\d:]+Z'/g,
      (_, sign: string) =>
        `${sign} '${new Date(Date.now() + (sign === '<' ? HOUR_MS : -HOUR_MS)).toISOString()}'`,
    );
  return Object.fromEntries(rows.map(([, title = '', query = '']) => [title, dated(query)]));
}
