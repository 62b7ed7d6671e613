import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { hashExportId } from '../../activities/for-worker.ts';
import type { ExportManifest } from '../../activities/index.ts';
import { startS3Front } from '../activities/s3-front.ts';
import { startS3, storageUrl } from '../activities/s3-rig.ts';
import { openUploads } from '../support/open-uploads.ts';
import type { S3Server } from '../support/s3-server.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { filesBelow, quickExport, withRealParts } from './real-parts.ts';

const DAYS = 4;

describe('an export into S3', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  let server: S3Server;
  before(async () => {
    [env, server] = await Promise.all([createDevServerEnv(), startS3()]);
  });
  after(() => Promise.all([env.teardown(), server.close()]));

  it('is complete although the store goes away in the middle of it, and leaves neither an open upload nor a half file', async (t) => {
    let parts = 0;
    const front = await startS3Front(t, server.endpoint, async ({ operation }) => {
      if (operation !== 'UploadPart' || ++parts !== DAYS) return null;
      await server.stop();
      void pause(2_000).then(() => server.start());
      return 'reset';
    });
    const lake = storageUrl({ ...front, prefix: 'lake' });
    const simulator = { script: { life: { submitted: 0, running: 0 }, days: [{ sizeBytes: 9_000_000 }] } };
    await withRealParts(
      env,
      { simulator, destinations: () => ({ lake }) },
      async ({ exports, client, root }) => {
        const handle = await exports.startExport(quickExport(DAYS, { destination: 'lake' }));
        const { outcome, days, manifest } = await handle.result();
        const { runId } = await client.workflow.getHandle(handle.workflowId).describe();
        assert.equal(outcome, 'complete');
        assert.equal(days.length, DAYS);
        for (const { location = '', sha256, sizeBytes, records, jobSid, attempts } of days) {
          const key = location.replace('s3://exports/', '');
          const bytes = await server.read(key);
          assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
          assert.deepEqual([bytes.length, attempts], [sizeBytes, 1]);
          const begun = front.requests.find(
            (request) => request.key === key && request.operation === 'CreateMultipartUpload',
          );
          assert.deepEqual(
            ['sha256', 'records', 'job', 'export'].map((name) => begun?.headers[`x-amz-meta-${name}`]),
            [sha256, String(records), jobSid, hashExportId(runId)],
          );
        }
        const text = await server.read(String(manifest).replace('s3://exports/', ''));
        assert.deepEqual((JSON.parse(text.toString()) as ExportManifest).days, days);
        assert.deepEqual(await openUploads(server), []);
        assert.deepEqual(await filesBelow(root), []);
      },
    );
    assert.equal((await server.keys()).length, DAYS + 1);
  });

  it('asks Twilio for nothing that an export before has brought into the bucket', async () => {
    const again = storageUrl({ ...server, prefix: 'again' });
    const simulator = { script: { life: { submitted: 0, running: 0 } } };
    await withRealParts(env, { simulator, destinations: () => ({ again }) }, async (parts) => {
      const input = quickExport(DAYS, { destination: 'again' });
      const first = await (await parts.exports.startExport(input)).result();
      const { requests } = parts.simulator.ledger();
      const second = await (await parts.exports.startExport(input)).result();
      assert.deepEqual(
        second.days.map(({ attempts, reused, location }) => ({ attempts, reused, location })),
        first.days.map(({ location }) => ({
          attempts: 0,
          reused: { from: 'published', manifest: first.manifest },
          location,
        })),
      );
      const now = parts.simulator.ledger().requests;
      for (const operation of ['createJob', 'fetchDay'] as const)
        assert.equal(now[operation], requests[operation], operation);
    });
  });
});
