export { BulkExportsClient } from './bulk-exports-client.ts';
export type { BulkExportsClientOptions } from './bulk-exports-client.ts';
export { checkExportInput } from './check-input.ts';
export type { CheckedInput } from './check-input.ts';
export { ExportHandle } from './export-handle.ts';
export type { ExportHandleOptions } from './export-handle.ts';
export {
  AuthenticationRejectedError,
  ExportCancelledError,
  ExportConflictError,
  ExportError,
  ExportIncompleteError,
  ExportRejectedError,
  ExportTimedOutError,
  InvalidInputError,
  SearchAttributeMissingError,
  StorageRejectedError,
} from './export-errors.ts';
export type { ExportErrorDetails, ExportErrorType } from './export-errors.ts';
export type { FinishedPolicy, StartExportOptions } from './export-starter.ts';
export type { ExportsFilter, ExportStatus } from './exports-query.ts';
export type { ListedExport, ListExportsOptions } from './list-exports.ts';
export type { DescribedProgress, ObservedProgress, WorkflowProgress } from './progress.ts';
export type { ExportMemo } from './start-options.ts';
export type { WaitOptions } from './unless-aborted.ts';
export type { WatchOptions } from './watch-progress.ts';
export { InvalidWebhookConfig, readWebhookConfig } from './webhook/config.ts';
export type { WebhookConfig } from './webhook/config.ts';
export { createWebhookReceiver } from './webhook/webhook-receiver.ts';
export type { WebhookReceiverOptions } from './webhook/webhook-receiver.ts';
export type { WebhookEvent, WebhookReceiver, WebhookSettings } from './webhook/receive-callbacks.ts';
export type { RefusalReason } from './webhook/check-callback.ts';
export { defaultWorkflowId } from '../workflows/workflow-id.ts';
export { DEFAULT_TASK_QUEUE, exportSearchAttributes } from '../workflows/api.ts';
export type {
  CancelInput,
  ExportedDay,
  ExportedJob,
  ExportJobInput,
  ExportJobProgress,
  ExportJobResult,
  ExportPhase,
  ExportProblem,
  ExportProgress,
  ExportTotals,
  FileMaker,
  ForeignFiles,
  JobSighting,
  ResourceType,
  Webhook,
} from '../workflows/api.ts';
