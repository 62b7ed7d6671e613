import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SimulatorScript } from '../../simulator/index.ts';
import type { ExportProblem, ExportProgress } from '../../workflows/api.ts';
import { quickBundle } from '../support/quick-bundle.ts';
import { formatMinute } from '../../workflows/card-words.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { quickExport, withRealParts } from './real-parts.ts';

/** Nothing is told of what has not lasted: here that is whatever has been tried three times. */
const settings = { tellAfterMs: 1 };
/** Longer than the test. */
const SLOW_RETRY_MS = 200_000;
const script: SimulatorScript = { life: { submitted: 0, running: 0 } };

/** What a workflow answers itself, without what a client adds from the pending activities. */
const problemsOf = async (workflow: WorkflowHandle) =>
  (await workflow.query<ExportProgress>('progress')).problems;

describe('the card of an export whose activities fail again and again', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('says what fails and since when, in every phase in which nothing else would change, until it works', async () => {
    const options = { simulator: { script }, settings, workflowBundle: await quickBundle() };
    await withRealParts(env, options, async ({ exports, simulator, client }) => {
      simulator.faults.add({ kind: 'status503', operation: 'listDays' });
      const handle = await exports.startExport(quickExport(1, { reuse: 'available' }));
      const workflow = client.workflow.getHandle(handle.workflowId);
      const card = async () =>
        (await workflow.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
      const problems = async () => await problemsOf(workflow);
      const untilTold = async (words: RegExp): Promise<ExportProblem> => {
        let told: ExportProblem | undefined;
        await until(async () => {
          told = (await problems()).find(({ problem }) => words.test(problem));
          return told !== undefined;
        });
        const text = await card();
        assert.match(text, /Not all is well since 20/);
        assert.ok(text.includes(`(since ${formatMinute(told?.since ?? '')})`), text);
        return told ?? assert.fail();
      };
      /** The next trouble is there before the one of now goes. */
      const goOn = (...next: Parameters<typeof simulator.faults.add>) => {
        simulator.faults.clear();
        for (const fault of next) simulator.faults.add(fault);
      };

      await untilTold(/^Could not look for days .* Twilio answered 503/);
      goOn({ kind: 'status503', operation: 'createJob' });
      const create = await untilTold(/^Could not create the export job .* Twilio answered 503/);
      assert.equal((await problems()).length, 1, 'what works again is gone');
      assert.ok(create.day?.startsWith(quickExport(1).startDay), JSON.stringify(create));
      goOn({ kind: 'status401', operation: 'fetchJob' });
      const look = await untilTold(/^Could not look at the job .* Twilio answered 401/);
      await handle.checkNow();
      await until(async () => (simulator.ledger().requests.fetchJob ?? 0) > 2);
      assert.deepEqual(
        await problems(),
        [look],
        'a look that somebody wants and that fails alike changes nothing',
      );
      goOn({ kind: 'status503', operation: 'fetchDay' });
      await untilTold(/^Could not download the day .* Twilio answered 503/);
      simulator.faults.clear();
      assert.equal((await handle.result()).outcome, 'complete');
      assert.deepEqual(await problems(), []);
      assert.equal(simulator.ledger().jobsMade, 1);
    });
  });

  it('asks nobody before the time of the next attempt, though it has been told', async () => {
    const slow = { ...settings, slowRetryMs: SLOW_RETRY_MS };
    const options = { simulator: { script }, settings: slow, workflowBundle: await quickBundle() };
    await withRealParts(env, options, async ({ exports, simulator, client }) => {
      simulator.faults.add({ kind: 'status401', operation: 'fetchDay', times: 1 });
      const handle = await exports.startExport(quickExport(1, { resourceType: 'Conferences' }));
      const workflow = client.workflow.getHandle(handle.workflowId);
      const pending = async () => {
        const { raw } = await workflow.describe();
        return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'downloadExportDay');
      };
      await until(async () => (await problemsOf(workflow)).length === 1 && (await pending())?.attempt === 2);
      const { lastFailure, lastAttemptCompleteTime, scheduledTime } = (await pending()) ?? {};
      const waitMs = 1_000 * (Number(scheduledTime?.seconds) - Number(lastAttemptCompleteTime?.seconds));
      assert.ok(Math.abs(waitMs - SLOW_RETRY_MS) <= 2_000, `${waitMs} ms`);
      assert.match(lastFailure?.message ?? '', /^Could not download the day .* Twilio answered 401/);
      assert.deepEqual((await handle.progress()).problems, await problemsOf(workflow), 'it is said once');
      assert.equal(simulator.ledger().requests.fetchDay, 1, 'the next would be answered');
      await handle.cancel();
      await assert.rejects(handle.result(), { type: 'ExportCancelled' });
    });
  });

  it('says it no more once the export is cancelled, as nothing is tried on', async () => {
    const options = { simulator: { script }, settings, workflowBundle: await quickBundle() };
    await withRealParts(env, options, async ({ exports, simulator, client }) => {
      simulator.faults.add({ kind: 'status401', operation: 'fetchJob' });
      const handle = await exports.startExport(quickExport(1, { resourceType: 'Calls' }));
      const workflow = client.workflow.getHandle(handle.workflowId);
      await until(async () => (await problemsOf(workflow)).length === 1);
      await handle.cancel();
      await assert.rejects(handle.result(), { type: 'ExportCancelled' });
      assert.deepEqual(await problemsOf(workflow), []);
    });
  });
});
