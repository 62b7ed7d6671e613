import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportManifest } from '../../activities/index.ts';
import {
  ExportCancelledError,
  ExportIncompleteError,
  type ExportHandle,
  type ExportJobResult,
} from '../../client/index.ts';
import type { LedgerJob, Simulator, SimulatorOptions, SimulatorScript } from '../../simulator/index.ts';
import { addDays, dayOf, daysBetween } from '../../workflows/calendar.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import {
  checkUntilComplete,
  filesBelow,
  quickExport,
  type RealParts,
  type RealPartsOptions,
  withRealParts,
} from './real-parts.ts';

const input = quickExport(3, { resubmit: { maximumAttempts: 3, cooldown: '100 milliseconds' } });
const [firstDay = '', secondDay = ''] = daysBetween(input.startDay, input.endDay);

/** The second day fails in so many submissions, so that an export takes several jobs. */
const failing = (submissions: number[]): SimulatorScript => ({
  life: { submitted: '2 minutes', running: '2 minutes' },
  days: [{ days: secondDay, submissions, statuses: [{ status: 'Failed' }] }],
});

/** One day is there soon, and the others never. */
const NEVER_DONE: SimulatorScript = {
  life: { submitted: '30 days' },
  days: [{ days: firstDay, statuses: [{ status: 'Running', for: '2 minutes' }, { status: 'Completed' }] }],
};

const ALL_WELL: SimulatorScript = { life: { submitted: 0, running: 0 } };

