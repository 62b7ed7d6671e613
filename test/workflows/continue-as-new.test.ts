import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import { BulkExportsClient, ExportCancelledError, ExportConflictError } from '../../client/index.ts';
import type { ExportActivities } from '../../activities/api.ts';
import type { ExportJobInput, ExportProgress } from '../../workflows/api.ts';
import { testCallersOverRuns } from './callers-over-runs.ts';
import {
  createLiveExportEnv,
  endOf,
  type ExportEnv,
  type ExportHandle,
  inputOf,
  outcomesOf,
  readFailure,
} from './export-env.ts';
import { all, fail, LiteralTwilio, type Look, type Script, untilCancelled } from './literal-activities.ts';
import {
  LedgerWatch,
  LENGTH_OF_A_RUN,
  eventsOfRun,
  runIdsOf,
  tell,
  timerEndsOf,
  toNewRun,
  until,
} from './new-run.ts';
import { doubtfulPhases, type Phase, phases, showsStatus } from './phases.ts';

const poll = { minimumInterval: '1 second', maximumInterval: '1 hour' } as const;

/** A task and what comes of it are some thousand bytes of history: with these steps a run ends at each of them. */
const STEPS = 10;
const BYTES_OF_A_STEP = 1_000;

describe('an export that goes on in a new run', { timeout: 300_000, concurrency: true }, () => {
  const ledgers = new LedgerWatch();
  let exports: ExportEnv;
  before(async () => {
    exports = await createLiveExportEnv({ suggestContinueAsNewAt: LENGTH_OF_A_RUN, payloadCodec: ledgers });
  });
  after(() => exports.close());

  testCallersOverRuns(() => exports, ledgers);

  it('brings every day home once, with one job for each submission and one manifest, whichever step it is at', async () => {
    const ends = await Promise.all(
      Array.from({ length: STEPS }, async (_, step) => {
        const input = inputOf(5, { poll, resubmit: { cooldown: 0 } });
        const twilio = new LiteralTwilio({
          looks: ({ days, submission }) => dayAfterDay(days, submission === 1 ? [1] : []),
          download: ({ day }, time) => {
            if (day === input.endDay && time === 1) throw fail('DayFileCorrupt', 'the file is not whole');
            return undefined;
          },
        });
        // Before the first task: so much of the history is full, and the new run begins that much later.
        const handle = await exports.start(twilio.activities(), input, { startDelay: '1 second' });
        await tell(handle, 'note', 'x'.repeat(LENGTH_OF_A_RUN.bytes - step * BYTES_OF_A_STEP));
        return { step, twilio, ...(await endOf(handle)) };
      }),
    );
    for (const { step, twilio, handle, result, failure, progress } of ends) {
      const told = `step ${step}: ${String(failure)}`;
      assert.deepEqual(outcomesOf(result), Array<string>(5).fill('downloaded'), told);
      assert.deepEqual(
        result?.days.map(({ attempts }) => attempts),
        [1, 2, 1, 1, 1],
        told,
      );
      assert.deepEqual([twilio.jobs.length, twilio.deletes.length, twilio.manifests.length], [2, 2, 1], told);
      assert.deepEqual(twilio.manifests[0]?.days, result?.days);
      assert.deepEqual(progress?.result, result);
      const [first, ...others] = await runIdsOf(exports.env.client, handle);
      assert.equal(others.length, 1, told);
      assert.equal(twilio.manifests[0]?.exportId, first);
    }
  });

  const { 'cooling-down': coolingDown, ...standing } = phases;
  for (const [phase, play] of Object.entries<() => Phase>({ ...standing, ...doubtfulPhases }))
    it(`knows there what it knew, and comes to the same end: ${phase}`, async () => {
      const { script, when, goOn, input } = play();
      const twilio = new LiteralTwilio(script);
      const gate = new Gate();
      const handle = await exports.start(gate.before(twilio.activities()), input ?? inputOf(2, { poll }));
      await until(async () => await when(await progressOf(handle), handle));
      gate.close();
      const before = await progressOf(handle);

      await toNewRun(handle);

      assert.deepEqual(withoutTimes(await progressOf(handle)), withoutTimes(before));
      gate.open();
      await goOn?.(handle);
      const { result, failure } = await endOf(handle);
      assert.deepEqual(outcomesOf(result), ['downloaded', 'downloaded'], String(failure));
      const submissions = phase.includes('delete') ? 2 : 1;
      assert.deepEqual(
        twilio.jobs.map(({ submission, isAlive }) => ({ submission, isAlive })),
        Array.from({ length: submissions }, (_, at) => ({ submission: at + 1, isAlive: false })),
      );
      assert.equal(twilio.searches.length, phase === 'looking-for-days' ? 2 : 1);
      assert.equal(twilio.manifests.length, 1);
      assert.equal((await runIdsOf(exports.env.client, handle)).length, 2);
    });

  it('does not take the failure of what was cut short for one of its own', async () => {
    let isAsked = false;
    const twilio = new LiteralTwilio({
      create: async () => {
        if (isAsked) return;
        isAsked = true;
        await untilCancelled().catch(() => {});
        throw fail('ExportRejected', 'Twilio answered 400');
      },
      looks: (job) => [{ statuses: all(job, 'Completed') }],
    });
    const handle = await exports.start(twilio.activities(), inputOf(1, { poll }));
    await until(() => isAsked);
    await toNewRun(handle);
    const { result, failure } = await endOf(handle);
    assert.equal(result?.outcome, 'complete', String(failure));
  });

  it('submits a day again after its cool-down', async () => {
    const { script, when } = coolingDown();
    const twilio = new LiteralTwilio(script);
    const input = inputOf(2, { poll, resubmit: { cooldown: '3 seconds' } });
    const handle = await exports.start(twilio.activities(), input);
    await until(async () => await when(await progressOf(handle), handle));
    await toNewRun(handle);
    const { result } = await endOf(handle);
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(
      result.days.map(({ attempts }) => attempts),
      [2, 2],
    );
  });

  const waits: Record<string, { more: Partial<ExportJobInput>; script: Script; timer: RegExp }> = {
    'cool-down': {
      more: { resubmit: { cooldown: '10 days' } },
      script: { looks: (job) => [{ statuses: all(job, 'Failed') }] },
      timer: /cool-down/,
    },
    'patience with a stuck day': {
      more: { errorPatience: '5 days' },
      script: { looks: (job) => [{ statuses: all(job, 'ErrorDuringRun') }] },
      timer: /patience/,
    },
    'wait for the quota': {
      more: {},
      script: {
        create: () => {
          throw fail('QuotaExhausted', 'no more days today', { retryAfterMs: 36_000_000 });
        },
      },
      timer: /quota/,
    },
  };
  for (const [wait, { more, script, timer }] of Object.entries(waits))
    it(`ends its ${wait} and its timeout when they would have ended`, async () => {
      const twilio = new LiteralTwilio(script);
      const handle = await exports.start(twilio.activities(), inputOf(1, { poll, ...more }));
      const { client } = exports.env;
      const endsOf = async () => {
        const runId = (await runIdsOf(client, handle)).at(-1)!;
        return timerEndsOf(await eventsOfRun(client, handle, runId));
      };
      const isThere = async () => Object.keys(await endsOf()).some((summary) => timer.test(summary));
      await until(isThere);
      const before = await endsOf();
      const known = await progressOf(handle);

      await toNewRun(handle);

      const now = await endsOf();
      assert.deepEqual(withoutTimes(await progressOf(handle)), withoutTimes(known));
      // The SDK's own handle, from the start.
      await handle.cancel();
      assert.equal((await runIdsOf(client, handle)).length, 2);
      assert.deepEqual(Object.keys(now).toSorted(), Object.keys(before).toSorted());
      for (const [summary, end] of Object.entries(before)) {
        const lateMs = Math.abs((now[summary] ?? 0) - end);
        assert.ok(lateMs <= 2, `${summary}: ${lateMs} ms off`);
      }
      assert.equal((await endOf(handle)).failure?.name, 'CancelledFailure');
    });

  it('knows its own DELETE again, of which the answer was lost, when the job is on its way out', async () => {
    const { script, when } = doubtfulPhases['the-answer-to-a-delete-is-lost']();
    const twilio = new LiteralTwilio(script);
    const handle = await exports.start(twilio.activities(), inputOf(2, { errorPatience: '1 second', poll }));
    await until(() => when({} as ExportProgress, handle));
    await toNewRun(handle);
    await until(async () => showsStatus('NotSubmitted')(await progressOf(handle), handle));
    const { problems } = await progressOf(handle);
    assert.match(problems[0]?.problem ?? '', /its job was deleted/);
    assert.doesNotMatch(problems[0]?.problem ?? '', /somebody else/);
    await tell(handle, 'cancel');
    await endOf(handle);
  });

  it('knows in its new run whether that has been reset since', async () => {
    const twilio = new LiteralTwilio({ looks: (job) => [{ statuses: all(job, 'Running') }] });
    const activities = twilio.activities();
    const toldRuns: unknown[] = [];
    const handle = await exports.start(
      {
        ...activities,
        watchExportJob: async (input) => {
          toldRuns.push(input.inRun);
          return await activities.watchExportJob(input);
        },
      },
      inputOf(2, { poll }),
    );
    await until(async () => (await progressOf(handle)).phase === 'waiting');
    await toNewRun(handle);
    const [, runId = ''] = await runIdsOf(exports.env.client, handle);
    await until(() => toldRuns.at(-1) === runId);

    toldRuns.length = 0;
    const { workflowId } = handle;
    await exports.env.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: 4 as never,
      requestId: randomUUID(),
      reason: 'a test',
    });
    await until(() => toldRuns.length > 0);
    assert.deepEqual([...new Set(toldRuns)], [runId]);
    await tell(exports.env.client.workflow.getHandle(workflowId), 'cancel');
    await endOf(exports.env.client.workflow.getHandle(workflowId));
  });

  it('looks as it did in the list, and its card tells the rest', async () => {
    const twilio = new LiteralTwilio({
      looks: (job) => [{ statuses: { ...all(job, 'Running'), [job.days[0]!]: 'Completed' } }],
    });
    const account = exports.cast(twilio.activities());
    const { handle, typed } = await startTyped(inputOf(2, { account, poll }));
    await until(async () => (await progressOf(handle)).days.downloaded === 1);
    const before = await displayOf(handle);

    await toNewRun(handle);

    assert.deepEqual(await displayOf(handle), before);
    assert.equal(before.memo?.account, account);
    assert.match(JSON.stringify(before.attributes), /BulkExportDaysDone.*1.*waiting/s);
    // The engine carries neither summary nor details of the start.
    assert.ok(before.card.startsWith(`### Messages of ${account} `), before.card);
    assert.match(before.card, /1 of 2 days/);
    await typed.cancel();
    await endOf(handle);
  });

  it('is the same export to callers: who started it, who starts it again, who follows, who cancels', async () => {
    const twilio = new LiteralTwilio({ looks: (job) => [{ statuses: all(job, 'Running') }] });
    const account = exports.cast(twilio.activities());
    const input = inputOf(2, { account, poll });
    const { handle, typed, client, workflowId } = await startTyped(input);
    const result = typed.result();
    result.catch(() => {});
    await until(async () => (await progressOf(handle)).phase === 'waiting');

    await toNewRun(handle);

    const again = await client.startExport(input, { workflowId });
    assert.equal(again.joined, true);
    await assert.rejects(
      client.startExport({ ...input, deleteJob: false }, { workflowId }),
      (error) => error instanceof ExportConflictError,
    );
    assert.equal((await typed.progress()).phase, 'waiting');
    const { runId } = await typed.describe();
    await isListedAs(client, workflowId, [runId]);
    await typed.checkNow();
    await typed.cancel({ reason: 'not needed' });
    await assert.rejects(result, (error) => error instanceof ExportCancelledError);
    await assert.rejects(again.result(), (error) => error instanceof ExportCancelledError);
    assert.equal(twilio.jobs.length, 1);
  });

  it('refuses a ledger that a caller brings', async () => {
    for (const brought of [{ startedAt: new Date().toISOString(), days: [], jobs: [] }, 'junk', null]) {
      const handle: ExportHandle = await exports.env.client.workflow.start('exportJob', {
        taskQueue: exports.taskQueue,
        workflowId: randomUUID(),
        args: [inputOf(2), brought],
      });
      const { failure } = await endOf(handle);
      assert.equal(readFailure(failure).type, 'InvalidInput');
      assert.match(String(failure), /one argument/);
    }
  });

  async function startTyped(input: ExportJobInput) {
    const workflowId = randomUUID();
    const { taskQueue } = exports;
    const client = new BulkExportsClient({ client: exports.env.client, taskQueue });
    const typed = await client.startExport(input, { workflowId });
    const handle: ExportHandle = exports.env.client.workflow.getHandle(workflowId);
    return { typed, client, workflowId, handle };
  }
});

