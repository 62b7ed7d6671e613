import { asyncLocalStorage } from '@temporalio/activity';
import type { MetricTags } from '@temporalio/common';
import type { ExportActivities } from './api.ts';

/** A metric, as every meter has to be told of it: one that is told otherwise elsewhere is another metric. */
export interface MetricDefinition {
  name: string;
  unit: string;
  description: string;
}

/** What activities count. The engine's meter adds its namespace, task queue and activity type as labels. */
export const activityCounters = {
  looks: {
    name: 'bulk_exports_looks_total',
    unit: '',
    description: 'Looks at jobs, by what they have shown',
  },
  twilioAnswers: {
    name: 'bulk_exports_twilio_answers_total',
    unit: '',
    description: 'Answers of the Bulk Exports API by HTTP status; none where no answer came',
  },
  fetchedBytes: {
    name: 'bulk_exports_fetched_bytes_total',
    unit: 'By',
    description: 'Bytes that came from the file store, those that were fetched again included',
  },
  resumes: {
    name: 'bulk_exports_resumes_total',
    unit: '',
    description: 'Downloads that went on from bytes that were there already',
  },
  stalls: {
    name: 'bulk_exports_stalls_total',
    unit: '',
    description: 'Downloads that were given up because no bytes came',
  },
} as const satisfies Record<string, MetricDefinition>;

/** How long a download takes, from the request for its link to the file of the day. */
export const downloadSeconds = {
  name: 'bulk_exports_download_seconds',
  unit: 's',
  description: 'Time of the attempt that brought a file, from the request for its link to its name',
} as const satisfies MetricDefinition;

/** Adds to a counter of the activity that runs; outside of one, nothing is counted. */
export function count(counter: keyof typeof activityCounters, value: number, labels: MetricTags): void {
  const { name, unit, description } = activityCounters[counter];
  asyncLocalStorage.getStore()?.metricMeter.createCounter(name, unit, description).add(value, labels);
}

/** Records how long the download of a day took. */
export function measureDownload(seconds: number, labels: MetricTags): void {
  const { name, unit, description } = downloadSeconds;
  asyncLocalStorage
    .getStore()
    ?.metricMeter.createHistogram(name, 'float', unit, description)
    .record(seconds, labels);
}

/** What an attempt to look has shown. `failed`: nothing, as Twilio gave no good answer. */
export type LookResult = 'changed' | 'unchanged' | 'failed';

/** Those that Twilio is known to answer; of others the class is told, so that the number of labels is bounded. */
const KNOWN_STATUSES = new Set([
  200, 201, 202, 204, 307, 400, 401, 403, 404, 405, 408, 409, 415, 429, 500, 502, 503, 504,
]);

/** How an answer is called in the label `status`; null is none. */
export function nameStatus(status: number | null): string {
  if (status === null) return 'none';
  return KNOWN_STATUSES.has(status) ? String(status) : `${Math.floor(status / 100)}xx`;
}

/** A series of a counter. */
export interface ActivitySeries {
  counter: MetricDefinition;
  labels: { activityType: keyof ExportActivities } & MetricTags;
}

/**
 * The series that have to be there before they count for the first time, as an increase from nothing to one is none:
 * those that say that something is wrong, and the looks, whose absence does.
 */
export function activitySeries(
  accounts: readonly string[],
  resourceTypes: readonly string[],
): ActivitySeries[] {
  const { looks, twilioAnswers, fetchedBytes, resumes, stalls } = activityCounters;
  return [
    ...accounts.flatMap((account) => [
      ...LOOK_RESULTS.map((result) => ({
        counter: looks,
        labels: { activityType: 'watchExportJob' as const, account, result },
      })),
      ...ASKING_TWILIO.flatMap((activityType) =>
        REFUSALS.map((status) => ({
          counter: twilioAnswers,
          labels: { activityType, account, status: nameStatus(status) },
        })),
      ),
    ]),
    ...[fetchedBytes, resumes, stalls].flatMap((counter) =>
      resourceTypes.map((resourceType) => ({
        counter,
        labels: { activityType: 'downloadExportDay' as const, resource_type: resourceType },
      })),
    ),
  ];
}

const LOOK_RESULTS: readonly LookResult[] = ['changed', 'unchanged', 'failed'];
const ASKING_TWILIO = [
  'findReusableDays',
  'createExportJob',
  'watchExportJob',
  'downloadExportDay',
  'deleteExportJob',
  'sweepExportJobs',
] as const;
const REFUSALS = [401, 403, 429] as const;
