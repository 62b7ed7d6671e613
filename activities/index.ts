export {
  DEFAULT_DOWNLOAD_SLOTS,
  DEFAULT_REQUESTS_PER_ACCOUNT,
  TWILIO_BULKEXPORTS_URL,
} from './activities-options.ts';
export type { CreateActivitiesOptions } from './activities-options.ts';
export { createActivities } from './create-activities.ts';
export type { CreatedActivities } from './create-activities.ts';
export { RESOURCE_TYPES } from './resource-types.ts';
export { defaultSettings } from './settings.ts';
export type { ActivitySettings } from './settings.ts';
export { publishedPath } from './storage/day-path.ts';
export type {
  ByteRange,
  DayKey,
  DayProof,
  DayStorage,
  EarlierExports,
  FindProvenInput,
  HalfFile,
  PlaceOfDay,
  ReadManifestsInput,
  StoredManifest,
  StoreManifestInput,
  SweepStaleInput,
} from './storage/day-storage.ts';
export { createFileStorage } from './storage/file-storage.ts';
export type { CreateStorage, OpenStorageOptions } from './storage/open-storage.ts';
export { createS3Storage } from './storage/s3/s3-storage.ts';
export type { S3Tuning } from './storage/s3/s3-storage.ts';
export type { SpoolOptions } from './storage/spool/spool.ts';
export { StorageProblem } from './storage/storage-problem.ts';
export type { StorageProblemKind } from './storage/storage-problem.ts';
export { isQuotaRejection } from './twilio/quota-rejection.ts';
export type { IsQuotaRejection, RefusedCreate } from './twilio/quota-rejection.ts';
export type { TwilioAccount } from './twilio/twilio-account.ts';
export type {
  ActivityFailureType,
  AvailableDay,
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
  FindReusableDaysInput,
  FindReusableDaysResult,
  FileMaker,
  ForeignFiles,
  Instant,
  JobFate,
  JobPicture,
  JobSighting,
  PictureProblem,
  PictureStatus,
  PollIntervals,
  PublishedDay,
  ReusedDay,
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
export type {
  AccountInput,
  BulkExportsApi,
  CreateExportCustomJobInput,
  CreateExportCustomJobResult,
  ExportConfiguration,
  ExportCustomJob,
  ExportDay,
  ExportJobDetail,
  FetchExportConfigurationInput,
  FetchExportJobInput,
  ListExportCustomJobsInput,
  ListExportCustomJobsResult,
  ListExportDaysInput,
  ListExportDaysResult,
  UpdateExportConfigurationInput,
} from './bulk-exports-api.ts';
