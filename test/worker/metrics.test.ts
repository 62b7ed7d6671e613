import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient, ExportCancelledError, type ExportHandle } from '../../client/index.ts';
import { startSimulator, type Simulator } from '../../simulator/index.ts';
import type { ExportJobInput, ExportJobResult } from '../../workflows/api.ts';
import { type Metric, sumOf } from '../support/prometheus-text.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { MeasuredWorker } from './measured-worker.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const TASK_QUEUE = 'measured';
const [FIRST, SECOND, THIRD] = [-12, -11, -10].map((offset) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10),
) as [string, string, string];
const MESSAGES = { resource_type: 'Messages' };

/** Far more than a busy machine needs. */
const PATIENCE = { timeout: 80_000 };

/**
 * One worker process does all that there is a metric of: an export with an empty day, a day that is submitted again and
 * a download that stalls, one that waits for the quota until it is cancelled, one that Twilio refuses, and an input that
 * is refused.
 */
describe('the metrics of a worker process', PATIENCE, () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let folder: string;
  let worker: MeasuredWorker;
  let result: ExportJobResult;
  let atStart: Map<string, Metric>;
  let metrics: Map<string, Metric>;

  before(async () => {
    env = await createDevServerEnv();
    simulator = await startSimulator({
      // From midnight on: a quota that is spent is one of the next day again.
      clock: { kind: 'faster', speed: 600, start: new Date().setUTCHours(0, 0, 0, 0) },
      quotaDays: 5,
      script: {
        days: [
          {
            days: SECOND,
            submissions: [1],
            statuses: [{ status: 'Submitted', for: '1 minute' }, { status: 'Failed' }],
          },
          {
            days: FIRST,
            statuses: [{ status: 'Submitted', for: '1 minute' }, { status: 'CompletedEmptyRecords' }],
          },
        ],
      },
    });
    simulator.faults.add({ kind: 'stall', operation: 'getFile', days: THIRD, nth: 1 });
    folder = await mkdtemp(join(tmpdir(), 'metrics-'));
    worker = await MeasuredWorker.start({
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_TASK_QUEUE: TASK_QUEUE,
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
      BULK_EXPORTS_STALL_TIMEOUT: '1 second',
    });
    atStart = await worker.metrics();
    // One that waits for a worker of another task queue is none of this one's.
    const elsewhere = { taskQueue: 'elsewhere', workflowId: 'elsewhere', args: [{}] };
    await env.client.workflow.start('exportJob', elsewhere);
    result = await (await startExport('complete')).result();
    const waiting = await startExport('quota');
    await until(async () => (await waiting.progress()).phase === 'waitingForQuota');
    await until(async () => sumOf(await worker.metrics(), 'bulk_exports_running_exports') === 1);
    await waiting.cancel();
    await assert.rejects(waiting.result(), ExportCancelledError);
    await assert.rejects(
      env.client.workflow.execute('exportJob', { taskQueue: TASK_QUEUE, workflowId: 'junk', args: [{}] }),
    );
    simulator.faults.add({ kind: 'status401', operation: 'createJob' });
    await assert.rejects((await startExport('refused')).result());
    // What is counted of a run is counted once: its history is replayed for the query.
    assert.equal(
      (await new BulkExportsClient({ client: env.client }).getHandle('complete').progress()).phase,
      'complete',
    );
    await until(async () => sumOf(await worker.metrics(), 'bulk_exports_exports_total') === 4);
    metrics = await worker.metrics();
  });
  after(async () => {
    await worker?.kill();
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  test('are those of README, by name, type and labels, and no others', async () => {
    const documented = await readTable();
    const ours = [...metrics].filter(([name]) => name.startsWith('bulk_exports_'));
    assert.deepEqual(ours.map(([name]) => name).toSorted(), [...documented.keys()].toSorted());
    for (const [name, { type, help, samples }] of ours) {
      const told = documented.get(name);
      assert.equal(type, told?.type, name);
      assert.ok(help.length > 10 && !help.startsWith('bulk_'), `${name} has a description`);
      for (const { labels } of [...samples.values()].flat()) {
        const { namespace, taskQueue, workflowType, activityType, le, ...own } = labels;
        assert.deepEqual([namespace, taskQueue], ['default', TASK_QUEUE]);
        assert.ok(!(workflowType && activityType), `${name} is of one of both`);
        assert.equal(le !== undefined, [...samples.keys()].includes(`${name}_bucket`) && le !== undefined);
        assert.deepEqual(Object.keys(own).toSorted(), told?.labels.toSorted(), name);
      }
    }
  });

  test('have the values of labels that README names, and no others', async () => {
    const documented = await readTable();
    const valuesOf = (name: string, label: string) =>
      new Set(
        metrics
          .get(name)
          ?.samples.get(name)
          ?.map(({ labels }) => labels[label]),
      );
    const valuesNamed = (name: string, label: string) =>
      new Set(documented.get(name)?.values.filter((word) => word !== label && !OTHER_WORDS.has(word)));
    for (const [name, label] of [
      ['bulk_exports_exports_total', 'outcome'],
      ['bulk_exports_looks_total', 'result'],
    ] as const)
      assert.deepEqual(valuesOf(name, label), valuesNamed(name, label), name);
    const outcomes = /^\| a day's `outcome`.*?\n\n/ms.exec(await readFile(README, 'utf8'))?.[0] ?? '';
    assert.deepEqual(
      valuesOf('bulk_exports_days_total', 'outcome'),
      new Set([...outcomes.matchAll(/^\| `(\w+)`/gm)].map(([, outcome]) => outcome)),
    );
    assert.deepEqual(
      valuesOf('bulk_exports_bytes_total', 'resource_type'),
      new Set(['Calls', 'Conferences', 'Messages', 'Participants']),
    );
  });

  test('count exports and days by their outcomes, and each of them once', () => {
    assert.deepEqual(positives('bulk_exports_exports_total', 'outcome'), {
      complete: 1,
      cancelled: 1,
      refused: 1,
    });
    for (const refused of [MESSAGES, { resource_type: 'unknown' }])
      assert.equal(sum('bulk_exports_exports_total', { outcome: 'refused', ...refused }), 1);
    assert.deepEqual(positives('bulk_exports_days_total', 'outcome'), {
      downloaded: 2,
      empty: 1,
      cancelled: 3,
    });
    assert.equal(sum('bulk_exports_days_total', MESSAGES), 6, 'those of a refused export are none');
  });

  test('count bytes and records as the result does', () => {
    assert.ok(result.totals.records > 0, 'there were records');
    assert.equal(sum('bulk_exports_bytes_total', MESSAGES), result.totals.sizeBytes);
    assert.equal(sum('bulk_exports_records_total', MESSAGES), result.totals.records);
  });

  test('count days that were submitted again, and waits for the quota', () => {
    assert.equal(sum('bulk_exports_resubmitted_days_total', MESSAGES), 1);
    assert.equal(sum('bulk_exports_quota_waits_total', MESSAGES), 1);
  });

  test('count stalls, resumes, and the bytes that came', () => {
    assert.equal(sum('bulk_exports_stalls_total', MESSAGES), 1);
    assert.equal(sum('bulk_exports_resumes_total', MESSAGES), 1);
    const fetched = sum('bulk_exports_fetched_bytes_total', MESSAGES);
    assert.equal(fetched, simulator.ledger().bytesSent.total);
    assert.ok(fetched > result.totals.sizeBytes, 'the file of the empty day came, and is none of the export');
  });

  test('measure how long days and downloads took', () => {
    assert.equal(sum('bulk_exports_wait_seconds_count', MESSAGES), 3);
    const seconds = sum('bulk_exports_wait_seconds_sum', MESSAGES);
    // Three days of more than a minute by Twilio's clock; by ours it would be less than the whole test.
    assert.ok(seconds >= 180, String(seconds));
    assert.equal(sum('bulk_exports_wait_seconds_bucket', { ...MESSAGES, le: '604800' }), 3);
    assert.equal(sum('bulk_exports_wait_seconds_bucket', { ...MESSAGES, le: '60' }), 0);
    assert.equal(sum('bulk_exports_download_seconds_count', MESSAGES), 2);
    assert.ok(sum('bulk_exports_download_seconds_sum', MESSAGES) > 0, 'downloads take time');
    assert.equal(sum('bulk_exports_download_seconds_bucket', { ...MESSAGES, le: '86400' }), 2);
  });

  test('count looks, and the answers of Twilio by status', () => {
    const { requests, jobsMade } = simulator.ledger();
    const looks = sum('bulk_exports_looks_total', { account: 'default' });
    assert.equal(looks, requests.fetchJob);
    assert.ok(sum('bulk_exports_looks_total', { result: 'changed' }) >= 2, 'each job changed');
    assert.equal(sum('bulk_exports_looks_total', { result: 'failed' }), 0);
    const answers = 'bulk_exports_twilio_answers_total';
    const { getFile = 0, ...api } = requests;
    assert.ok(getFile > 0, 'the store was asked, and is not counted');
    assert.equal(
      sum(answers, { account: 'default' }),
      Object.values(api).reduce((all, each) => all + each, 0),
    );
    assert.equal(sum(answers, { status: '201' }), jobsMade);
    assert.equal(sum(answers, { status: '307' }), requests.fetchDay);
    assert.equal(sum(answers, { status: '400' }), 1, 'the quota');
    assert.equal(sum(answers, { status: '401' }), 1, 'the refusal');
  });

  test('tell how many exports run, as the engine knows', async () => {
    await until(async () => sumOf(await worker.metrics(), 'bulk_exports_running_exports') === 0);
    assert.equal(
      metrics.get('bulk_exports_running_exports')?.samples.get('bulk_exports_running_exports')?.length,
      1,
    );
  });

  test('are there at 0 before anything has failed, so that the first failure is an increase', () => {
    const failures: [series: string, labels: Record<string, string>][] = [
      ['bulk_exports_exports_total', { ...MESSAGES, outcome: 'timedOut' }],
      ['bulk_exports_days_total', { ...MESSAGES, outcome: 'failed' }],
      ['bulk_exports_quota_waits_total', MESSAGES],
      ['bulk_exports_stalls_total', MESSAGES],
      [
        'bulk_exports_twilio_answers_total',
        { account: 'default', status: '401', activityType: 'watchExportJob' },
      ],
      ['bulk_exports_looks_total', { account: 'default', result: 'failed' }],
    ];
    for (const [series, labels] of failures)
      assert.deepEqual(
        seriesOf(atStart, series, labels).map(({ value }) => value),
        [0],
        series,
      );
    // Whatever asks Twilio may be refused by it.
    const refused = { account: 'default', status: '403' };
    assert.deepEqual(
      seriesOf(atStart, 'bulk_exports_twilio_answers_total', refused)
        .map(({ labels, value }) => `${labels['activityType']} ${value}`)
        .toSorted(),
      [
        'createExportJob 0',
        'deleteExportJob 0',
        'downloadExportDay 0',
        'findReusableDays 0',
        'sweepExportJobs 0',
        'watchExportJob 0',
      ],
    );
    // What counted later is the series that was there, and no other beside it.
    for (const [series, labels] of [
      ['bulk_exports_stalls_total', MESSAGES],
      ['bulk_exports_quota_waits_total', MESSAGES],
    ] as const)
      assert.deepEqual(
        seriesOf(metrics, series, labels).map(({ value }) => value),
        [1],
        series,
      );
  });

  function startExport(workflowId: string): Promise<ExportHandle> {
    const input: ExportJobInput = {
      resourceType: 'Messages',
      startDay: FIRST,
      endDay: THIRD,
      reuse: 'never',
      resubmit: { cooldown: '1 second' },
      poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
    };
    const exports = new BulkExportsClient({ client: env.client, taskQueue: TASK_QUEUE });
    return exports.startExport(input, { workflowId });
  }

  function sum(series: string, labels: Record<string, string> = {}): number {
    return sumOf(metrics, series, labels);
  }

  function positives(series: string, label: string): Record<string, number> {
    const samples = (metrics.get(series)?.samples.get(series) ?? []).filter(({ value }) => value > 0);
    return Object.fromEntries(samples.map(({ labels, value }) => [labels[label], value]));
  }
});

function seriesOf(metrics: Map<string, Metric>, series: string, labels: Record<string, string>) {
  return (metrics.get(series)?.samples.get(series) ?? []).filter((sample) =>
    Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
}

/** In the meanings of metrics, beside the values of their labels. */
const OTHER_WORDS = new Set(['resource_type', 'unknown']);

/** A row of the table under "Metrics". */
interface DocumentedMetric {
  type: string;
  labels: string[];
  /** What else its meaning names. */
  values: string[];
}

/** Those rows, by their names. */
async function readTable(): Promise<Map<string, DocumentedMetric>> {
  const [, section = ''] = /^### Metrics\n(.*?)^### /ms.exec(await readFile(README, 'utf8')) ?? [];
  const rows = [...section.matchAll(/^\| `(bulk_exports_\w+)` *\| (\w+) *\|([^|]*)\|([^|]*)\|/gm)];
  const wordsOf = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
  return new Map(
    rows.map(([, name = '', type = '', labels = '', meaning = '']) => [
      name,
      { type, labels: wordsOf(labels), values: wordsOf(meaning) },
    ]),
  );
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(50);
}
