/** What operators see of exports, in lists and in metrics: part of the contract in `../api.ts`. */

/** What `BulkExportJobSid` holds before there is a job: the engine takes an empty list for no attribute at all. */
export const NO_JOB_SID = 'none';

/**
 * The search attributes of an export and their types. A workflow sets those with which it was started. A namespace gets
 * them by `bulk-exports setup`, the server of a test from its start.
 *
 * @example
 * ```ts
 * import { defineSearchAttributeKey } from '@temporalio/common';
 * import { TestWorkflowEnvironment } from '@temporalio/testing';
 *
 * const searchAttributes = Object.entries(exportSearchAttributes).map(([name, type]) =>
 *   defineSearchAttributeKey(name, type),
 * );
 * const env = await TestWorkflowEnvironment.createLocal({ server: { searchAttributes } });
 * ```
 */
export const exportSearchAttributes = {
  BulkExportPhase: 'KEYWORD',
  BulkExportResourceType: 'KEYWORD',
  BulkExportAccount: 'KEYWORD',
  BulkExportDaysDone: 'INT',
  BulkExportDaysTotal: 'INT',
  BulkExportDaysFailed: 'INT',
  BulkExportJobSid: 'KEYWORD_LIST',
} as const;

/** How an export ended, as the label `outcome` of its metric says. `refused`: before anything was made at Twilio. */
export type ExportOutcome = 'complete' | 'incomplete' | 'cancelled' | 'timedOut' | 'refused' | 'failed';

/** What exports count. The engine's meter adds its namespace, task queue and workflow type as labels. */
export const exportCounters = {
  exports: { name: 'bulk_exports_exports_total', unit: '', description: 'Exports that have ended' },
  days: { name: 'bulk_exports_days_total', unit: '', description: 'Days that got their outcome' },
  bytes: { name: 'bulk_exports_bytes_total', unit: 'By', description: 'Bytes of the files of days' },
  records: { name: 'bulk_exports_records_total', unit: '', description: 'Records in the files of days' },
  resubmittedDays: {
    name: 'bulk_exports_resubmitted_days_total',
    unit: '',
    description: 'Days that were submitted again',
  },
  quotaWaits: {
    name: 'bulk_exports_quota_waits_total',
    unit: '',
    description: 'Submissions that a spent quota has put off',
  },
} as const;

/** How long a day takes at Twilio. */
export const waitSeconds = {
  name: 'bulk_exports_wait_seconds',
  unit: 's',
  description: 'Time from the making of a job to the look that has shown a day of it complete',
} as const;

/** How many exports the engine runs, as a worker process asks it. */
export const runningExports = {
  name: 'bulk_exports_running_exports',
  unit: '',
  description: 'Exports of the task queue that run, as the engine told last',
} as const;
