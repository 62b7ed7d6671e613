export {
  DEFAULT_DOWNLOAD_SLOTS,
  DEFAULT_REQUESTS_PER_ACCOUNT,
  TWILIO_BULKEXPORTS_URL,
} from './activities-options.ts';
export type { CreateActivitiesOptions } from './activities-options.ts';
export { API_URL_RULE, readApiUrl } from './api-url.ts';
export type { ReadApiUrl } from './api-url.ts';
export { createActivities } from './create-activities.ts';
export type { CreatedActivities } from './create-activities.ts';
export { QUOTA_DAY, readDuration, STALL_TIMEOUT } from './durations.ts';
export type { DurationRule } from './durations.ts';
export { isJsonObject } from './json-object.ts';
export { hashExportId, hashNamespace } from './marker.ts';
export type { JobMarker } from './marker.ts';
export { openMarkedJobs } from './marked-jobs.ts';
export type { MarkedJob, MarkedJobs, MarkedJobState, OpenMarkedJobsOptions } from './marked-jobs.ts';
export { RESOURCE_TYPES } from './resource-types.ts';
export { defaultSettings } from './settings.ts';
export type { ActivitySettings } from './settings.ts';
export type {
  DayKey,
  DayProof,
  DayStorage,
  HalfFile,
  StoreManifestInput,
  SweepStaleInput,
} from './storage/day-storage.ts';
export { createFileStorage } from './storage/file-storage.ts';
export { StorageProblem } from './storage/storage-problem.ts';
export type { StorageProblemKind } from './storage/storage-problem.ts';
export { parseQuotaForm, QUOTA_FORM_RULE } from './twilio/quota-form.ts';
export { isQuotaRejection } from './twilio/quota-rejection.ts';
export type { IsQuotaRejection, RefusedCreate } from './twilio/quota-rejection.ts';
export { isAccountSid } from './twilio/twilio-account.ts';
export type { TwilioAccount } from './twilio/twilio-account.ts';
export { TwilioProblem } from './twilio/twilio-problem.ts';
export type { TwilioProblemFields, TwilioProblemKind } from './twilio/twilio-problem.ts';
export type {
  ActivityFailureType,
  CreateExportJobInput,
  CreateExportJobResult,
  Day,
  DayFile,
  DayOutcome,
  DayRange,
  DeleteExportJobInput,
  DeleteExportJobResult,
  DownloadExportDayInput,
  DownloadExportDayResult,
  ExportActivities,
  ExportedDay,
  ExportedJob,
  ExportIdentity,
  ExportManifest,
  ExportTotals,
  Instant,
  JobFate,
  JobPicture,
  JobSighting,
  PictureProblem,
  PictureStatus,
  PollIntervals,
  CreateRefusedDetails,
  ResourceType,
  SparedJob,
  SweepExportFilesInput,
  SweepExportJobsInput,
  SweepExportJobsResult,
  TwilioDayStatus,
  WatchExportJobInput,
  Webhook,
  WriteExportManifestInput,
  WriteExportManifestResult,
} from './api.ts';
