import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ExportProgress } from '../../workflows/api.ts';
import { endOf, type ExportEnv, type ExportHandle, inputOf, outcomesOf } from './export-env.ts';
import { all, fail, LiteralTwilio, type Script, untilCancelled } from './literal-activities.ts';
import { eventsOfRun, type LedgerWatch, runIdsOf, tell, until, wantNewRun } from './new-run.ts';

const poll = { minimumInterval: '1 second', maximumInterval: '1 hour' } as const;

/** What a caller may say, and how the export then ends. */
const says = {
  'cancel by signal': {
    say: (handle: WorkflowHandle) => tell(handle, 'cancel', { reason: 'not needed', deleteJob: false }),
    ends: { failure: undefined, outcome: 'cancelled', reason: 'not needed', fate: 'kept' },
  },
  'cancel by signal, with junk': {
    say: (handle: WorkflowHandle) => tell(handle, 'cancel', ['junk', 7]),
    ends: { failure: undefined, outcome: 'cancelled', reason: undefined, fate: 'deleted' },
  },
  'cancel by the engine': {
    say: async (handle: WorkflowHandle) => void (await handle.cancel()),
    ends: { failure: 'CancelledFailure', outcome: 'cancelled', reason: undefined, fate: 'deleted' },
  },
  'check now, with junk': {
    say: (handle: WorkflowHandle) => tell(handle, 'checkNow', { junk: true }),
    ends: { failure: undefined, outcome: 'complete', reason: undefined, fate: 'deleted' },
  },
};

/** The tests of what a caller says while the runs of an export change; on an engine that has others as well. */
export function testCallersOverRuns(engine: () => ExportEnv, ledgers: LedgerWatch): void {
  /** Each has `say` called at its moment, and tells by the history whether it was there. */
  const moments: Record<string, Moment> = {
    'while its work is cut short': {
      arrange: ({ say, whenCutShort }) => whenCutShort(say),
      shows: ([first]) => first?.includes('EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED') ?? false,
    },
    'while the command to go on is on its way': {
      arrange: ({ account, say }) => ledgers.whenLeaving(account, say),
      shows: ([first]) => first?.includes('WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND') ?? false,
    },
    'before the first task of the new run': {
      arrange: ({ account, say }) =>
        ledgers.whenComing(account, async () => {
          await say();
          throw new Error('this task fails, so that the next one has what was said before it');
        }),
      shows: (runs) => runs[1]?.includes('EVENT_TYPE_WORKFLOW_TASK_FAILED') ?? false,
    },
    'during the first task of the new run': {
      arrange: ({ account, say }) => ledgers.whenComing(account, say),
      shows: (runs) => runs.length === 2,
    },
  };

  for (const [moment, { arrange, shows }] of Object.entries(moments))
    for (const [what, { say, ends }] of Object.entries(says))
      void it(`counts what a caller says: ${what}, ${moment}`, async () => {
        const account = randomUUID();
        const workflowId = randomUUID();
        const said = () => say(engine().env.client.workflow.getHandle(workflowId));
        let onCut = async () => {};
        arrange({ account, say: said, whenCutShort: (call) => (onCut = call) });
        let isDownloading = false;
        const twilio = new LiteralTwilio({
          // Only a wish, or a new run, brings the second look before an hour has passed.
          looks: (job) => [
            { statuses: { ...all(job, 'Running'), [job.days[0]!]: 'Completed' } },
            { after: '1 hour', statuses: all(job, 'Completed') },
          ],
          download: async () => {
            if (isDownloading) return undefined;
            isDownloading = true;
            return await untilCancelled().catch(async (error: unknown) => {
              await onCut();
              throw error;
            });
          },
        });
        const options = { account, workflowId };
        const handle = await engine().start(twilio.activities(), inputOf(3, { poll }), options);
        await until(() => isDownloading);
        await wantNewRun(handle);

        const { result, failure, progress } = await endOf(handle);

        const receipt = progress?.result;
        assert.deepEqual(
          {
            failure: failure?.name,
            outcome: receipt?.outcome,
            reason: receipt?.cancelReason,
            fate: receipt?.jobs[0]?.fate,
          },
          ends,
        );
        if (!failure) assert.deepEqual(result, receipt);
        assert.equal(outcomesOf(receipt ?? undefined).length, 3);
        assert.deepEqual([twilio.jobs.length, twilio.manifests.length], [1, 1]);
        assert.equal(twilio.jobs[0]?.isAlive, ends.fate === 'kept');
        const runs = await readRuns(engine().env.client, handle);
        assert.ok(shows(runs), `it was said at another moment: ${runs.join('\n')}`);
      });

  void it('counts what callers say: both cancels, while the command to go on is on its way: the engine has the last word', async () => {
    const { twilio, handle, account } = await startWaiting();
    ledgers.whenLeaving(account, async () => {
      await tell(handle, 'cancel', { reason: 'not needed' });
      await handle.cancel();
    });
    await wantNewRun(handle);
    const { failure, progress } = await endOf(handle);
    assert.equal(failure?.name, 'CancelledFailure');
    assert.equal(progress?.result?.cancelReason, 'not needed');
    assert.equal(twilio.jobs[0]?.isAlive, false);
  });

  void it('counts what a caller says: check now, while the command to go on is on its way, and the wait for the quota ends in the new run', async () => {
    let asked = 0;
    const { handle, account } = await startWaiting({
      create: () => {
        if (asked++ === 0) throw fail('QuotaExhausted', 'quota', { retryAfterMs: 36_000_000 });
      },
      looks: (job) => [{ statuses: all(job, 'Completed') }],
    });
    await until(async () => (await handle.query<ExportProgress>('progress')).phase === 'waitingForQuota');
    ledgers.whenLeaving(account, () => tell(handle, 'checkNow'));
    await wantNewRun(handle);
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'complete');
    assert.equal((await readRuns(engine().env.client, handle)).length, 2);
  });

  void it('begins in a new run as well where nothing happens but one check now after the other', async () => {
    const { twilio, handle } = await startWaiting();
    await until(() => twilio.looks > 0);
    await until(async () => {
      await Promise.all(Array.from({ length: 10 }, () => tell(handle, 'checkNow')));
      return (await runIdsOf(engine().env.client, handle)).length > 1;
    });
    await tell(handle, 'cancel');
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'cancelled');
  });

  async function startWaiting(script: Script = {}) {
    const account = randomUUID();
    const twilio = new LiteralTwilio({ looks: (job) => [{ statuses: all(job, 'Running') }], ...script });
    const handle = await engine().start(twilio.activities(), inputOf(1, { poll }), { account });
    await until(async () => {
      const { jobs, phase } = await handle.query<ExportProgress>('progress');
      return phase === 'waitingForQuota' || jobs.some(({ asOf }) => asOf !== null);
    });
    return { twilio, handle, account };
  }
}

interface Moment {
  arrange: (stage: {
    account: string;
    say: () => Promise<void>;
    whenCutShort: (call: () => Promise<void>) => void;
  }) => void;
  shows: (runs: Runs) => boolean;
}

/** The events of each run, as text. */
type Runs = string[];

async function readRuns(client: Client, handle: ExportHandle): Promise<Runs> {
  const runIds = await runIdsOf(client, handle);
  return await Promise.all(
    runIds.map(async (runId) => JSON.stringify(await eventsOfRun(client, handle, runId))),
  );
}
