import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportJobResult } from '../../client/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import { addDays } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import type { ExportHandle } from '../workflows/export-env.ts';
import { eventsOfRun, runIdsOf, toNewRun, until } from '../workflows/new-run.ts';
import { filesBelow, quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** So short that an export of a few days takes several runs. */
const SHORT_RUN = { events: 40, bytes: 24_000 };

const QUICK_LIFE = { life: { submitted: '5 minutes', running: '5 minutes', parallelDays: 4 } } as const;

describe('an export on real parts that goes on in new runs', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv({ suggestContinueAsNewAt: SHORT_RUN });
  });
  after(() => env.teardown());

  it('brings days of mixed life home, whole, and leaves nothing else behind', async () => {
    const input = quickExport(12);
    const day = (index: number) => addDays(input.startDay, index);
    const script: SimulatorScript = {
      ...QUICK_LIFE,
      days: [
        { records: 40 },
        { days: day(3), file: 'emptyFile' },
        {
          days: `${day(5)}..${day(6)}`,
          submissions: [1],
          statuses: [{ status: 'Running', for: '5 minutes' }, { status: 'Failed' }],
        },
      ],
      faults: [{ kind: 'corrupt', operation: 'getFile', nth: 1, days: day(8) }],
    };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const exported = await parts.exports.startExport(input);
      const result = await exported.result();

      assert.equal(result.outcome, 'complete');
      assert.equal(result.totals.downloaded, 11);
      assert.deepEqual(
        result.days.map(({ attempts }) => attempts),
        [1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1],
      );
      await assertIsWhole(parts, result);
      const runs = (await runIdsOf(parts.client, parts.client.workflow.getHandle(exported.workflowId)))
        .length;
      assert.ok(runs > 2, `it was ${runs} runs`);
      assert.equal(parts.simulator.ledger().jobsMade, 2);
    });
  });

  it('adopts a job of which the answer to the create was lost in the run before', async () => {
    const script: SimulatorScript = {
      ...QUICK_LIFE,
      faults: [
        { kind: 'resetAfter', operation: 'createJob' },
        { kind: 'status503', operation: 'listJobs', nth: Array.from({ length: 500 }, (_, at) => at + 2) },
      ],
    };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const { workflowId, ...exported } = await startIn(parts, 2);
      await until(() => parts.simulator.ledger().jobsMade === 1);
      await toNewRun(exported.handle);
      assert.deepEqual(
        (await parts.exports.getHandle(workflowId).progress()).jobs,
        [],
        'it is not known yet',
      );
      parts.simulator.setScript(QUICK_LIFE);

      const result = await parts.exports.getHandle(workflowId).result();

      assert.equal(result.outcome, 'complete');
      await assertIsWhole(parts, result);
      const { jobsMade, requests } = parts.simulator.ledger();
      assert.deepEqual([jobsMade, requests.createJob, result.jobs.length], [1, 1, 1]);
    });
  });

  it('goes on with a file from what lies on the disk', async () => {
    const script: SimulatorScript = {
      ...QUICK_LIFE,
      days: [{ records: 20_000 }],
      faults: [{ kind: 'stall', operation: 'getFile', at: 0.9, nth: 1 }],
    };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const { workflowId, handle } = await startIn(parts, 1);
      await until(() => parts.simulator.ledger().bytesSent.total > 0);
      await toNewRun(handle);

      const result = await parts.exports.getHandle(workflowId).result();

      assert.equal(result.outcome, 'complete');
      await assertIsWhole(parts, result);
      const { bytesSent } = parts.simulator.ledger();
      const sizeBytes = result.days[0]?.sizeBytes ?? 0;
      const [first = ''] = await runIdsOf(parts.client, handle);
      assert.deepEqual(await endedDownloadsOf(parts, handle, first), [], 'the download had ended before');
      assert.ok(bytesSent.total < 1.2 * sizeBytes, `${bytesSent.total} bytes for a file of ${sizeBytes}`);
    });
  });
});

async function startIn(
  { exports, client }: RealParts,
  days: number,
): Promise<{ workflowId: string; handle: ExportHandle }> {
  const { workflowId } = await exports.startExport(quickExport(days));
  return { workflowId, handle: client.workflow.getHandle(workflowId) };
}

async function endedDownloadsOf(
  { client }: RealParts,
  handle: ExportHandle,
  runId: string,
): Promise<unknown[]> {
  const events = await eventsOfRun(client, handle, runId);
  const downloads = new Set(
    events
      .filter((event) => JSON.stringify(event).includes('downloadExportDay'))
      .map(({ eventId }) => eventId),
  );
  return events
    .map(
      ({ activityTaskCompletedEventAttributes: ended }) => ended as { scheduledEventId: string } | undefined,
    )
    .filter((ended) => downloads.has(ended?.scheduledEventId));
}

/** Every file is on the disk as the service has it, and nothing else is; no job lives. */
async function assertIsWhole({ simulator, root }: RealParts, result: ExportJobResult): Promise<void> {
  const { resourceType } = result;
  const downloaded = result.days.filter(({ outcome }) => outcome === 'downloaded');
  for (const { day, location = '', sha256 } of downloaded) {
    const onDisk = createHash('sha256')
      .update(await readFile(fileURLToPath(location)))
      .digest('hex');
    assert.equal(onDisk, simulator.expectedFile({ resourceType, day })?.sha256);
    assert.equal(sha256, onDisk);
  }
  assert.equal((await filesBelow(root)).length, downloaded.length + 1, 'the files and the manifest');
  assert.deepEqual(result.notCleaned, []);
  assert.equal(simulator.ledger().jobsAlive, 0);
}
