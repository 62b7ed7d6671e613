export { exportJob } from './export-job.ts';
export {
  cancelSignal,
  checkNowSignal,
  DEFAULT_TASK_QUEUE,
  EXPORT_JOB_WORKFLOW_TYPE,
  exportSearchAttributes,
  progressQuery,
} from './api.ts';
export type {
  CancelInput,
  ExportFailure,
  ExportFailureType,
  ExportJobInput,
  ExportJobProgress,
  ExportJobResult,
  ExportPhase,
  ExportProblem,
  ExportProgress,
  InvalidInputDetails,
  RefusedDetails,
} from './api.ts';
export { defaultWorkflowId } from './workflow-id.ts';
