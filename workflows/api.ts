/**
 * The public contract of the workflow `exportJob`: its names, its input, what it tells while it runs and what
 * it ends with. Callers in other languages use the same names and the same JSON.
 */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ExportProgress } from './contract/progress.ts';

export type {
  Day,
  DayOutcome,
  DayRange,
  ExportedDay,
  ExportedJob,
  ExportManifest,
  ExportTotals,
  FileMaker,
  ForeignFiles,
  Instant,
  JobFate,
  JobSighting,
  ResourceType,
  ReusedDay,
  TwilioDayStatus,
  Webhook,
} from '../activities/api.ts';
export type { ExportJobInput } from './contract/input.ts';
export type { ExportJobProgress, ExportPhase, ExportProblem, ExportProgress } from './contract/progress.ts';
export type {
  ExportFailure,
  ExportFailureType,
  ExportJobResult,
  InvalidInputDetails,
  RefusedDetails,
} from './contract/result.ts';
export type { ExportOutcome } from './contract/operations.ts';
export {
  NO_JOB_SID,
  exportCounters,
  exportSearchAttributes,
  runningExports,
  waitSeconds,
} from './contract/operations.ts';

/**
 * The workflow type on the wire: what starts an export by its name, where the code of the workflow is not imported.
 *
 * @example
 * ```ts
 * await client.workflow.start(EXPORT_JOB_WORKFLOW_TYPE, { args: [input], taskQueue: 'bulk-exports', workflowId });
 * ```
 */
export const EXPORT_JOB_WORKFLOW_TYPE = 'exportJob';

/**
 * The task queue where workers of this package listen unless they are told otherwise: `bulk-exports`.
 *
 * @example
 * ```ts
 * await client.workflow.start('exportJob', { args: [input], taskQueue: DEFAULT_TASK_QUEUE, workflowId });
 * ```
 */
export const DEFAULT_TASK_QUEUE = 'bulk-exports';

/**
 * The argument of the signal `cancel`. Everything is optional, the argument itself too.
 *
 * @example
 * ```ts
 * const wish: CancelInput = { reason: 'wrong month', deleteJob: false };
 * await handle.cancel(wish);
 * ```
 */
export interface CancelInput {
  /** Kept in the result. */
  reason?: string;
  /** Overrides the input's `deleteJob`. */
  deleteJob?: boolean;
}

/**
 * The signal `cancel`: stops the export, cleans up at Twilio, and lets it complete with outcome `cancelled`. Sent once
 * more, it changes nothing.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(cancelSignal, { reason: 'wrong month' });
 * ```
 */
export const cancelSignal = defineSignal<[CancelInput?]>('cancel');

/**
 * The signal `checkNow`: look at Twilio now, not when the next look is due. Several at once are one look.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(checkNowSignal);
 * ```
 */
export const checkNowSignal = defineSignal('checkNow');

/**
 * The query `progress`: how far the export is, also after its end.
 *
 * @example
 * ```ts
 * const { phase, days } = await client.workflow.getHandle(workflowId).query(progressQuery);
 * ```
 */
export const progressQuery = defineQuery<ExportProgress>('progress');
