export { createActivities, TWILIO_BULKEXPORTS_URL } from './create-activities.ts';
export type { CreateActivitiesOptions, CreatedActivities } from './create-activities.ts';
export { defaultSettings } from './settings.ts';
export type { ActivitySettings } from './settings.ts';
export type { DayKey, DayProof, DayStorage, HalfFile, StoreManifestInput } from './storage/day-storage.ts';
export { createFileStorage } from './storage/file-storage.ts';
export { StorageProblem } from './storage/storage-problem.ts';
export type { StorageProblemKind } from './storage/storage-problem.ts';
export { isAccountSid } from './twilio/twilio-account.ts';
export type { TwilioAccount } from './twilio/twilio-account.ts';
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
  QuotaExhaustedDetails,
  ResourceType,
  SweepExportFilesInput,
  SweepExportJobsInput,
  SweepExportJobsResult,
  TwilioDayStatus,
  WatchExportJobInput,
  Webhook,
  WriteExportManifestInput,
  WriteExportManifestResult,
} from './api.ts';
