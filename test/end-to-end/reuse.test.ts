import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportHandle, ExportJobResult } from '../../client/index.ts';
import { addDays } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { quickExport, withRealParts } from './real-parts.ts';

const QUICK_LIFE = { life: { submitted: '1 minute', running: '1 minute', parallelDays: 366 } } as const;

describe('a day that is there already', { timeout: 150_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('costs no quota, no e-mail and no bytes: after one failed day of 366 the same export asks for that one', async () => {
    const input = quickExport(366, { allowIncomplete: true, resubmit: { maximumAttempts: 1 } });
    const failing = addDays(input.startDay, 200);
    const empty = addDays(input.startDay, 300);
    const script = {
      ...QUICK_LIFE,
      days: [
        { days: empty, file: 'missing' as const },
        { days: failing, submissions: [1], statuses: [{ status: 'Failed' as const }] },
      ],
    };
    await withRealParts(env, { simulator: { script, quotaDays: 367 } }, async ({ exports, simulator }) => {
      const first = await (await exports.startExport(input)).result();
      assert.deepEqual([first.totals.downloaded, first.totals.empty, first.totals.failed], [364, 1, 1]);
      const before = simulator.ledger();

      const again = await exports.startExport(input);
      const second = await again.result();

      assert.equal(second.outcome, 'complete');
      assert.deepEqual([second.totals.downloaded, second.totals.empty], [365, 1]);
      const now = simulator.ledger();
      assert.deepEqual(
        now.jobs.slice(before.jobs.length).map(({ startDay, endDay }) => [startDay, endDay]),
        [[failing, failing]],
      );
      assert.equal(sumOf(now.quotaUsed) - sumOf(before.quotaUsed), 1);
      assert.equal(now.emails.length - before.emails.length, 1);
      assert.deepEqual(
        Object.entries(now.bytesSent.byDay).filter(([day, bytes]) => bytes !== before.bytesSent.byDay[day]),
        [[`Messages ${failing}`, second.days.find(({ day }) => day === failing)?.sizeBytes]],
      );
      for (const { day, ...told } of second.days.filter(({ day }) => day !== failing)) {
        const { day: _, ...then } = first.days.find((one) => one.day === day)!;
        const reused = { from: 'published', manifest: first.manifest };
        assert.deepEqual(told, { ...then, attempts: 0, reused }, day);
      }
      const progress = await again.progress();
      assert.ok(progress.source === 'workflow', 'its worker answers');
      assert.equal(progress.days.reused, 365);
    });
  });

  it('is asked for where its file is gone, and where the caller never reuses any', async () => {
    const input = quickExport(3);
    await withRealParts(env, { simulator: { script: QUICK_LIFE } }, async ({ exports, simulator }) => {
      const first = await (await exports.startExport(input)).result();
      await rm(pathOf(first, 1));

      const second = await (await exports.startExport(input)).result();
      assert.deepEqual(
        second.days.map(({ attempts, reused }) => [attempts, reused?.from]),
        [
          [0, 'published'],
          [1, undefined],
          [0, 'published'],
        ],
      );
      assert.ok((await stat(pathOf(second, 1))).isFile(), 'it is there again');

      const third = await (await exports.startExport({ ...input, reuse: 'never' })).result();
      assert.deepEqual(
        third.days.map(({ attempts }) => attempts),
        [1, 1, 1],
      );
      assert.deepEqual(
        simulator.ledger().jobs.map(({ startDay, endDay }) => [startDay, endDay]),
        [
          [input.startDay, input.endDay],
          [addDays(input.startDay, 1), addDays(input.startDay, 1)],
          [input.startDay, input.endDay],
        ],
      );
    });
  });

  it('may lie at Twilio alone: another destination has it from there, without a job', async () => {
    const input = quickExport(3, { friendlyName: 'October' });
    const destinations = (root: string) => ({ lake: `${pathToFileURL(root).href}/lake` });
    const options = { simulator: { script: QUICK_LIFE }, destinations };
    await withRealParts(env, options, async ({ exports, simulator }) => {
      const first = await (await exports.startExport(input)).result();
      const before = simulator.ledger();
      const there = { ...input, destination: 'lake' } as const;
      const second = await (await exports.startExport({ ...there, reuse: 'available' })).result();

      assert.equal(second.outcome, 'complete');
      const now = simulator.ledger();
      assert.deepEqual(
        [now.jobsMade, now.quotaUsed, now.emails.length],
        [1, before.quotaUsed, before.emails.length],
      );
      assert.equal(now.bytesSent.total, 2 * before.bytesSent.total);
      for (const [index, { sha256, location, reused }] of second.days.entries()) {
        assert.equal(sha256, first.days[index]?.sha256);
        assert.match(location ?? '', /\/lake\/account=/);
        assert.ok(reused?.from === 'available', JSON.stringify(reused));
        assert.match(reused.friendlyName ?? '', /^October \[/);
      }
      const third = await (await exports.startExport(there)).result();
      assert.deepEqual(
        third.days.map(({ reused }) => reused),
        Array.from({ length: 3 }, () => ({ from: 'published', manifest: second.manifest })),
      );
    });
  });

  it('is not asked for again after a reset either, once the job that made it is gone', async () => {
    const input = quickExport(2);
    await withRealParts(
      env,
      { simulator: { script: QUICK_LIFE } },
      async ({ exports, simulator, client }) => {
        const done = await exports.startExport(input);
        const { manifest } = await done.result();
        await resetToItsBegin(client, done);
        const result = await exports.getHandle(done.workflowId).result();
        assert.deepEqual(
          result.days.map(({ reused }) => reused),
          Array.from({ length: 2 }, () => ({ from: 'published', manifest })),
        );
        assert.equal(simulator.ledger().jobsMade, 1);
      },
    );
  });

  it('stays reused after a reset of an export whose jobs for the others live, and each of these is adopted', async () => {
    const input = quickExport(10);
    const { startDay } = input;
    const [fourth, fifth, last] = [addDays(startDay, 3), addDays(startDay, 4), addDays(startDay, 9)];
    await withRealParts(
      env,
      { simulator: { script: QUICK_LIFE } },
      async ({ exports, simulator, client }) => {
        const before = await (await exports.startExport({ ...input, endDay: fourth })).result();
        const middle = { ...input, startDay: addDays(startDay, 5), endDay: addDays(startDay, 8) };
        await (await exports.startExport(middle)).result();
        const fetchable = simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
        const handle = await exports.startExport(input);
        await until(() => simulator.ledger().jobsMade === 4);
        // Beside the days of a job there is one more to ask for, of which it knows nothing.
        await rm(pathOf(before, 3));
        await resetToItsBegin(client, handle);
        fetchable();

        const { outcome, days, jobs } = await exports.getHandle(handle.workflowId).result();

        assert.equal(outcome, 'complete');
        assert.deepEqual(
          days
            .filter(({ reused }) => reused?.from !== 'published')
            .map(({ day, attempts }) => [day, attempts]),
          [
            [fourth, 1],
            [fifth, 1],
            [last, 1],
          ],
        );
        // Two were made at the same time, in either order.
        const made = simulator.ledger().jobs.slice(2);
        assert.deepEqual(made.map((job) => `${job.startDay}..${job.endDay}`).toSorted(), [
          `${fourth}..${fourth}`,
          `${fifth}..${fifth}`,
          `${last}..${last}`,
        ]);
        assert.deepEqual(
          new Set(jobs.map(({ jobSid }) => jobSid)),
          new Set(made.map(({ jobSid }) => jobSid)),
        );
      },
    );
  });
});

async function resetToItsBegin(client: Client, handle: ExportHandle): Promise<void> {
  const { workflowId } = handle;
  const { runId } = await handle.describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    requestId: randomUUID(),
    // The end of its first task.
    workflowTaskFinishEventId: 4 as never,
  });
}

function pathOf({ days }: ExportJobResult, index: number): string {
  return fileURLToPath(days[index]?.location ?? '');
}

function sumOf(quotaUsed: Record<string, Record<string, number>>): number {
  return Object.values(quotaUsed)
    .flatMap((days) => Object.values(days))
    .reduce((sum, count) => sum + count, 0);
}
