import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { addDays } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { makeJob, quickExport, withRealParts } from './real-parts.ts';

describe('a job that somebody has made by the name of one of an export', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('lives on when the export ends, and its result tells of it', async () => {
    await withRealParts(env, {}, async ({ simulator, exports }) => {
      const input = quickExport(2);
      const handle = await exports.startExport(input, { workflowId: randomUUID() });
      await until(() => simulator.ledger().jobsMade === 1);
      const [own] = simulator.ledger().jobs;
      const days = { startDay: addDays(input.startDay, -30), endDay: input.startDay };
      const copy = await makeJob(simulator, { ...input, ...days, friendlyName: own?.friendlyName ?? '' });

      const { outcome, jobs, notCleaned } = await handle.result();

      assert.equal(outcome, 'complete');
      assert.deepEqual(
        jobs.map(({ jobSid }) => jobSid),
        [own?.jobSid],
      );
      assert.equal(notCleaned.length, 1, notCleaned.join('\n'));
      assert.match(
        notCleaned[0] ?? '',
        new RegExp(`${copy} bears the marker.*never asked for \\(${days.startDay}\\.\\.${days.endDay}\\)`),
      );
      const deletes = simulator.ledger().jobs.map(({ jobSid, state }) => [jobSid, state === 'deleted']);
      assert.deepEqual(Object.fromEntries(deletes), { [own?.jobSid ?? '']: true, [copy]: false });
    });
  });
});
