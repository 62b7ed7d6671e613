/** How an export's end is told to the caller: a result, or one of the typed errors. */
import { ApplicationFailure, CancelledFailure, type WorkflowFailedError } from '@temporalio/client';
import type { ExportFailureType, ExportJobResult } from '../workflows/api.ts';
import {
  AuthenticationRejectedError,
  ExportCancelledError,
  ExportError,
  ExportIncompleteError,
  ExportRejectedError,
  ExportTimedOutError,
  InvalidInputError,
  StorageRejectedError,
  type ExportErrorDetails,
} from './export-errors.ts';

/**
 * The result of an export that completed. Incomplete is a result here: only an export that allows it completes so.
 *
 * @throws {@link ExportCancelledError} where it was cancelled by the signal.
 */
export function completedResult(workflowId: string, result: ExportJobResult): ExportJobResult {
  if (result.outcome !== 'cancelled') return result;
  const reason = result.cancelReason === undefined ? '' : ` (${result.cancelReason})`;
  throw new ExportCancelledError({
    workflowId,
    message: `The export was cancelled${reason} [${workflowId}]: ${reached(result)}`,
    result,
  });
}

/**
 * The typed error for a workflow that ended without completing.
 *
 * @param receipt asks the workflow for its result; only called where it is not in the failure.
 */
export async function failedEnding(
  workflowId: string,
  failure: WorkflowFailedError,
  receipt: () => Promise<ExportJobResult | null>,
): Promise<ExportError> {
  const { cause } = failure;
  if (cause instanceof CancelledFailure) {
    const result = await receipt();
    const found = result
      ? reached(result)
      : 'No worker answered, so the receipt is not here: it is in the manifest.';
    const message = `The export was cancelled by Temporal [${workflowId}]: ${found}`;
    return new ExportCancelledError({ workflowId, message, cause, ...(result && { result }) });
  }
  if (cause instanceof ApplicationFailure) return applicationError(workflowId, cause);
  return new ExportError('ExportTerminated', {
    workflowId,
    message:
      `The export was ended from outside, without any clean-up [${workflowId}]: ${cause?.message ?? failure.message}. ` +
      'No manifest was written, and jobs of it may still run at Twilio: "bulk-exports reap" finds them.',
    cause,
  });
}

/** What an export had reached, in one sentence. */
export function reached({ totals }: ExportJobResult): string {
  const counts = (['downloaded', 'empty', 'failed', 'deleted', 'cancelled'] as const)
    .filter((outcome) => totals[outcome] > 0)
    .map((outcome) => `${totals[outcome]} ${outcome}`);
  return `of ${totals.days} days ${counts.join(', ')}.`;
}

function applicationError(workflowId: string, failure: ApplicationFailure): ExportError {
  const { message } = failure;
  const detail: unknown = failure.details?.[0];
  if (failure.type === 'InvalidInput')
    return new InvalidInputError({ workflowId, message, faults: faultsOf(detail), cause: failure });
  const details = { workflowId, message, cause: failure, ...(isResult(detail) && { result: detail }) };
  if (!isFailureType(failure.type)) {
    const type = failure.type ?? 'no type';
    return new ExportError('ExportFailed', {
      ...details,
      message: `The export failed [${workflowId}, ${type}]: ${message}`,
    });
  }
  return new failureClasses[failure.type](details);
}

const failureClasses = {
  ExportRejected: ExportRejectedError,
  AuthenticationRejected: AuthenticationRejectedError,
  StorageRejected: StorageRejectedError,
  ExportIncomplete: ExportIncompleteError,
  ExportTimedOut: ExportTimedOutError,
} satisfies Record<
  Exclude<ExportFailureType, 'InvalidInput'>,
  new (details: ExportErrorDetails) => ExportError
>;

function isFailureType(type: string | null | undefined): type is keyof typeof failureClasses {
  return typeof type === 'string' && Object.hasOwn(failureClasses, type);
}

/** Undefined where the failure lists none: a name that the worker does not know is one fault, its message. */
function faultsOf(detail: unknown): string[] | undefined {
  if (typeof detail !== 'object' || detail === null || !('faults' in detail)) return undefined;
  const { faults } = detail;
  return Array.isArray(faults) && faults.every((fault) => typeof fault === 'string') ? faults : undefined;
}

function isResult(value: unknown): value is ExportJobResult {
  return typeof value === 'object' && value !== null && 'days' in value && 'totals' in value;
}
