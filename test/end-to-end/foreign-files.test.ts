import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportManifest } from '../../activities/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { makeJob, quickExport, type RealParts, withRealParts } from './real-parts.ts';

const OTHERS = 'of the finance team';

describe('a day that somebody else has exported meanwhile', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('is taken with their file, as the result and the manifest say', async () => {
    await withRealParts(env, {}, async (parts) => {
      const input = quickExport(2);
      const { outcome, days, manifest } = await exportBesideOthers(parts, input);
      assert.equal(outcome, 'complete');
      assert.deepEqual(
        days.map(({ madeBy, attempts }) => [madeBy?.friendlyName, attempts]),
        [
          [undefined, 1],
          [OTHERS, 1],
        ],
      );
      const written = await readFile(fileURLToPath(manifest ?? ''), 'utf8');
      assert.deepEqual((JSON.parse(written) as ExportManifest).days, days);
    });
  });

  it('goes out again where their files are refused, alone, and comes home with its own', async () => {
    await withRealParts(env, {}, async (parts) => {
      const input = quickExport(2, { foreignFiles: 'refuse' });
      const { outcome, days, jobs } = await exportBesideOthers(parts, input);
      assert.equal(outcome, 'complete');
      assert.deepEqual(
        days.map(({ madeBy, attempts }) => [madeBy, attempts]),
        [
          [undefined, 1],
          [undefined, 2],
        ],
      );
      assert.deepEqual([jobs[1]?.startDay, jobs[1]?.endDay], [input.endDay, input.endDay]);
    });
  });

  it('has failed once it has gone out as often as it may, with the name of who made it', async () => {
    await withRealParts(env, {}, async (parts) => {
      const resubmit = { maximumAttempts: 1 };
      const input = quickExport(2, { foreignFiles: 'refuse', allowIncomplete: true, resubmit });
      const { outcome, days } = await exportBesideOthers(parts, input);
      assert.equal(outcome, 'incomplete');
      assert.match(days[1]?.problem ?? '', /made by another job \("of the finance team", \d{4}-\d\d-\d\d\)/);
    });
  });
});

/** Plays an export that can fetch nothing until the job of others has brought its last day. */
async function exportBesideOthers({ simulator, exports }: RealParts, input: ExportJobInput) {
  const fetchable = simulator.faults.add({ kind: 'status503', operation: 'fetchDay' });
  const handle = await exports.startExport(input);
  await until(() => simulator.ledger().jobs.some(({ state }) => state === 'over'));
  await makeJob(simulator, { ...input, startDay: input.endDay, friendlyName: OTHERS });
  await until(() => simulator.ledger().jobs.every(({ state }) => state === 'over'));
  fetchable();
  return await handle.result();
}
