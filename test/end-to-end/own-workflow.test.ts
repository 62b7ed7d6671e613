import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportCustomJob } from '../../activities/index.ts';
import { sharedBundle } from '../support/shared-bundle.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { createJobReaper } from '../../worker/index.ts';
import { accountOf, quickExport, type RealParts, withRealParts } from './real-parts.ts';

const EXAMPLE = new URL('../../examples/twilio-workflows.ts', import.meta.url);
const NEVER_DONE = { life: { submitted: '10 days' } };

describe("a workflow of one's own that asks for Twilio's operations", { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('configures Twilio and makes one job, as README shows it, which no one deletes but itself', async () => {
    const workflowBundle = await sharedBundle('own-workflow', fileURLToPath(EXAMPLE));
    await withRealParts(env, { simulator: { script: NEVER_DONE }, workflowBundle }, async (parts) => {
      const { simulator, client, taskQueue } = parts;
      const { endDay: day } = quickExport(1);
      const job: ExportCustomJob = await client.workflow.execute('keepDaysComing', {
        taskQueue,
        workflowId: randomUUID(),
        args: ['Messages', day],
      });
      const [made, ...more] = simulator.ledger().jobs;
      assert.deepEqual(more, []);
      assert.deepEqual([job.jobSid, job.startDay, job.endDay], [made?.jobSid, day, day]);
      assert.equal((await askSimulator(parts, 'Messages/Configuration')).enabled, true);

      const reaper = createJobReaper({
        client,
        accounts: { default: accountOf(simulator) },
        twilioUrl: simulator.apiUrl,
      });
      const { jobs } = await reaper.delete(await reaper.find());
      await reaper.close();
      assert.deepEqual(
        jobs.map(({ jobSid, verdict }) => [jobSid, verdict]),
        [[made?.jobSid, 'notFound']],
      );
      assert.equal(simulator.ledger().jobsDeleted, 0);
    });
  });
});

it("README shows the workflow that asks for Twilio's operations as it is tested here", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const example = await readFile(EXAMPLE, 'utf8');
  const shown = example.replaceAll(/\.\.\/(\w+)\/index\.ts/g, 'temporal-bulk-exports/$1').trim();
  assert.ok(readme.includes(shown), 'README has the text of examples/twilio-workflows.ts');
});

async function askSimulator({ simulator }: RealParts, path: string): Promise<{ enabled: boolean }> {
  const { username, password } = accountOf(simulator);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${simulator.apiUrl}/v1/Exports/${path}`, { headers: { authorization } });
  return (await response.json()) as { enabled: boolean };
}