/** Holds an export where it is, since none of its activities comes to its end. */
class Gate {
  private isOpen = true;

  close(): void {
    this.isOpen = false;
  }

  open(): void {
    this.isOpen = true;
  }

  before(activities: ExportActivities): ExportActivities {
    const pass = async () => {
      const { heartbeat, sleep } = Context.current();
      while (!this.isOpen) {
        heartbeat();
        await sleep(20);
      }
    };
    return Object.fromEntries(
      Object.entries(activities).map(([name, activity]) => [
        name,
        async (input: unknown) => {
          await pass();
          return await (activity as (input: unknown) => Promise<unknown>)(input);
        },
      ]),
    ) as unknown as ExportActivities;
  }
}

/** One day after the other completes, but for those that fail. */
function dayAfterDay(days: string[], failing: number[]): Look[] {
  const endOfDay = (index: number) => (failing.includes(index) ? 'Failed' : 'Completed');
  return days.map((_, done) => ({
    statuses: Object.fromEntries(days.map((day, at) => [day, at <= done ? endOfDay(at) : 'Running'])),
  }));
}

async function progressOf(handle: ExportHandle): Promise<ExportProgress> {
  return await handle.query<ExportProgress>('progress');
}

/** A problem that the clock alone tells has begun "now" at every asking. */
function withoutTimes({ problems, ...progress }: ExportProgress) {
  return { ...progress, problems: problems.map(({ problem, day, jobSid }) => ({ problem, day, jobSid })) };
}

async function displayOf(handle: ExportHandle) {
  const description = await handle.describe();
  const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return {
    memo: description.memo,
    attributes: description.typedSearchAttributes
      .getAll()
      .toSorted((a, b) => (a.key.name < b.key.name ? -1 : 1)),
    card: metadata.currentDetails.replace(/as of \S+ \S+ UTC/, 'as of now'),
  };
}

/** The list is a little behind. */
async function isListedAs(client: BulkExportsClient, workflowId: string, expected: string[]): Promise<void> {
  let runIds: string[] = [];
  for (let tries = 0; tries < MAXIMUM_TRIES; tries += 1) {
    runIds = [];
    for await (const { runId } of client.list({ query: `WorkflowId = '${workflowId}'` })) runIds.push(runId);
    if (isDeepStrictEqual(runIds, expected)) return;
    await pause(50);
  }
  assert.deepEqual(runIds, expected);
}

const MAXIMUM_TRIES = 100;
