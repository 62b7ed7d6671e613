import { Runtime } from '@temporalio/worker';
import { activitySeries, downloadSeconds, type MetricDefinition } from '../activities/for-worker.ts';
import { type DayOutcome, RESOURCE_TYPES } from '../activities/index.ts';
import {
  EXPORT_JOB_WORKFLOW_TYPE,
  exportCounters,
  type ExportOutcome,
  runningExports,
  waitSeconds,
} from '../workflows/api.ts';

/**
 * For `histogramBucketOverrides` of a Runtime: the SDK's own buckets are those of short requests. In seconds.
 *
 * @example
 * ```ts
 * import { Runtime } from '@temporalio/worker';
 *
 * Runtime.install({
 *   telemetryOptions: {
 *     metrics: {
 *       prometheus: {
 *         bindAddress: '127.0.0.1:9464',
 *         useSecondsForDurations: true,
 *         histogramBucketOverrides: HISTOGRAM_BUCKETS,
 *       },
 *     },
 *   },
 * });
 * ```
 */
export const HISTOGRAM_BUCKETS: Record<string, number[]> = {
  [waitSeconds.name]: [
    60, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800,
  ],
  [downloadSeconds.name]: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
};

/** Where a Worker works. */
interface WorkerPlace {
  namespace: string;
  taskQueue: string;
}

/**
 * Makes the series of the counters at 0. What appears with its first count has not increased, to Prometheus, and an
 * alert that waits for an increase would miss the first failure of each worker.
 */
export function openSeries({ namespace, taskQueue }: WorkerPlace, accounts: readonly string[]): void {
  const place = { namespace, taskQueue };
  for (const { counter, labels } of activitySeries(accounts, RESOURCE_TYPES))
    open(counter, { ...place, ...labels });
  for (const { counter, labels } of exportSeries())
    open(counter, { ...place, workflowType: EXPORT_JOB_WORKFLOW_TYPE, ...labels });
}

/** Tells how many exports of a task queue run. */
export function tellRunningExports({ namespace, taskQueue }: WorkerPlace, exports: number): void {
  const { name, unit, description } = runningExports;
  Runtime.instance()
    .metricMeter.createGauge(name, 'int', unit, description)
    .set(exports, { namespace, taskQueue });
}

type Labels = Record<string, string>;

function open({ name, unit, description }: MetricDefinition, labels: Labels): void {
  Runtime.instance().metricMeter.createCounter(name, unit, description).add(0, labels);
}

function exportSeries(): { counter: MetricDefinition; labels: Labels }[] {
  const { exports, days, ...others } = exportCounters;
  const ofType = (resourceType: string): { counter: MetricDefinition; labels: Labels }[] =>
    [
      ...Object.keys(EXPORT_OUTCOMES).map((outcome) => ({ counter: exports, labels: { outcome } })),
      ...Object.keys(DAY_OUTCOMES).map((outcome) => ({ counter: days, labels: { outcome } })),
      ...Object.values(others).map((counter) => ({ counter, labels: {} })),
    ].map(({ counter, labels }) => ({ counter, labels: { resource_type: resourceType, ...labels } }));
  return [
    ...RESOURCE_TYPES.flatMap(ofType),
    { counter: exports, labels: { resource_type: 'unknown', outcome: 'refused' } },
  ];
}

const EXPORT_OUTCOMES: Record<ExportOutcome, true> = {
  complete: true,
  incomplete: true,
  cancelled: true,
  timedOut: true,
  refused: true,
  failed: true,
};
const DAY_OUTCOMES: Record<DayOutcome, true> = {
  downloaded: true,
  empty: true,
  failed: true,
  deleted: true,
  cancelled: true,
};
