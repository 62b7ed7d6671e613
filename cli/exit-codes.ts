import { ExportError } from '../client/index.ts';

/** With what the command line ends, and what each number means. The help shows this table. */
export const exitCodes = {
  success: { code: 0, meaning: 'done as asked; for an export: complete' },
  failure: { code: 1, meaning: 'failed for any other reason' },
  usage: {
    code: 2,
    meaning: 'mistyped or invalid input, or another export of this id is in the way: nothing was started',
  },
  incomplete: { code: 3, meaning: 'the export ended, and days are missing' },
  cancelled: { code: 4, meaning: 'the export was cancelled' },
  rejected: { code: 5, meaning: 'refused: by Twilio, its credentials, or the destination' },
  timedOut: { code: 6, meaning: 'the export took longer than its timeout' },
  unreachable: { code: 7, meaning: 'Temporal can not be reached' },
  notFound: { code: 8, meaning: 'there is no such export' },
  interrupted: { code: 130, meaning: 'Ctrl-C: an export that runs goes on without you' },
} as const;

/** Why the command line ended. */
export type ExitReason = keyof typeof exitCodes;

/** A failure whose message says it all: it is shown as one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** Why the command line ends where `error` was thrown. */
export function exitReasonOf(error: unknown): ExitReason {
  if (error instanceof CommandError) return error.reason;
  if (!(error instanceof ExportError)) return 'failure';
  switch (error.type) {
    case 'InvalidInput':
    case 'ExportConflict':
      return 'usage';
    case 'ExportIncomplete':
      return 'incomplete';
    case 'ExportCancelled':
      return 'cancelled';
    case 'ExportRejected':
    case 'AuthenticationRejected':
    case 'StorageRejected':
      return 'rejected';
    case 'ExportTimedOut':
      return 'timedOut';
    case 'ExportNotFound':
      return 'notFound';
    case 'ExportEnded':
    case 'ExportTerminated':
    case 'ExportFailed':
      return 'failure';
  }
}
