import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, type ExportHandle } from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { createSkippingExportEnv, inputOf } from '../workflows/export-env.ts';
import { all, downloaded, fail, LiteralTwilio } from '../workflows/literal-activities.ts';
import { exportAttributes } from './export-attributes.ts';
import { quickExport, withRealParts } from './real-parts.ts';

const SHORT_LIFE = {
  simulator: { script: { life: { submitted: '5 minutes', running: '8 minutes', parallelDays: 2 } } },
};

describe('what a person sees of an export', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('are search attributes that change with it, and by which it is found', async () => {
    // The first two days are there after 13 minutes of Twilio's, the others after 21.
    const clock = { kind: 'manual' } as const;
    const simulator = { ...SHORT_LIFE.simulator, clock };
    await withRealParts(env, { simulator }, async ({ exports, client, ...parts }) => {
      const handle = await exports.startExport(quickExport(4));
      const { workflowId } = handle;
      const started = await attributesOf(handle);
      await until(async () => (await attributesOf(handle))['BulkExportPhase'] === 'waiting');
      parts.simulator.clock.advance(14 * 60_000);
      await until(async () => (await attributesOf(handle))['BulkExportDaysDone'] === 2);
      parts.simulator.clock.advance(10 * 60_000);
      await handle.result();

      const { BulkExportPhase, BulkExportJobSid, ...others } = started;
      assert.ok(BulkExportPhase === 'creating' || BulkExportPhase === 'waiting', String(BulkExportPhase));
      assert.deepEqual(others, {
        BulkExportResourceType: 'Messages',
        BulkExportAccount: 'default',
        BulkExportDaysDone: 0,
        BulkExportDaysTotal: 4,
        BulkExportDaysFailed: 0,
      });
      const [job] = parts.simulator.ledger().jobs;
      assert.ok(job, 'a job');
      const isAsked = BulkExportPhase === 'creating';
      assert.deepEqual(BulkExportJobSid, isAsked ? ['none'] : [job.jobSid]);
      const ended = await attributesOf(handle);
      assert.deepEqual(ended, {
        ...others,
        BulkExportPhase: 'complete',
        BulkExportDaysDone: 4,
        BulkExportJobSid: [job.jobSid],
      });

      const query = `BulkExportPhase = 'complete' AND BulkExportJobSid = '${job.jobSid}'`;
      await until(async () => {
        for await (const found of client.workflow.list({ query }))
          if (found.workflowId === workflowId) return true;
        return false;
      });
    });
  });

  it('is a summary on every activity and timer, and a description on every signal and query', async () => {
    await withRealParts(env, SHORT_LIFE, async ({ exports, client }) => {
      const input = quickExport(2, { resourceType: 'Calls' });
      const { workflowId } = await exports.startExport(input);
      const handle = client.workflow.getHandle(workflowId);
      await handle.result();
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? []).flatMap(({ userMetadata, ...event }) => {
        const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
        if (name === undefined && !event.timerStartedEventAttributes) return [];
        return [[name ?? 'a timer', textOf(userMetadata?.summary)]];
      });
      const { startDay, endDay } = input;
      for (const [name, summary] of summaries) assert.ok(summary, name);
      // Whether there is a timer for the patience with queued days depends on what the first look sees.
      const others = summaries
        .map((pair) => pair.join(': '))
        .filter((line) => !/^(downloadExportDay|a timer: patience)/.test(line));
      assert.deepEqual(
        new Set(others),
        new Set([
          'a timer: timeout of the export',
          'a timer: a day before files expire at Twilio',
          `findReusableDays: Calls ${startDay}..${endDay} that are there already`,
          `createExportJob: Calls ${startDay}..${endDay}`,
          `watchExportJob: Calls ${startDay}..${endDay}`,
          `deleteExportJob: ${startDay}..${endDay}`,
          'sweepExportJobs: jobs that no answer told of',
          'sweepExportFiles: half files',
          'writeExportManifest: complete',
        ]),
      );
      const downloads = summaries.filter(([name]) => name === 'downloadExportDay');
      assert.deepEqual(downloads.map(([, summary]) => summary).toSorted(), [
        `Calls ${startDay}`,
        `Calls ${endDay}`,
      ]);

      const { staticSummary, staticDetails } = await userMetadataOf(handle);
      assert.match(staticSummary, new RegExp(`Calls ${startDay}..${endDay} → default`));
      assert.match(staticDetails, /send the signal `cancel`/);

      const { definition, currentDetails } = await handle.query<WorkflowMetadata>(
        '__temporal_workflow_metadata',
      );
      const described = [...definition.signalDefinitions, ...definition.queryDefinitions].filter(
        ({ name }) => !name.startsWith('__'),
      );
      assert.deepEqual(described.map(({ name }) => name).toSorted(), ['cancel', 'checkNow', 'progress']);
      for (const { name, description } of described) assert.ok((description ?? '').length > 10, name);
      assert.match(currentDetails, /Complete: every day is downloaded or empty/);
      assert.match(currentDetails, /Manifest: `file:/);
    });
  });
});

/** So many downloads. */
const AT_ONCE = 8;

describe('the card of an export of 366 days', { timeout: 60_000 }, () => {
  it('stays under 20 kB, with many jobs and long problems too', async (t) => {
    const exports = await createSkippingExportEnv();
    t.after(() => exports.close());
    const isBad = (day: string) => day.endsWith('5') || day.endsWith('-20');
    const cards: string[] = [];
    let calls = 0;
    let showCard: () => Promise<void> = async () => {};
    const twilio = new LiteralTwilio({
      download: async ({ day }) => {
        calls += 1;
        if (calls % 20 === 0) await showCard();
        if (isBad(day)) throw fail('DayNotAvailable', `Could not download ${'the day, and why '.repeat(60)}`);
        return downloaded(day);
      },
    });
    const input = inputOf(366, {
      resubmit: { maximumAttempts: 2 },
      allowIncomplete: true,
      maxConcurrentDownloads: AT_ONCE,
    });
    const handle = await exports.start(twilio.activities(), input, exportAttributes(366));
    showCard = async () => {
      const { currentDetails } = await handle.query<WorkflowMetadata>('__temporal_workflow_metadata');
      cards.push(currentDetails);
    };
    const result = await handle.result();
    await showCard();
    const { events } = await handle.fetchHistory();
    const attributes = (await handle.describe()).typedSearchAttributes.getAll();

    assert.equal(result.outcome, 'incomplete');
    assert.ok(result.totals.failed > 30 && result.jobs.length > 30, `${result.jobs.length} jobs`);
    const sizes = cards.map((card) => Buffer.byteLength(card));
    t.diagnostic(`${cards.length} cards, ${Math.min(...sizes)} to ${Math.max(...sizes)} bytes`);
    assert.ok(cards.length > 10, `${cards.length} cards`);
    assert.ok(Math.max(...sizes) < 20_000, `${Math.max(...sizes)} bytes`);
    assert.match(cards.at(-1) ?? '', /and \d+ more/, 'what is left out is counted');
    const again = /Days go out again by themselves at 20/;
    assert.ok(
      cards.some((card) => again.test(card)),
      'a cool-down is told with its end',
    );

    const sids = attributes.find(({ key }) => key.name === 'BulkExportJobSid')?.value;
    assert.ok(result.jobs.length > 40, `${result.jobs.length} jobs`);
    assert.deepEqual(
      sids,
      result.jobs.slice(-40).map(({ jobSid }) => jobSid),
      'the latest jobs, bounded',
    );
    const failed = attributes.find(({ key }) => key.name === 'BulkExportDaysFailed')?.value;
    assert.equal(failed, result.totals.failed);
    const upserts = (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes);
    const failures = upserts.flatMap(({ upsertWorkflowSearchAttributesEventAttributes: set }) => {
      const payload = set?.searchAttributes?.indexedFields?.['BulkExportDaysFailed'];
      return payload ? [textOf(payload)] : [];
    });
    // On a busy machine the engine tells of several in one task: as many as are under way, at the most.
    assert.ok(Number(failures[0]) <= AT_ONCE, `the first is shown at once, got ${failures.join(', ')}`);
    assert.ok(failures.length < 10, `and the others with the quarters, got ${failures.join(', ')}`);
    t.diagnostic(`${upserts.length} upserts, ${result.jobs.length} jobs`);
    assert.ok(upserts.length < result.jobs.length, 'jobs that are asked for together are shown together');
  });
});

describe('the days that an export has lost', { timeout: 60_000 }, () => {
  it('are counted where they failed, and where somebody deleted them', async (t) => {
    const exports = await createSkippingExportEnv();
    t.after(() => exports.close());
    const twilio = new LiteralTwilio({
      looks: (job) => {
        const [failed = '', deleted = ''] = job.days;
        const lost = { [failed]: 'Failed', [deleted]: 'DeletedByUserRequest' } as const;
        return [{ statuses: { ...all(job, 'Completed'), ...lost } }];
      },
    });
    const input = inputOf(3, { resubmit: { maximumAttempts: 1 }, allowIncomplete: true });
    const handle = await exports.start(twilio.activities(), input, exportAttributes(3));
    const { totals } = await handle.result();
    assert.deepEqual([totals.failed, totals.deleted], [1, 1]);
    const attributes = (await handle.describe()).typedSearchAttributes.getAll();
    const lost = attributes.find(({ key }) => key.name === 'BulkExportDaysFailed')?.value;
    assert.equal(lost, 2);
  });
});

describe('where the search attributes are not registered', { timeout: 60_000 }, () => {
  it('an export that the client starts runs to its end without them, or with those that are', async () => {
    const env = await createDevServerEnv({ searchAttributes: 'unknown' });
    try {
      await withRealParts(env, SHORT_LIFE, async ({ exports, client, taskQueue, simulator }) => {
        const handle = await exports.startExport(quickExport(2));
        assert.equal((await handle.result()).outcome, 'complete');
        assert.deepEqual(await attributesOf(handle), {});
        assert.equal(simulator.ledger().jobsMade, 1);

        await env.connection.operatorService.addSearchAttributes({
          namespace: 'default',
          searchAttributes: { BulkExportPhase: KEYWORD, BulkExportDaysTotal: INT },
        });
        const later = new BulkExportsClient({ client, taskQueue });
        const other = await later.startExport(quickExport(2, { resourceType: 'Calls' }));
        assert.equal((await other.result()).outcome, 'complete');
        assert.deepEqual(await attributesOf(other), { BulkExportPhase: 'complete', BulkExportDaysTotal: 2 });
      });
    } finally {
      await env.teardown();
    }
  });
});

/** `temporal.api.enums.v1.IndexedValueType`. */
const KEYWORD = 2;
const INT = 3;

/** The answer to the SDK's own query. */
interface WorkflowMetadata {
  currentDetails: string;
  definition: Record<'signalDefinitions' | 'queryDefinitions', { name: string; description?: string }[]>;
}

async function attributesOf(handle: ExportHandle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  const pairs = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('BulkExport'));
  return Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]));
}

async function userMetadataOf(handle: { describe: () => Promise<unknown> }) {
  const description = (await handle.describe()) as {
    staticSummary: () => Promise<string | undefined>;
    staticDetails: () => Promise<string | undefined>;
  };
  return {
    staticSummary: (await description.staticSummary()) ?? '',
    staticDetails: (await description.staticDetails()) ?? '',
  };
}

function textOf(payload: Payload | null | undefined): string {
  return payload ? String(defaultPayloadConverter.fromPayload(payload)) : '';
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
