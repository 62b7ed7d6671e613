/** What an export ends with: part of the contract in `../api.ts`. */
import type { Day, ExportedDay, ExportedJob, ExportTotals, ResourceType } from '../../activities/api.ts';

/**
 * How an export ended: every requested day once, in order, with exactly one outcome.
 *
 * @example
 * ```ts
 * const lostDays = ({ days }: ExportJobResult) =>
 *   days.filter(({ outcome }) => outcome === 'failed' || outcome === 'deleted').map(({ day }) => day);
 * ```
 */
export interface ExportJobResult {
  outcome: 'complete' | 'incomplete' | 'cancelled';
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  days: ExportedDay[];
  jobs: ExportedJob[];
  totals: ExportTotals;
  /** Where the manifest lies; null where it could not be written. */
  manifest: string | null;
  /** What clean-up could not do within its hour, a sentence each. */
  notCleaned: string[];
  /** The reason that the caller gave for the cancel. */
  cancelReason?: string;
}

/**
 * The types of the failures with which the workflow itself fails.
 *
 * @example
 * ```ts
 * const mayEndOtherwiseNextTime: ExportFailureType[] = ['ExportIncomplete', 'ExportTimedOut'];
 * ```
 */
export type ExportFailureType =
  | 'InvalidInput'
  | 'ExportRejected'
  | 'AuthenticationRejected'
  | 'StorageRejected'
  | 'ExportIncomplete'
  | 'ExportTimedOut';

/**
 * What a failure of the workflow says beside its message: its type, and the list of details that the engine keeps, as
 * it arrives in every language.
 *
 * @example
 * ```ts
 * const daysToMend = (failure: ExportFailure) =>
 *   failure.type === 'ExportIncomplete' ? failure.details[0].totals.failed : 0;
 * ```
 */
export type ExportFailure =
  | { type: 'InvalidInput'; details: [InvalidInputDetails] | [RefusedDetails] }
  | { type: 'ExportRejected'; details: [RefusedDetails] }
  | { type: 'AuthenticationRejected'; details: [RefusedDetails] }
  | { type: 'StorageRejected'; details: [RefusedDetails] }
  | { type: 'ExportIncomplete'; details: [ExportJobResult] }
  | { type: 'ExportTimedOut'; details: [ExportJobResult] };

/**
 * The details of `InvalidInput`: of an input that is not as it should be.
 *
 * @example
 * ```ts
 * const details: InvalidInputDetails = {
 *   faults: ['startDay must be a day of the calendar, written YYYY-MM-DD, got "2026-02-30"'],
 * };
 * ```
 */
export interface InvalidInputDetails {
  /** One sentence a fault: field, expected, got. */
  faults: string[];
}

/**
 * The details of an export that was refused at its start, by Twilio, by the destination, or for a name that the worker
 * does not know.
 *
 * @example
 * ```ts
 * const details: RefusedDetails = { inDoubt: false };
 * ```
 */
export interface RefusedDetails {
  /** Whether an earlier attempt may have made a job all the same: then clean-up has looked for it. */
  inDoubt: boolean;
}