describe('an export that is reset', { timeout: 180_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('to any point, after it was complete and its job was deleted, is complete once more', async (t) => {
    const more = { endDay: input.startDay };
    let most = 0;
    for (let first = 0; first === 0 || first < most; first += POINTS_AT_ONCE) {
      await withExports({ script: failing([1]), count: POINTS_AT_ONCE, more }, async (all) => {
        const points = await Promise.all(
          all.map(async (exported) => {
            await exported.handle.result();
            return await resetTo(exported, () => first + exported.index);
          }),
        );
        for (const exported of wasReset(all, points)) {
          await assertIsComplete(exported);
          assertNoDayLivesTwice(exported);
        }
        most = Math.max(most, ...points.map((point) => point?.ofPoints ?? 0));
        t.diagnostic(`${points.filter(Boolean).length} resets, of exports with up to ${most} points`);
      });
    }
    assert.ok(most > 5, `${most} points`);
  });

  it('to any point, after several jobs of it were deleted, asks anew for what is missing alone', async () => {
    await withExports({ script: failing([1]), count: 6 }, async (all) => {
      await Promise.all(
        all.map(async (exported) => {
          await exported.handle.result();
          await resetTo(exported, spread(exported, all));
          await assertIsComplete(exported);
          assertNoDayLivesTwice(exported);
        }),
      );
    });
  });

  it('to any point, while its jobs are still at Twilio, adopts them and makes no other', async () => {
    await withExports({ script: failing([1]), count: 6, more: { deleteJob: false } }, async (all) => {
      await Promise.all(
        all.map(async (exported) => {
          await exported.handle.result();
          await resetTo(exported, spread(exported, all));
          const { jobs } = await assertIsComplete(exported);
          assert.deepEqual(
            jobs.map(({ jobSid, fate }) => [jobSid, fate]),
            exported.jobs().map(({ jobSid }) => [jobSid, 'kept']),
          );
          assert.equal(jobs.length, 2);
        }),
      );
    });
  });

  it('to any point that it has come to, while it runs, goes on with its jobs, and who waits for its end gets it', async () => {
    await withExports({ script: failing([1]), count: 10 }, async (all) => {
      await Promise.all(
        all.map(async (exported) => {
          const { handle, index } = exported;
          // After one task, after two, after two, after three, after three, after three …: to each of them.
          const tasks = Math.ceil((Math.sqrt(8 * index + 9) - 1) / 2);
          const point = index - (tasks * (tasks - 1)) / 2;
          const ended = handle.result();
          await until(async () => (await pointsOf(exported)).length >= tasks);
          await resetTo(exported, () => point);
          assert.equal((await ended).outcome, 'complete');
          await assertIsComplete(exported);
          assert.equal(exported.jobs().length, 2, 'jobs at Twilio');
        }),
      );
    });
  });

  it('to any point that it has come to, while it waits for the quota, waits on, and then asks for what is missing alone', async () => {
    const today = dayOf(Date.now());
    const quota: SimulatorOptions = {
      quotaDays: 3,
      clock: { kind: 'manual', start: `${today}T12:00:00Z` },
    };
    const script = { ...failing([1]), ...ALL_WELL };
    await withExports({ script, count: 4, simulator: quota }, async (all, { simulator }) => {
      await Promise.all(
        all.map(async (exported) => {
          const waits = async () => (await exported.handle.progress()).phase === 'waitingForQuota';
          await until(waits);
          await resetTo(exported, spread(exported, all));
          await until(waits);
          assert.equal(exported.jobs().length, 1, 'jobs at Twilio');
        }),
      );
      simulator.clock.advance(24 * 3_600_000);
      await Promise.all(
        all.map(async (exported) => {
          await checkUntilComplete(exported.handle);
          await assertIsComplete(exported);
          assertNoDayLivesTwice(exported);
          const used = { [today]: 3, [addDays(today, 1)]: 1 };
          assert.deepEqual(simulator.ledger().quotaUsed[exported.accountSid], used);
        }),
      );
    });
  });

  it('to any point before it was cancelled asks anew for the days that the cancel had deleted', async (t) => {
    await withExports({ script: NEVER_DONE, count: 8 }, async (all, { client, simulator }) => {
      const cancelledAt = await Promise.all(
        all.map(async ({ handle, index }) => {
          await until(async () => (await handle.progress()).days.done === 1);
          if (index % 2 === 0) await handle.cancel();
          else await client.workflow.getHandle(handle.workflowId).cancel();
          await assert.rejects(handle.result(), ExportCancelledError);
          return await cancelOf(client, handle);
        }),
      );
      simulator.setScript(ALL_WELL);
      const points = await Promise.all(
        all.map((exported) => resetTo(exported, spread(exported, all), { withoutCancel: true })),
      );
      for (const exported of wasReset(all, points)) {
        const { index, handle } = exported;
        if ((points[index]?.eventId ?? 0) < (cancelledAt[index] ?? 0)) await assertIsComplete(exported);
        else await assert.rejects(handle.result(), ExportCancelledError);
        assertNoDayLivesTwice(exported);
      }
      assert.equal(simulator.ledger().jobsAlive, 0);
      t.diagnostic(JSON.stringify(points.map((point, index) => [point?.eventId, cancelledAt[index]])));
    });
  });

  it('with the cancel that had ended it is cancelled again, and leaves no job', async () => {
    await withExports({ script: NEVER_DONE, count: 3 }, async (all, { simulator }) => {
      await Promise.all(
        all.map(async (exported) => {
          const { handle, index } = exported;
          await until(async () => (await handle.progress()).days.done === 1);
          await handle.cancel({ reason: 'the wrong month' });
          await assert.rejects(handle.result(), ExportCancelledError);
          await resetTo(exported, () => index);
          await assert.rejects(handle.result(), /the wrong month/);
        }),
      );
      assert.equal(simulator.ledger().jobsAlive, 0);
    });
  });

  it('to any point before its last submission had failed is complete, where Twilio is well by then', async () => {
    await withExports({ script: failing([1, 2, 3]), count: 8 }, async (all, { simulator }) => {
      await Promise.all(all.map(({ handle }) => assert.rejects(handle.result(), ExportIncompleteError)));
      simulator.setScript(ALL_WELL);
      const points = await Promise.all(all.map((exported) => resetTo(exported, spread(exported, all))));
      let complete = 0;
      for (const exported of wasReset(all, points)) {
        const { handle } = exported;
        const error: unknown = await handle.result().then(
          () => null,
          (reason: unknown) => reason,
        );
        if (error === null) {
          complete += 1;
          await assertIsComplete(exported);
        } else {
          assert.ok(error instanceof ExportIncompleteError, 'it is incomplete');
          assert.match(error.message, /1 of 3 days failed .* \(the last of 3 submissions\)/);
          assert.equal(exported.jobs().length, 3, 'nothing was asked for again');
        }
        assertNoDayLivesTwice(exported);
      }
      assert.ok(complete >= 4, `${complete} of ${all.length} were complete`);
    });
  });

  /** The same export so many times, side by side, in accounts of their own. */
  async function withExports(
    {
      script,
      count,
      more,
      simulator: others,
    }: {
      script: SimulatorScript;
      count: number;
      more?: Partial<ExportJobInput>;
      simulator?: SimulatorOptions;
    },
    work: (all: Exported[], parts: RealParts) => Promise<void>,
  ): Promise<void> {
    const credentials = Array.from({ length: count }, (_, index) => ({
      accountSid: `AC${String(index).padStart(32, '0')}`,
      authToken: '7e57'.repeat(8),
    }));
    const [first = credentials[0], ...rest] = credentials;
    if (first === undefined) return;
    const options: RealPartsOptions = {
      simulator: { ...others, script, credentials: [first, ...rest] },
      accounts: () =>
        Object.fromEntries(
          credentials.map(({ accountSid, authToken }) => [
            accountSid,
            { accountSid, username: accountSid, password: authToken },
          ]),
        ),
    };
    await withRealParts(env, options, async (parts) => {
      const { simulator, client, root } = parts;
      const all = await Promise.all(
        credentials.map(async ({ accountSid }, index): Promise<Exported> => {
          const handle = await parts.exports.startExport(
            { ...input, ...more, account: accountSid },
            { workflowId: randomUUID() },
          );
          const asked = daysBetween(input.startDay, more?.endDay ?? input.endDay);
          const jobs = () => simulator.ledger().jobs.filter((job) => job.accountSid === accountSid);
          return { index, handle, client, simulator, root, accountSid, asked, jobs };
        }),
      );
      await work(all, parts);
    });
  }
});

