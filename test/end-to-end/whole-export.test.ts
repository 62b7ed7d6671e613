import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportManifest } from '../../activities/index.ts';
import type { ExportJobResult, ResourceType } from '../../client/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import { addDays, daysBetween } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { filesBelow, quickExport, type RealParts, withRealParts } from './real-parts.ts';

describe('a whole export on real parts', { timeout: 90_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('brings 30 days of mixed life home, whole, and leaves nothing else behind', async (t) => {
    const input = quickExport(30);
    const day = (index: number) => addDays(input.startDay, index);
    await withRealParts(env, { simulator: { script: mixedLife(day) } }, async (parts) => {
      const handle = await parts.exports.startExport(input);
      const result = await handle.result();

      assert.equal(result.outcome, 'complete');
      assert.deepEqual(
        result.days.map(({ day }) => day),
        daysBetween(input.startDay, input.endDay),
      );
      const empty = [EMPTY_FILE, ZERO_BYTES, MISSING].map(day);
      assert.deepEqual(
        result.days.filter(({ outcome }) => outcome === 'empty').map(({ day }) => day),
        empty,
      );
      assert.equal(result.totals.downloaded, 27);
      assert.equal(result.days[FAILED]?.attempts, 2);
      assert.equal(result.days[0]?.attempts, 1);
      assert.deepEqual(result.notCleaned, []);
      await assertFilesAreWhole(parts, result);

      const manifest = await readManifest(result);
      const { runId } = await handle.describe();
      assert.deepEqual(
        { ...manifest, startedAt: null, endedAt: null },
        {
          schemaVersion: 1,
          workflowId: `bulk-export-Messages-${input.startDay}..${input.endDay}`,
          exportId: runId,
          account: 'default',
          accountSid: parts.simulator.accountSid,
          destination: 'default',
          resourceType: 'Messages',
          startDay: input.startDay,
          endDay: input.endDay,
          outcome: 'complete',
          startedAt: null,
          endedAt: null,
          days: result.days,
          jobs: result.jobs,
          totals: result.totals,
          notCleaned: [],
        },
      );
      assert.ok(manifest.startedAt < manifest.endedAt, 'the manifest is written at the end');
      // The layout, exactly: nothing half, no verdict, no draft.
      assert.deepEqual(
        await filesBelow(parts.root),
        [
          `_manifests/bulk-export-Messages-${input.startDay}..${input.endDay}/${runId}.json`,
          ...daysBetween(input.startDay, input.endDay)
            .filter((one) => !empty.includes(one))
            .map((one) => `account=${parts.simulator.accountSid}/type=Messages/day=${one}/part-0.json.gz`),
        ].toSorted(),
      );

      const { requests, quotaUsed, jobs, jobsAlive, ...ledger } = parts.simulator.ledger();
      t.diagnostic(`requests: ${JSON.stringify(requests)}`);
      assertNothingLeaked(ledger);
      assert.equal(jobsAlive, 0);
      const asked = jobs.map(({ startDay, endDay }) => `${startDay}..${endDay}`);
      assert.deepEqual(asked, [`${input.startDay}..${input.endDay}`, `${day(FAILED)}..${day(FAILED)}`]);
      const quota = Object.values(quotaUsed).flatMap((byDay) => Object.values(byDay));
      assert.equal(
        quota.reduce((sum, days) => sum + days, 0),
        30 + 1,
        'only the failed day is spent twice',
      );
      assert.deepEqual(
        result.jobs.map(({ jobSid, fate }) => [jobSid, fate]),
        jobs.map(({ jobSid }) => [jobSid, 'deleted']),
      );

      const {
        createJob,
        deleteJob,
        listJobs,
        listDays = 0,
        fetchJob = 0,
        fetchDay = 0,
        getFile = 0,
      } = requests;
      assert.deepEqual({ createJob, deleteJob }, { createJob: 2, deleteJob: 2 });
      assert.equal(listJobs, 3, 'before each create, and to sweep');
      assert.ok(listDays >= 1 && listDays <= 62, `${listDays} lists of files: none but for a file`);
      assert.ok(fetchJob <= 40, `${fetchJob} looks`);
      // A day without a file has a Day that answers 404, and so no link.
      assert.ok(fetchDay >= 30 && fetchDay <= 40, `${fetchDay} links`);
      assert.equal(getFile, 29);
    });
  });

  it('exports each resource type, side by side, where the details name no day and fields are null', async () => {
    const script: SimulatorScript = {
      ...QUICK_LIFE,
      details: [
        { form: 'daysNull' },
        { form: 'null', resourceType: 'Calls', until: '10 minutes' },
        { form: 'emptyList', resourceType: 'Conferences', until: '10 minutes' },
      ],
      nullFields: ['resource_type', 'estimated_completion_time', 'job_queue_position', 'url', 'email'],
    };
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const types: ResourceType[] = ['Messages', 'Calls', 'Conferences', 'Participants'];
      await Promise.all(
        types.map(async (resourceType) => {
          const handle = await parts.exports.startExport(quickExport(3, { resourceType }));
          const result = await handle.result();
          assert.deepEqual(
            result.days.map(({ outcome }) => outcome),
            ['downloaded', 'downloaded', 'downloaded'],
            resourceType,
          );
          await assertFilesAreWhole(parts, result);
        }),
      );
      const { jobsAlive, jobsMade, ...ledger } = parts.simulator.ledger();
      assert.deepEqual({ jobsAlive, jobsMade }, { jobsAlive: 0, jobsMade: 4 });
      assertNothingLeaked(ledger);
      assert.equal((await filesBelow(parts.root)).length, 4 * 3 + 4);
    });
  });
});

