import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportHandle } from '../../client/index.ts';
import { createJobReaper, type ReapReport } from '../../worker/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { forget, FORGETS_AT_ONCE, jobOf, until, untilListed } from '../worker/reap-rig.ts';
import { accountOf, quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** No job ends by itself here. */
const LONG_QUEUE = { simulator: { script: { life: { submitted: '30 days' } } } } as const;

describe('reaping after real exports', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv({ dynamicConfig: FORGETS_AT_ONCE });
  });
  after(() => env.teardown());

  it('deletes the job of the one that was terminated, and neither that of a running one nor one that was kept', async () => {
    await withRealParts(env, LONG_QUEUE, async (parts) => {
      const { exports, simulator } = parts;
      const start = (more: object) => exports.startExport(quickExport(3, more), { workflowId: randomUUID() });
      const terminated = await start({ friendlyName: 'named like another [0123abcd-0123456789ab-1]' });
      const first = await nextJob(parts, terminated, []);
      const running = await start({});
      const second = await nextJob(parts, running, [first]);
      const kept = await start({ deleteJob: false });
      const third = await nextJob(parts, kept, [first, second]);
      await env.client.workflow.getHandle(terminated.workflowId).terminate();
      await kept.cancel();
      await assert.rejects(kept.result(), /cancelled/);

      const { after: report } = await reap(parts);
      assert.deepEqual(
        [first, second, third].map((jobSid) => {
          const { verdict, fate, workflowId } = jobOf(report, jobSid);
          return [verdict, fate, workflowId];
        }),
        [
          ['orphan', 'deleted', terminated.workflowId],
          ['running', null, running.workflowId],
          ['kept', null, kept.workflowId],
        ],
      );
      assert.equal(simulator.ledger().jobsAlive, 2);
      await running.cancel();
      await assert.rejects(running.result(), /cancelled/);
    });
  });

  it('shows the job of one that was deleted while it ran, and leaves it to a person', async () => {
    await withRealParts(env, LONG_QUEUE, async (parts) => {
      const { exports, simulator, client } = parts;
      const handle = await exports.startExport(quickExport(3), { workflowId: randomUUID() });
      const jobSid = await nextJob(parts, handle, []);
      assert.equal(jobOf((await reap(parts)).found, jobSid).verdict, 'running');
      const { workflowId } = handle;
      const { runId } = await handle.describe();
      await forget(client, { workflowId, runId });
      await assert.rejects(handle.result(), { type: 'ExportNotFound' });

      const { found, after } = await reap(parts);
      for (const { verdict, fate } of [jobOf(found, jobSid), jobOf(after, jobSid)])
        assert.deepEqual([verdict, fate], ['notFound', null]);
      assert.equal(simulator.ledger().jobsAlive, 1);
    });
  });
});

/** Waits until an export has made its job and can be found. */
async function nextJob(
  { simulator, client }: RealParts,
  handle: ExportHandle,
  others: string[],
): Promise<string> {
  const sids = () =>
    simulator
      .ledger()
      .jobs.map(({ jobSid }) => jobSid)
      .filter((jobSid) => !others.includes(jobSid));
  await until(async () => sids().length > 0);
  const { runId } = await handle.describe();
  await untilListed(client, runId);
  return sids()[0] ?? '';
}

/** As `bulk-exports reap --delete`: what it finds, and what becomes of it. */
async function reap({ simulator, client }: RealParts): Promise<{ found: ReapReport; after: ReapReport }> {
  const accounts = { default: accountOf(simulator) };
  const reaper = createJobReaper({ accounts, twilioUrl: simulator.apiUrl, client, closedForMs: 0 });
  try {
    const found = await reaper.find();
    return { found, after: await reaper.delete(found) };
  } finally {
    await reaper.close();
  }
}
