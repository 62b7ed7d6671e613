import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createDevServerEnv } from '../support/temporal.ts';
import { filesBelow, quickExport, withRealParts } from './real-parts.ts';

/** What callers may call an export, and what leads out of a folder where it is taken for a path. */
const NAMES = {
  Messages: '../../evil',
  Calls: '/tmp/../../evil/./x',
  Conferences: '..',
  Participants: '%2e%2e%2f..\\evil',
} as const;

/** Deep enough for two steps up to end where this test looks. */
const DESTINATION = join('one', 'two', 'three');

describe('an export whose names lead elsewhere', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('writes below its destination and nowhere else, whatever its workflow id and its friendly name are', async () => {
    const destinations = (root: string) => ({ deep: pathToFileURL(join(root, DESTINATION)).href });
    await withRealParts(env, { destinations }, async ({ exports, root }) => {
      const ended = await Promise.all(
        Object.entries(NAMES).map(async ([type, name]) => {
          const resourceType = type as keyof typeof NAMES;
          const input = quickExport(1, { resourceType, friendlyName: name, destination: 'deep' });
          const handle = await exports.startExport(input, { workflowId: name });
          return await handle.result();
        }),
      );

      const files = await filesBelow(root);
      const [manifests, others] = [true, false].map((isManifest) =>
        files.filter((file) => file.includes('_manifests') === isManifest),
      );
      assert.deepEqual(
        others,
        ended.map(({ days: [day] }) => decodeURI(day?.location ?? '').split(`${root}/`)[1]).toSorted(),
      );
      assert.equal(manifests?.length, ended.length);
      for (const file of files) {
        const [parent, ...names] = file.slice(DESTINATION.length + 1).split('/');
        assert.ok(file.startsWith(`${DESTINATION}/`), file);
        assert.ok(names.length === (parent === '_manifests' ? 2 : 3), file);
      }
    });
  });
});
