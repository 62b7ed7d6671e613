import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Simulator } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { answerTask, commands } from '../worker/reap-rig.ts';
import { until } from '../workflows/new-run.ts';
import { makeJob, quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** Jobs that stay at work for as long as a test lasts. */
const simulator = { script: { life: { submitted: '30 days' } } };

describe('a ledger that no run of the export has written', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('makes no cron delete the jobs of others: no run of it starts, and each says what to use', async () => {
    await withRealParts(env, { simulator }, async ({ simulator, client, taskQueue }) => {
      const input = quickExport(1);
      const jobSid = await makeJob(simulator, input);
      const first = await client.workflow.start('exportJob', {
        workflowId: randomUUID(),
        taskQueue,
        args: [input, ledgerOf(input, jobSid)],
        cronSchedule: '@every 1s',
      });
      let runId = first.firstExecutionRunId;
      for (const _ of ['the first run', 'the second run']) {
        let failed: FailedEvent;
        await until(async () => {
          const { events } = await client.workflow.getHandle(first.workflowId, runId).fetchHistory();
          failed = events?.at(-1)?.workflowExecutionFailedEventAttributes;
          return Boolean(failed);
        });
        assert.equal(failed?.failure?.applicationFailureInfo?.type, 'InvalidInput');
        assert.match(
          failed.failure.message ?? '',
          /cronSchedule must not be set, got "@every 1s": use a Schedule/,
        );
        runId = failed.newExecutionRunId ?? '';
      }
      await client.workflow.getHandle(first.workflowId).terminate();
      assert.deepEqual(aliveIn(simulator), [jobSid]);
    });
  });

  it('is refused also by a run that goes on from another', async () => {
    await withRealParts(env, { simulator }, async (parts) => {
      const input = quickExport(1);
      const jobSid = await makeJob(parts.simulator, input);
      for (const exportId of [undefined, randomUUID()]) {
        const { handle } = await goOn(parts, input, () => ({ ...ledgerOf(input, jobSid), exportId }));
        const { type, message } = await failureOf(handle.result());
        assert.equal(type, 'InvalidInput');
        assert.match(message, /takes one argument, got a second one/);
      }
      assert.deepEqual(aliveIn(parts.simulator), [jobSid]);
    });
  });

  it('is not what an older run has written: a worker that does not take its input waits for one that does', async () => {
    await withRealParts(env, { simulator }, async (parts) => {
      const input = quickExport(1);
      const jobSid = await makeJob(parts.simulator, input);
      const { handle, runId } = await goOn(parts, { ...input, speed: 'of another version' }, (exportId) => ({
        ...ledgerOf(input, jobSid),
        exportId,
      }));
      let failed: string[] = [];
      await until(async () => {
        const { events } = await parts.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
        failed = (events ?? []).flatMap(
          ({ workflowTaskFailedEventAttributes: task }) => task?.failure?.cause?.message ?? [],
        );
        return failed.length > 0;
      });
      await pause(ENOUGH_FOR_A_CLEAN_UP_MS);
      assert.match(failed[0] ?? '', /speed is not a field of the input/);
      assert.equal((await handle.describe()).status.name, 'RUNNING');
      assert.deepEqual(aliveIn(parts.simulator), [jobSid]);
      await handle.terminate();
    });
  });
});

const ENOUGH_FOR_A_CLEAN_UP_MS = 500;

/** An export of which a worker of another make had the first task, and went on in a new run with this ledger. */
async function goOn({ client, taskQueue }: RealParts, input: unknown, ledger: (exportId: string) => unknown) {
  const elsewhere = randomUUID();
  const handle = await client.workflow.start('exportJob', {
    workflowId: randomUUID(),
    taskQueue: elsewhere,
    args: [input],
  });
  const exportId = handle.firstExecutionRunId;
  await answerTask(client, elsewhere, [commands.continueAsNew(taskQueue, input, ledger(exportId))]);
  const { runId } = await client.workflow.getHandle(handle.workflowId).describe();
  assert.notEqual(runId, exportId);
  return { handle, runId };
}

type FailedEvent = NonNullable<History['events']>[number]['workflowExecutionFailedEventAttributes'];
type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

type Days = ReturnType<typeof quickExport>;

/** It says of the one day that it is over, so that all there is to do is to delete the job. */
function ledgerOf({ startDay, endDay }: Days, jobSid: string) {
  return {
    startedAt: new Date().toISOString(),
    days: [{ day: startDay, stage: 'over', outcome: 'empty', attempts: 1, submission: 1 }],
    jobs: [{ startDay, endDay, jobSid, over: true, friendlyName: 'x' }],
  };
}

function aliveIn(simulator: Simulator): string[] {
  return simulator
    .ledger()
    .jobs.filter(({ state }) => state === 'alive')
    .map(({ jobSid }) => jobSid);
}

async function failureOf(
  result: Promise<unknown>,
): Promise<{ type?: string | null | undefined; message: string }> {
  const error: unknown = await result.then(
    () => assert.fail('the export completed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowFailedError, String(error));
  assert.ok(error.cause instanceof ApplicationFailure, String(error.cause));
  return error.cause;
}
