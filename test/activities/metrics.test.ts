import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { MetricMeter, MetricTags } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { activityCounters, activitySeries, count, nameStatus } from '../../activities/metrics.ts';
import { create, identity, startRig, watch as anyWatch } from './rig.ts';

describe('the metrics of activities', () => {
  test('name the statuses that Twilio is known to give, and of all others the class', () => {
    assert.deepEqual([200, 307, 401, 429, 503].map(nameStatus), ['200', '307', '401', '429', '503']);
    assert.deepEqual([299, 308, 418, 599].map(nameStatus), ['2xx', '3xx', '4xx', '5xx']);
    assert.equal(nameStatus(null), 'none');
    const labels = new Set(Array.from({ length: 500 }, (_, index) => nameStatus(100 + index)));
    assert.ok(labels.size < 30, 'a number of labels that is bounded');
  });

  test('open each counter, for every account and resource type', () => {
    const series = activitySeries(['east', 'west'], ['Messages', 'Calls']);
    const names = new Set(series.map(({ counter }) => counter.name));
    assert.deepEqual(
      [...names].toSorted(),
      Object.values(activityCounters)
        .map(({ name }) => name)
        .toSorted(),
    );
    const once = new Set(series.map((each) => JSON.stringify(each)));
    assert.equal(once.size, series.length);
    for (const account of ['east', 'west'])
      assert.ok(
        series.some(({ labels }) => labels['account'] === account && labels['status'] === '401'),
        account,
      );
  });

  test('are no hindrance where no activity runs', () => {
    count('looks', 1, {});
  });

  test('count each attempt to look by what it has shown, and the request for it by its answer', async (t) => {
    const { rig, watch, counted, onStart } = await startLooking(t);
    const look = (seen: unknown, attempt: number) =>
      rig.run('watchExportJob', { ...watch, seen: seen as never }, { attempt }, onStart);
    const { result: first } = await look(null, 1);
    assert.deepEqual(counted(), { 'looks changed': 1, 'twilioAnswers 200': 1 });
    await look(first, 1);
    assert.deepEqual(
      counted(),
      { 'looks changed': 1, 'twilioAnswers 200': 1 },
      'one that asks nothing is none',
    );
    await look(first, 2);
    assert.deepEqual(counted(), { 'looks changed': 1, 'looks unchanged': 1, 'twilioAnswers 200': 2 });

    rig.simulator.faults.add({ kind: 'status401', operation: 'fetchJob', times: 1 });
    await look(first, 2);
    rig.simulator.faults.add({ kind: 'resetBefore', operation: 'fetchJob' });
    await look(first, 3);
    assert.deepEqual(counted(), {
      'looks changed': 1,
      'looks unchanged': 1,
      'looks failed': 2,
      'twilioAnswers 200': 2,
      'twilioAnswers 401': 1,
      // Each try of the GET.
      'twilioAnswers none': 3,
    });
  });

  test('count the bytes of a large file once, those that came before a stall too', async (t) => {
    const sizeBytes = 20_000_000;
    const days = [{ days: '2026-10-02', sizeBytes, statuses: [{ status: 'Completed' as const }] }];
    const rig = await startRig(t, {
      simulator: { script: { days, life: { submitted: 0, running: 0 } } },
      settings: { stallMs: 2_000 },
    });
    const { counted, onStart } = recordMetrics();
    await rig.run('createExportJob', create);
    rig.simulator.clock.advance(60 * 60_000);
    rig.simulator.faults.add({ kind: 'stall', operation: 'getFile', at: 0.9, times: 1 });
    const input = { ...identity, destination: 'default', day: '2026-10-02', status: 'Completed' as const };
    const stalled = await rig.run('downloadExportDay', input, { attempt: 1 }, onStart);
    assert.equal(stalled.failure?.type, 'DownloadStalled');
    const before = counted();
    assert.deepEqual([before['stalls Messages'], before['resumes Messages']], [1, undefined]);
    assert.equal(before['fetchedBytes Messages'], rig.simulator.ledger().bytesSent.total);
    const { result } = await rig.run('downloadExportDay', input, { attempt: 2 }, onStart);
    assert.equal(result?.outcome, 'downloaded');
    const {
      'fetchedBytes Messages': fetched,
      'resumes Messages': resumes,
      'stalls Messages': stalls,
    } = counted();
    assert.deepEqual([resumes, stalls], [1, 1]);
    assert.equal(fetched, rig.simulator.ledger().bytesSent.total);
  });
});

/** A job of which there is something to see. */
async function startLooking(t: TestContext) {
  const rig = await startRig(t);
  const { result } = await rig.run('createExportJob', create);
  const { jobSid = '', createdAt = '' } = result ?? {};
  return { rig, watch: { ...anyWatch, jobSid, createdAt }, ...recordMetrics() };
}

/** A meter that keeps what counters add up to, by the counter and the label that tells its series apart. */
function recordMetrics() {
  const sums: Record<string, number> = {};
  const keyOf = (name: string, { result, status, resource_type }: MetricTags): string => {
    const [key] = Object.entries(activityCounters).find(([, counter]) => counter.name === name) ?? [name];
    return `${key} ${String(result ?? status ?? resource_type)}`;
  };
  const meter = {
    createCounter: (name: string) => ({
      add: (value: number, labels: MetricTags) => {
        const key = keyOf(name, labels);
        sums[key] = (sums[key] ?? 0) + value;
      },
    }),
    createHistogram: () => ({ record: () => {} }),
  } as unknown as MetricMeter;
  return {
    counted: () => ({ ...sums }),
    onStart: ({ context }: MockActivityEnvironment) => {
      Object.assign(context, { metricMeter: meter });
    },
  };
}
