/** How each activity is run: its limits in time, its retries, its place in the queue. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ExportActivities } from '../activities/api.ts';

/** Looks, creates and deletes are answered before any download: see TASK PRIORITY in Temporal's documentation. */
const CONTROL_PRIORITY = { priorityKey: 1 };
const DOWNLOAD_PRIORITY = { priorityKey: 4 };

/** Clean-up is bounded: what it could not do in this time is named in the result. With the manifest an hour. */
export const CLEAN_UP_MS = 45 * 60_000;
const MANIFEST_TIMEOUT = '15 minutes';

/** For requests to Twilio: patient, since an outage may last, and never faster than once a second. */
const PATIENT_RETRIES = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '5 minutes',
} as const;

/** Clean-up has less time. */
const BRISK_RETRIES = { ...PATIENT_RETRIES, maximumInterval: '1 minute' } as const;

/** Every published day may be read anew, and so takes as long as to fetch them all. It changes nothing, so it may be left. */
export const { findReusableDays } = proxyActivities<Pick<ExportActivities, 'findReusableDays'>>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '1 minute',
  retry: PATIENT_RETRIES,
  priority: CONTROL_PRIORITY,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/**
 * Never aborted with a request under way: the answer is waited for, and clean-up then finds the job by its
 * marker. The attempt has time for the search of a long list, and for the service to settle.
 */
export const { createExportJob } = proxyActivities<Pick<ExportActivities, 'createExportJob'>>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30 seconds',
  retry: PATIENT_RETRIES,
  priority: CONTROL_PRIORITY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** No schedule-to-close: the export's own timeout is the only clock. A look changes nothing, so it may be left. */
export const { watchExportJob } = proxyActivities<Pick<ExportActivities, 'watchExportJob'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: PATIENT_RETRIES,
  priority: CONTROL_PRIORITY,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** A file of many GB over a slow line takes hours; a dead worker is noticed by its heartbeat. */
export const { downloadExportDay } = proxyActivities<Pick<ExportActivities, 'downloadExportDay'>>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '30 seconds',
  retry: PATIENT_RETRIES,
  priority: DOWNLOAD_PRIORITY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** What happens after the last day, or after a cancel. */
export const { deleteExportJob, sweepExportJobs, sweepExportFiles } = proxyActivities<
  Pick<ExportActivities, 'deleteExportJob' | 'sweepExportJobs' | 'sweepExportFiles'>
>({
  scheduleToCloseTimeout: CLEAN_UP_MS,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: BRISK_RETRIES,
  priority: CONTROL_PRIORITY,
});

/** Written last of all. */
export const { writeExportManifest } = proxyActivities<Pick<ExportActivities, 'writeExportManifest'>>({
  scheduleToCloseTimeout: MANIFEST_TIMEOUT,
  startToCloseTimeout: '2 minutes',
  retry: BRISK_RETRIES,
  priority: CONTROL_PRIORITY,
});
