import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, ExportConflictError } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { quickExport, type RealParts, withRealParts } from './real-parts.ts';

describe('a job that is asked for twice', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('at once, by several processes, is one run and one job at Twilio', async () => {
    await withRealParts(env, WAITING_LIFE, async (parts) => {
      const input = quickExport(2, { reuse: 'never' });
      const others = await Promise.all([connectAnother(env, parts), connectAnother(env, parts)]);
      const clients = [parts.exports, ...others.map(({ exports }) => exports)];

      const handles = await Promise.all(
        [...clients, ...clients].map((exports) => exports.startExport(structuredClone(input))),
      );
      await completeJobs(parts, 1);
      const results = await Promise.all(handles.map((handle) => handle.result()));

      assert.equal(results[0]?.outcome, 'complete');
      for (const result of results) assert.deepEqual(result, results[0]);
      const runIds = await Promise.all(handles.map(async (handle) => (await handle.describe()).runId));
      assert.equal(new Set(runIds).size, 1);
      const { jobsMade, jobsAlive, requests } = parts.simulator.ledger();
      assert.deepEqual(
        { jobsMade, jobsAlive, creates: requests.createJob },
        { jobsMade: 1, jobsAlive: 0, creates: 1 },
      );

      const again = await parts.exports.startExport(input);
      const { runId } = await again.describe();
      assert.ok(!runIds.includes(runId), 'after its end it is a new export');
      await completeJobs(parts, 2);
      const { jobs } = await again.result();
      assert.notEqual(
        jobs[0]?.jobSid,
        results[0]?.jobs[0]?.jobSid,
        'and never adopts the job of the one before',
      );
      assert.equal(parts.simulator.ledger().jobsMade, 2);
      await Promise.all(others.map(({ close }) => close()));
    });
  });

  it('with another input is refused, naming what differs, and disturbs nothing', async () => {
    await withRealParts(env, WAITING_LIFE, async (parts) => {
      const input = quickExport(2, { resourceType: 'Calls' });
      const handle = await parts.exports.startExport(input);
      await assert.rejects(
        parts.exports.startExport({ ...input, friendlyName: 'another name', deleteJob: false }),
        (error) => {
          assert.ok(error instanceof ExportConflictError, String(error));
          assert.equal(error.workflowId, handle.workflowId);
          assert.deepEqual(error.differences.toSorted(), [
            'deleteJob is true there, false here',
            `friendlyName is "Calls ${input.startDay}..${input.endDay}" there, "another name" here`,
          ]);
          assert.match(
            error.message,
            /Wait for it, cancel it, or start this one under a workflow id of its own/,
          );
          return true;
        },
      );
      // What is left to its default, or written in another way, is no difference.
      const same = await parts.exports.startExport({ ...input, deleteJob: true, timeout: '336 hours' });
      assert.equal((await same.describe()).runId, (await handle.describe()).runId);

      await completeJobs(parts, 1);
      assert.equal((await handle.result()).outcome, 'complete');
      assert.equal(parts.simulator.ledger().jobsMade, 1);
    });
  });
});

/** Nothing happens at Twilio before {@link completeJobs}. */
const WAITING_LIFE = {
  simulator: {
    clock: { kind: 'manual' },
    script: { life: { submitted: '5 minutes', running: '5 minutes' } },
  },
} as const;

/** Waits until so many jobs were made, and lets Twilio complete them. */
async function completeJobs({ simulator }: RealParts, jobs: number): Promise<void> {
  while (simulator.ledger().jobsMade < jobs) await new Promise((resolve) => setTimeout(resolve, 20));
  simulator.clock.advance(15 * 60_000);
}

/** What another process would have: a connection and a client of its own. */
async function connectAnother(env: TestWorkflowEnvironment, { taskQueue }: RealParts) {
  const connection = await Connection.connect({ address: env.address });
  const client = new Client({ connection, namespace: env.namespace ?? 'default' });
  return { exports: new BulkExportsClient({ client, taskQueue }), close: () => connection.close() };
}
