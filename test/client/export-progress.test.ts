import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportHandle, type ObservedProgress } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports } from './client-env.ts';
import { anInput, aResult, FAILING_SINCE, LATER_SIGHTING } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

test('progress is the answer of the workflow, with the later look of the pending activity', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('look'), { workflowId: randomUUID() });
    const progress = await until(
      () => handle.progress(),
      ({ jobs }) => jobs[0]?.asOf === LATER_SIGHTING.asOf,
    );
    assert.ok(progress.source === 'workflow', progress.source);
    assert.equal(progress.days.done, 1);
    assert.deepEqual(progress.jobs, [{ ...LATER_SIGHTING, startDay: '2026-10-01', endDay: '2026-10-02' }]);
    assert.deepEqual(progress.problems, []);
  });
});

test('a failure that is being retried is a problem in the progress, since the first of its kind', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('create'), { workflowId: randomUUID() });
    const { problems } = await until(
      () => handle.progress(),
      (progress) => progress.problems.length > 0,
    );
    assert.match(problems[0]?.problem ?? '', /createExportJob.*Twilio answered 503/);
    assert.equal(problems[0]?.since, FAILING_SINCE);
  });
});

test('a failure of which the workflow was told is left to its words, and shown where it gives no answer', async () => {
  await withExports(
    env,
    async (exports, client, worker) => {
      const { workflowId } = await exports.startExport(anInput('create:told'), { workflowId: randomUUID() });
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 2_000 });
      await until(
        async () => (await handle.describe()).raw.pendingActivities?.[0],
        (pending) => Boolean(pending?.lastFailure),
      );
      assert.deepEqual((await handle.progress()).problems, []);
      await worker.stop();
      const { source, problems } = await handle.progress();
      assert.equal(source, 'description');
      assert.match(problems[0]?.problem ?? '', /createExportJob.*Twilio answered 503/);
    },
    {},
  );
});

test('watching shows each change once and ends with the export', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    const phases: (string | null)[] = [];
    for await (const { phase } of handle.watch({ intervalMs: 20 })) {
      phases.push(phase);
      if (phases.length === 1) await exports.getHandle(handle.workflowId).cancel();
    }
    assert.deepEqual(phases, ['waiting', 'cancelled']);
  });
});

test('the last that watching shows says why it failed, though that was between two questions', async () => {
  await withExports(env, async (exports) => {
    const { workflowId } = await exports.startExport(anInput('break'), { workflowId: randomUUID() });
    const other = exports.getHandle(workflowId);
    const failing: WorkflowClientInterceptor = {
      query: async (input, next) => {
        await other.checkNow().catch(() => {});
        await failureOf(other);
        return next(input);
      },
    };
    const client = new Client({ connection: env.connection, interceptors: { workflow: [failing] } });
    const seen: ObservedProgress[] = [];
    for await (const progress of new ExportHandle({ client, workflowId }).watch()) seen.push(progress);
    assert.deepEqual(
      seen.map(({ source, phase, problems }) => [source, phase, problems.map(({ problem }) => problem)]),
      [['workflow', 'failed', ['Twilio refuses']]],
    );
  });
});

test('why it failed is not said once more where its days say so', async () => {
  await withExports(env, async (exports) => {
    const handle = await exports.startExport(anInput('break:told'), { workflowId: randomUUID() });
    await handle.checkNow();
    await failureOf(handle);
    const { problems } = await handle.progress();
    assert.deepEqual(
      problems.map(({ day, problem }) => [day, problem]),
      [['2026-10-01..2026-10-02', 'Twilio refuses [not submitted]']],
    );
  });
});

test('without a worker the progress comes from the server alone, and says so', async () => {
  await withExports(
    env,
    async (exports, client, worker) => {
      const { workflowId } = await exports.startExport(anInput('look'), { workflowId: randomUUID() });
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 300 });
      await until(
        () => handle.progress(),
        ({ jobs }) => jobs[0]?.asOf === LATER_SIGHTING.asOf,
      );
      await worker.stop();
      assert.deepEqual(await handle.progress(), {
        source: 'description',
        workflowId,
        phase: 'creating',
        resourceType: 'Messages',
        startDay: '2026-10-01',
        endDay: '2026-10-02',
        days: { total: 2, done: 0 },
        jobs: [LATER_SIGHTING],
        problems: [],
        result: null,
      });
    },
    {},
  );
});

test('of an export that somebody has paused it says so, and by whom, as no worker answers for it', async () => {
  const own = await createDevServerEnv({ dynamicConfig: { 'frontend.WorkflowPauseEnabled': true } });
  try {
    await withExports(own, async (exports, client) => {
      const { workflowId } = await exports.startExport(anInput('wait'), { workflowId: "October's" });
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 300 });
      const by = { identity: 'the night shift', reason: 'too late' };
      await client.workflowService.pauseWorkflowExecution({ namespace: 'default', workflowId, ...by });
      const { problems } = await handle.progress();
      assert.equal(
        problems[0]?.problem,
        'The export is paused by the night shift (too late): it goes on once it is unpaused, in the Web UI or by ' +
          String.raw`"temporal workflow unpause --workflow-id 'October'\''s'".`,
      );
      assert.ok(Math.abs(Date.parse(problems[0]?.since ?? '') - Date.now()) < 60_000, problems[0]?.since);
      await client.workflow.getHandle(workflowId).terminate();
    });
  } finally {
    await tearDown(own);
  }
});

test('without a worker an export that is over still has its result', async () => {
  await withExports(
    env,
    async (exports, client, worker) => {
      const complete = await exports.startExport(anInput('complete'), { workflowId: randomUUID() });
      const failed = await exports.startExport(anInput('fail:ExportIncomplete'), {
        workflowId: randomUUID(),
      });
      await complete.result();
      await failureOf(failed);
      await worker.stop();
      const impatient = ({ workflowId }: ExportHandle) =>
        new ExportHandle({ client, workflowId, queryTimeoutMs: 300 }).progress();
      const [well, badly] = await Promise.all([impatient(complete), impatient(failed)]);
      assert.equal(well.source, 'description');
      assert.equal(well.phase, 'complete');
      assert.deepEqual(well.result, aResult('complete'));
      assert.equal(badly.phase, 'incomplete');
      assert.deepEqual(badly.result, aResult('incomplete'));
    },
    {},
  );
});

async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  const seen = await look();
  if (isIt(seen)) return seen;
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  return until(look, isIt);
}