/**
 * As many points as an export has to which it can be reset, where the engine is quick: a slow one gives it more tasks,
 * and then the others are for another round.
 */
const POINTS_AT_ONCE = 9;

/** From the first of its points for the first of the exports, to the last for the last. */
function spread({ index }: Exported, { length }: Exported[]): (points: number) => number {
  return (points) => Math.round((index * (points - 1)) / (length - 1));
}

interface Exported {
  index: number;
  handle: ExportHandle;
  client: Client;
  simulator: Simulator;
  root: string;
  accountSid: string;
  /** Its days. */
  asked: string[];
  /** Its jobs at Twilio, from the first. */
  jobs: () => LedgerJob[];
}

/** To which an export was reset: the event, of so many to which it could have been. */
interface Point {
  eventId: number;
  ofPoints: number;
}

/** Resets an export to one of its points, chosen by how many it has; null where it has not so many. */
async function resetTo(
  exported: Exported,
  choose: (points: number) => number,
  { withoutCancel = false } = {},
): Promise<Point | null> {
  const { client, handle } = exported;
  const points = await pointsOf(exported);
  const eventId = points[choose(points.length)];
  if (eventId === undefined) return null;
  const { runId } = await handle.describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId, runId },
    workflowTaskFinishEventId: eventId as never,
    reason: 'a test',
    requestId: randomUUID(),
    resetReapplyExcludeTypes: withoutCancel ? [SIGNAL, CANCEL_REQUEST] : [],
  });
  assert.notEqual((await handle.describe()).runId, runId);
  return { eventId, ofPoints: points.length };
}

