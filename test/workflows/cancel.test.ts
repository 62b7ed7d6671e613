import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { SweepExportFilesInput } from '../../activities/api.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import {
  createLiveExportEnv,
  endOf,
  type ExportEnv,
  type ExportHandle,
  inputOf,
  outcomesOf,
} from './export-env.ts';
import { all, downloaded, fail, LiteralTwilio, type Script, untilCancelled } from './literal-activities.ts';

const ways = {
  signal: (handle: ExportHandle) => handle.signal('cancel', { reason: 'not needed' }),
  engine: (handle: ExportHandle) => handle.cancel(),
};

describe('a cancelled export', { timeout: 120_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createLiveExportEnv();
  });
  after(() => exports.close());

  /** Starts an export, calls `meanwhile` when the script has come to the phase, and waits for the end. */
  async function run(
    script: (reached: () => void) => Script,
    meanwhile: (handle: ExportHandle) => Promise<unknown>,
    input: ExportJobInput = inputOf(3),
  ) {
    let reached = () => {};
    const phase = new Promise<void>((resolve) => (reached = resolve));
    const twilio = new LiteralTwilio(script(() => reached()));
    const handle = await exports.start(twilio.activities(), input);
    await phase;
    await meanwhile(handle);
    return { twilio, ...(await endOf(handle)) };
  }

  /** The phases in which a cancel may come, each as a script that says when it is reached. */
  const phases: Record<string, (reached: () => void) => Script> = {
    'while the create has not been answered': (reached) => ({
      create: async () => {
        reached();
        await untilCancelled();
      },
    }),
    'while the create is tried again': (reached) => ({
      create: () => {
        reached();
        throw fail('TwilioUnavailable', '503');
      },
    }),
    'while Twilio works': (reached) => ({
      looks: (job) => {
        setTimeout(reached, 50);
        return [{ statuses: all(job, 'Running') }];
      },
    }),
    'while days are downloaded': (reached) => ({
      looks: (job) => [{ statuses: { ...all(job, 'Running'), [job.days[0] ?? '']: 'Completed' } }],
      download: async () => {
        reached();
        return await untilCancelled();
      },
    }),
    'while it waits for the quota': (reached) => ({
      create: () => {
        setTimeout(reached, 50);
        throw fail('QuotaExhausted', 'quota', { retryAfterMs: 36_000_000 });
      },
    }),
    'while a failed day cools down': (reached) => ({
      looks: (job) => {
        setTimeout(reached, 100);
        return [{ statuses: all(job, 'Failed') }];
      },
    }),
  };

  for (const [phase, script] of Object.entries(phases)) {
    for (const [way, cancel] of Object.entries(ways)) {
      it(`leaves no job and gives every day its outcome: by ${way}, ${phase}`, async () => {
        const input = inputOf(3, { resubmit: { cooldown: '10 days', maximumAttempts: 20 } });
        const { twilio, result, failure, progress } = await run(script, cancel, input);
        if (way === 'signal') assert.deepEqual(result, progress?.result);
        else assert.equal(failure?.name, 'CancelledFailure');
        assert.equal(progress?.phase, 'cancelled');
        assert.equal(progress?.result?.outcome, 'cancelled');
        assert.deepEqual(outcomesOf(progress?.result ?? undefined), ['cancelled', 'cancelled', 'cancelled']);
        assert.equal(progress?.result?.cancelReason, way === 'signal' ? 'not needed' : undefined);
        assert.deepEqual(
          twilio.jobs.filter(({ isAlive }) => isAlive),
          [],
        );
        assert.equal(twilio.manifests.length, 1);
        assert.deepEqual(twilio.manifests[0]?.days, progress?.result?.days);
      });
    }
  }

  it('keeps the days that were downloaded before', async () => {
    const input = inputOf(2);
    const { result } = await run(
      (reached) => ({
        looks: (job) => [{ statuses: { ...all(job, 'Running'), [input.startDay]: 'Completed' } }],
        download: ({ day }) => {
          setTimeout(reached, 100);
          return downloaded(day);
        },
      }),
      ways.signal,
      input,
    );
    assert.deepEqual(outcomesOf(result), ['downloaded', 'cancelled']);
  });

  it('finds and deletes the job of a create whose answer came after the cancel', async () => {
    const { twilio, result } = await run(
      (reached) => ({
        create: async () => {
          reached();
          await untilCancelled().catch(() => {});
        },
      }),
      ways.signal,
    );
    assert.equal(twilio.jobs.length, 1);
    assert.equal(twilio.jobs[0]?.isAlive, false);
    assert.equal(result?.jobs.length, 1);
  });

  for (const [way, cancel] of Object.entries(ways)) {
    it(`asks nothing of Twilio when the cancel came before the first task, by ${way}`, async () => {
      const twilio = new LiteralTwilio();
      // A start with a delay stands for a worker that is not there yet: the cancel is in the first task.
      const handle = await exports.start(twilio.activities(), inputOf(2), { startDelay: '2 seconds' });
      await cancel(handle);
      const { progress } = await endOf(handle);
      assert.equal(progress?.result?.outcome, 'cancelled');
      assert.deepEqual([twilio.jobs, twilio.sweeps, twilio.fileSweeps], [[], [], []]);
      assert.deepEqual(
        progress.result.days.map(({ attempts }) => attempts),
        [0, 0],
      );
    });
  }

  it('ends Canceled when both cancels come, in either order, with one receipt', async () => {
    for (const order of [
      [ways.signal, ways.engine],
      [ways.engine, ways.signal],
    ]) {
      const { twilio, failure, progress } = await run(
        phases['while Twilio works'] ?? (() => ({})),
        async (handle) => {
          for (const way of order) await way(handle);
        },
      );
      assert.equal(failure?.name, 'CancelledFailure');
      assert.equal(progress?.result?.outcome, 'cancelled');
      assert.equal(twilio.manifests.length, 1);
    }
  });

  it('takes any argument of cancel, and a second cancel, as a cancel', async () => {
    for (const argument of [undefined, null, 'stop', 7, [], { reason: 5, deleteJob: 'no' }]) {
      const { result, twilio } = await run(phases['while Twilio works'] ?? (() => ({})), async (handle) => {
        if (argument === undefined) await (handle as WorkflowHandle).signal('cancel');
        else await (handle as WorkflowHandle).signal('cancel', argument);
        await handle.signal('cancel', { reason: 'too late to count' });
      });
      assert.equal(result?.outcome, 'cancelled');
      assert.equal(result.cancelReason, undefined);
      assert.equal(twilio.jobs[0]?.isAlive, false);
    }
  });

  it('keeps the job running at Twilio when the cancel says so, and tells it', async () => {
    const { result, twilio } = await run(phases['while Twilio works'] ?? (() => ({})), (handle) =>
      handle.signal('cancel', { deleteJob: false }),
    );
    assert.equal(twilio.jobs[0]?.isAlive, true);
    assert.equal(result?.jobs[0]?.fate, 'kept');
  });

  for (const [way, cancel] of Object.entries(ways)) {
    it(`is complete when the cancel comes after the last day has its outcome, by ${way}`, async () => {
      let reached = () => {};
      const cleaning = new Promise<void>((resolve) => (reached = resolve));
      let goOn = () => {};
      const cancelled = new Promise<void>((resolve) => (goOn = resolve));
      const twilio = new LiteralTwilio({ looks: (job) => [{ statuses: all(job, 'Completed') }] });
      const literal = twilio.activities();
      const activities = {
        ...literal,
        sweepExportFiles: async (input: SweepExportFilesInput) => {
          reached();
          await cancelled;
          await literal.sweepExportFiles(input);
        },
      };
      const handle = await exports.start(activities, inputOf(2));
      await cleaning;
      await cancel(handle);
      goOn();
      const { result } = await endOf(handle);
      assert.equal(result?.outcome, 'complete');
      assert.equal(twilio.jobs[0]?.isAlive, false);
    });
  }
});