/** Days of the mixed life, by their place in the export. */
const EMPTY_FILE = 3;
const ZERO_BYTES = 11;
const MISSING = 24;
const FAILED = 17;

const QUICK_LIFE = { life: { submitted: '5 minutes', running: '5 minutes', parallelDays: 10 } } as const;

/** Details that are null, then empty, then without days, then as they should be; and all that a month may bring. */
function mixedLife(day: (index: number) => string): SimulatorScript {
  return {
    ...QUICK_LIFE,
    details: [
      { form: 'null', jobs: [1], until: '3 minutes' },
      { form: 'emptyList', jobs: [1], from: '3 minutes', until: '8 minutes' },
      { form: 'daysNull', jobs: [1], from: '8 minutes', until: '18 minutes' },
    ],
    days: [
      { records: 40 },
      { days: day(EMPTY_FILE), file: 'emptyFile' },
      { days: day(ZERO_BYTES), file: 'zeroBytes' },
      { days: day(MISSING), file: 'missing' },
      { days: `${day(5)}..${day(6)}`, inDetails: 'counted' },
      { days: day(8), inDetails: 'missing' },
      {
        days: `${day(13)}..${day(14)}`,
        statuses: [
          { status: 'Submitted', for: '5 minutes' },
          { status: 'Running', for: '5 minutes' },
          { status: 'ErrorDuringRun', for: '10 minutes' },
          { status: 'Running', for: '5 minutes' },
          { status: 'Completed' },
        ],
      },
      {
        days: day(FAILED),
        submissions: [1],
        statuses: [
          { status: 'Submitted', for: '5 minutes' },
          { status: 'Running', for: '10 minutes' },
          { status: 'Failed' },
        ],
      },
    ],
  };
}

/** Every downloaded day is on the disk, byte for byte what the service has, and what the result says of it. */
async function assertFilesAreWhole({ simulator, root }: RealParts, result: ExportJobResult): Promise<void> {
  const { resourceType, totals } = result;
  const downloaded = result.days.filter(({ outcome }) => outcome === 'downloaded');
  for (const { day, location = '', sizeBytes, records, sha256 } of downloaded) {
    const path = fileURLToPath(location);
    assert.equal(
      path,
      join(root, `account=${simulator.accountSid}`, `type=${resourceType}`, `day=${day}`, 'part-0.json.gz'),
    );
    const bytes = await readFile(path);
    const onDisk = {
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      records: gunzipSync(bytes).toString('utf8').trimEnd().split('\n').length,
    };
    assert.deepEqual(onDisk, simulator.expectedFile({ resourceType, day }), day);
    assert.deepEqual({ sizeBytes, sha256, records }, onDisk, day);
  }
  assert.equal(
    totals.sizeBytes,
    downloaded.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  assert.equal(
    totals.records,
    downloaded.reduce((sum, { records }) => sum + records, 0),
  );
}

async function readManifest({ manifest }: ExportJobResult): Promise<ExportManifest> {
  assert.ok(manifest, 'a manifest');
  return JSON.parse(await readFile(fileURLToPath(manifest), 'utf8')) as ExportManifest;
}

function assertNothingLeaked(ledger: {
  authorizationAtStore: number;
  requestsToNowhere: number;
  links: { usedTwice: number; unknown: number };
}): void {
  const { authorizationAtStore, requestsToNowhere, links } = ledger;
  assert.equal(authorizationAtStore, 0, 'no request to the store carries Authorization');
  assert.equal(links.usedTwice, 0, 'no link is used twice');
  assert.equal(links.unknown, 0);
  assert.equal(requestsToNowhere, 0);
}
