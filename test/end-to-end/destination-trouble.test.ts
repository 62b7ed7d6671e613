import assert from 'node:assert/strict';
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createFileStorage, StorageProblem } from '../../activities/index.ts';
import type { DayStorage } from '../../activities/index.ts';
import type { SimulatorOptions } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { filesBelow, quickExport, withRealParts } from './real-parts.ts';

describe('a destination', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  const simulator: SimulatorOptions = {
    script: { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: 400_000 }] },
  };

  it('that is full is a problem that progress shows, and the export goes on once there is room', async () => {
    let isFull = true;
    const destinations = (root: string): Record<string, DayStorage> => {
      const storage = createFileStorage(pathToFileURL(join(root, 'disk')).href);
      const createHalf: DayStorage['createHalf'] = (key, etag) =>
        isFull
          ? Promise.reject(new StorageProblem('full', 'could not make a half file: ENOSPC: no space left'))
          : storage.createHalf(key, etag);
      return { disk: { ...storage, createHalf } };
    };
    await withRealParts(env, { simulator, destinations }, async ({ exports }) => {
      const handle = await exports.startExport(quickExport(1, { destination: 'disk' }));
      let { problems } = await handle.progress();
      while (problems.length === 0) {
        await pause(50);
        ({ problems } = await handle.progress());
      }
      assert.match(problems[0]?.problem ?? '', /ENOSPC: no space left.*Check the free space/);
      isFull = false;
      const { outcome, days } = await handle.result();
      assert.equal(outcome, 'complete');
      assert.equal(days[0]?.attempts, 1, 'the day was not asked for again');
    });
  });

  it('loses what a terminated export left there days ago, at the end of any other', async () => {
    await withRealParts(env, { simulator }, async (parts) => {
      const { exports, client, root } = parts;
      const mend = parts.simulator.faults.add({ kind: 'stall', operation: 'getFile' });
      const left = await exports.startExport(quickExport(1), { workflowId: 'terminated' });
      while (!(await filesBelow(root)).some((name) => name.includes('_half'))) await pause(20);
      await client.workflow.getHandle(left.workflowId).terminate('a test');
      mend();
      // The attempt is told so with a heartbeat, and leaves the bytes to a successor that never comes.
      const half = await untouchedFile(root);
      const threeDaysAgo = Date.now() / 1_000 - 3 * 86_400;
      await utimes(half, threeDaysAgo, threeDaysAgo);
      const { manifest } = await exports
        .startExport(quickExport(1, { resourceType: 'Calls' }))
        .then((other) => other.result());
      assert.ok(manifest, 'the other export is complete');
      assert.deepEqual(
        (await filesBelow(root))
          .map((name) => name.split('/').at(-1))
          .filter((name) => name?.startsWith('_')),
        [],
      );
    });
  });
});

/** The one file below a folder, once it holds something and nobody has written to it for three times a stall. */
async function untouchedFile(root: string): Promise<string> {
  for (;;) {
    const [name = ''] = await filesBelow(root);
    const path = join(root, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && found.size > 0 && Date.now() - found.mtimeMs > 1_500) return path;
    await pause(20);
  }
}
