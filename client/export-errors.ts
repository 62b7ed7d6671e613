import type { ExportFailureType, ExportJobResult } from '../workflows/api.ts';

/**
 * What went wrong, to match on. The first six are the workflow's own failure types.
 *
 * @example
 * ```ts
 * const isFinal = (type: ExportErrorType) => type !== 'ExportConflict' && type !== 'ExportNotFound';
 * ```
 */
export type ExportErrorType =
  | ExportFailureType
  /** Cancelled, by the signal or by the engine. */
  | 'ExportCancelled'
  /** An export of this workflow id is in the way: it was asked for something else, or has ended and must not have. */
  | 'ExportConflict'
  /** The namespace has no export of this workflow id; a workflow of another type is none. */
  | 'ExportNotFound'
  /** The export is over and takes no signal any more. */
  | 'ExportEnded'
  /** Ended from outside without clean-up: terminated, or by a timeout of the engine. */
  | 'ExportTerminated'
  /** Any other failure of the workflow. */
  | 'ExportFailed';

/**
 * What every error of an export carries.
 *
 * @example
 * ```ts
 * const details: ExportErrorDetails = { workflowId, message: 'Told by a test.' };
 * const error = new ExportCancelledError(details);
 * ```
 */
export interface ExportErrorDetails {
  workflowId: string;
  message: string;
  /** What the export had reached, where that is known. */
  result?: ExportJobResult;
  cause?: unknown;
}

/**
 * The base of everything that the client throws about an export. Match on `type` or on the class.
 *
 * @example
 * ```ts
 * try {
 *   await handle.result();
 * } catch (error) {
 *   if (!(error instanceof ExportError)) throw error;
 *   console.error(error.type, error.workflowId, error.result?.totals);
 * }
 * ```
 */
export class ExportError extends Error {
  override readonly name: string = 'ExportError';
  readonly type: ExportErrorType;
  readonly workflowId: string;
  /** What the export had reached: every requested day with its outcome. Not known for every type. */
  readonly result?: ExportJobResult;

  constructor(type: ExportErrorType, details: ExportErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.type = type;
    this.workflowId = details.workflowId;
    if (details.result) this.result = details.result;
  }
}

/**
 * The input is not what `ExportJobInput` asks for, or names what the worker does not know.
 *
 * @example
 * ```ts
 * if (error instanceof InvalidInputError) for (const fault of error.faults) console.error(fault);
 * ```
 */
export class InvalidInputError extends ExportError {
  override readonly name = 'InvalidInputError';
  /** A sentence a fault: field, expected, got. */
  readonly faults: string[];

  constructor(details: ExportErrorDetails & { faults?: string[] }) {
    super('InvalidInput', details);
    this.faults = details.faults ?? [details.message];
  }
}

/**
 * An export of this workflow id is there already, and was asked for something else; or it has ended, and `ifFinished`
 * is `refuse`. Nothing was started.
 *
 * @example
 * ```ts
 * if (error instanceof ExportConflictError) console.error(error.differences);
 * ```
 */
export class ExportConflictError extends ExportError {
  override readonly name = 'ExportConflictError';
  /** A sentence a field that differs; empty where it is refused for having ended. */
  readonly differences: string[];

  constructor(details: ExportErrorDetails & { differences: string[] }) {
    super('ExportConflict', details);
    this.differences = details.differences;
  }
}

/**
 * Days failed for good, or were deleted by somebody else. `result` says which, and what was downloaded.
 *
 * @example
 * ```ts
 * if (error instanceof ExportIncompleteError) console.error(error.result?.days.filter((day) => day.problem));
 * ```
 */
export class ExportIncompleteError extends ExportError {
  override readonly name = 'ExportIncompleteError';

  constructor(details: ExportErrorDetails) {
    super('ExportIncomplete', details);
  }
}

/**
 * Cancelled, by the signal or by the engine. `result` is the receipt: what was downloaded before, and what became
 * of the jobs at Twilio. It is missing only where the engine cancelled and no worker answers.
 *
 * @example
 * ```ts
 * if (error instanceof ExportCancelledError) console.log(error.result?.cancelReason, error.result?.jobs);
 * ```
 */
export class ExportCancelledError extends ExportError {
  override readonly name = 'ExportCancelledError';

  constructor(details: ExportErrorDetails) {
    super('ExportCancelled', details);
  }
}

/**
 * Twilio refused to create the export job.
 *
 * @example
 * ```ts
 * if (error instanceof ExportRejectedError) console.error(error.message); // Twilio's words, code and request id
 * ```
 */
export class ExportRejectedError extends ExportError {
  override readonly name = 'ExportRejectedError';

  constructor(details: ExportErrorDetails) {
    super('ExportRejected', details);
  }
}

/**
 * Twilio does not accept the credentials of the account.
 *
 * @example
 * ```ts
 * if (error instanceof AuthenticationRejectedError) console.error('Correct the worker: ' + error.message);
 * ```
 */
export class AuthenticationRejectedError extends ExportError {
  override readonly name = 'AuthenticationRejectedError';

  constructor(details: ExportErrorDetails) {
    super('AuthenticationRejected', details);
  }
}

/**
 * The destination can not be written.
 *
 * @example
 * ```ts
 * if (error instanceof StorageRejectedError) console.error('Mend the destination: ' + error.message);
 * ```
 */
export class StorageRejectedError extends ExportError {
  override readonly name = 'StorageRejectedError';

  constructor(details: ExportErrorDetails) {
    super('StorageRejected', details);
  }
}

/**
 * The input's `timeout` passed before every day had an outcome. `result` says what was downloaded.
 *
 * @example
 * ```ts
 * if (error instanceof ExportTimedOutError) await exports.startExport(input); // reuses what was downloaded
 * ```
 */
export class ExportTimedOutError extends ExportError {
  override readonly name = 'ExportTimedOutError';

  constructor(details: ExportErrorDetails) {
    super('ExportTimedOut', details);
  }
}

/**
 * Exports were to be listed by a search attribute that the namespace does not have. `bulk-exports setup` registers it.
 *
 * @example
 * ```ts
 * if (error instanceof SearchAttributeMissingError) console.error(error.attribute);
 * ```
 */
export class SearchAttributeMissingError extends Error {
  override readonly name = 'SearchAttributeMissingError';
  readonly attribute: string;

  constructor(attribute: string, namespace: string, cause: unknown) {
    super(
      `Exports can not be listed by ${attribute}, a search attribute that is not registered [namespace ${namespace}]. ` +
        'Register it with "bulk-exports setup"; exports that start afterwards have it.',
      { cause },
    );
    this.attribute = attribute;
  }
}
