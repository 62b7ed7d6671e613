/** What worker/ takes from here beside `index.ts`. It is no export of the package. */
export { API_URL_RULE, readApiUrl } from './api-url.ts';
export { QUOTA_DAY, readDuration, STALL_TIMEOUT } from './durations.ts';
export type { DurationRule } from './durations.ts';
export { inParallel } from './in-parallel.ts';
export { isJsonObject } from './json-object.ts';
export { hashExportId, hashNamespace } from './marker.ts';
export { openMarkedJobs } from './marked-jobs.ts';
export type { MarkedJob, MarkedJobs } from './marked-jobs.ts';
export { activitySeries, downloadSeconds } from './metrics.ts';
export type { MetricDefinition } from './metrics.ts';
export { createSecretRemover, redactText } from './redact.ts';
export { isFinalStatus } from './twilio/day-status.ts';
export { createStorageOpener, DEFAULT_SPOOL } from './storage/open-storage.ts';
export { readS3Url, S3_URL_RULE } from './storage/s3/s3-url.ts';
export { parseQuotaForm, QUOTA_FORM_RULE } from './twilio/quota-form.ts';
export { TwilioProblem } from './twilio/twilio-problem.ts';
export type { TwilioProblemKind } from './twilio/twilio-problem.ts';
export { PUBLIC_URL_RULE, readPublicUrl } from './webhook-url.ts';