/** `temporal.api.enums.v1.ResetReapplyExcludeType`. */
const SIGNAL = 1;
const CANCEL_REQUEST = 4;

/** The events after which a reset can go on: the ends of workflow tasks. */
async function pointsOf({ client, handle }: Pick<Exported, 'client' | 'handle'>): Promise<number[]> {
  return (await eventsOf(client, handle)).flatMap(
    ({ eventId, workflowTaskCompletedEventAttributes: task }) => (task ? [Number(eventId)] : []),
  );
}

/** The event with which an export was told to stop. */
async function cancelOf(client: Client, handle: ExportHandle): Promise<number> {
  const event = (await eventsOf(client, handle)).find(
    ({
      workflowExecutionSignaledEventAttributes: signal,
      workflowExecutionCancelRequestedEventAttributes: wish,
    }) => signal ?? wish,
  );
  return Number(event?.eventId);
}

async function eventsOf(client: Client, handle: ExportHandle) {
  const { runId } = await handle.describe();
  return (await client.workflow.getHandle(handle.workflowId, runId).fetchHistory()).events ?? [];
}

function wasReset(all: Exported[], points: (Point | null)[]): Exported[] {
  return all.filter(({ index }) => points[index]);
}

/** Every day is there once and verified, on the disk as at Twilio; receipt, manifest and attributes say so too. */
async function assertIsComplete({
  handle,
  simulator,
  root,
  accountSid,
  asked,
}: Exported): Promise<ExportJobResult> {
  const result = await handle.result();
  const { outcome, days, totals, notCleaned, manifest } = result;
  assert.deepEqual([outcome, totals.downloaded, notCleaned], ['complete', asked.length, []]);
  assert.deepEqual(
    days.map(({ day }) => day),
    asked,
  );
  for (const { day, location = '', sha256 } of days) {
    const onDisk = createHash('sha256')
      .update(await readFile(fileURLToPath(location)))
      .digest('hex');
    assert.equal(onDisk, sha256);
    assert.equal(simulator.expectedFile({ resourceType: 'Messages', day, accountSid })?.sha256, sha256);
  }
  const { typedSearchAttributes, raw, workflowId } = await handle.describe();
  const attributes = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
  const { BulkExportPhase, BulkExportDaysDone } = Object.fromEntries(attributes) as Record<string, unknown>;
  assert.deepEqual([BulkExportPhase, BulkExportDaysDone], ['complete', asked.length]);

  const exportId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const path = join(root, '_manifests', workflowId, `${exportId}.json`);
  assert.equal(fileURLToPath(manifest ?? ''), path, 'one manifest, under the first run');
  const written = JSON.parse(await readFile(path, 'utf8')) as ExportManifest;
  assert.deepEqual(
    [written.outcome, written.days, written.jobs, written.totals],
    [outcome, days, result.jobs, totals],
  );
  const files = (await filesBelow(root)).filter(
    (name) => name.includes(accountSid) || name.includes(workflowId),
  );
  assert.equal(files.length, asked.length + 1, files.join('\n'));
  return result;
}

/** A job that covers a day of an earlier one was made when that one was over, or deleted. */
function assertNoDayLivesTwice({ jobs }: Exported): void {
  const made = jobs();
  made.forEach((job, index) => {
    for (const earlier of made.slice(0, index)) {
      if (earlier.endDay < job.startDay || job.endDay < earlier.startDay) continue;
      const wasGone = earlier.deletedAt !== null && earlier.deletedAt <= job.createdAt;
      const isFailedDayOf = job.startDay === secondDay && job.endDay === secondDay;
      assert.ok(wasGone || isFailedDayOf, `${JSON.stringify(earlier)} beside ${JSON.stringify(job)}`);
    }
  });
  assert.ok(
    made.every(({ state }) => state !== 'alive'),
    'a job lives on',
  );
}
