import type { ApplicationFailure } from '@temporalio/common';
import { createFailure } from '../failures.ts';
import { redactText } from '../redact.ts';
import type { ActivitySettings } from '../settings.ts';

/**
 * `busy`: may work in a moment. `crowded`: no trouble, others that are on their way have taken the room and will give
 * it back. `full`: a person has to make room or mend a disk. `rejected`: a person has to change a permission or the
 * configuration.
 *
 * @example
 * ```ts
 * const kindOf = (status: number): StorageProblemKind => (status === 403 ? 'rejected' : 'busy');
 * ```
 */
export type StorageProblemKind = 'busy' | 'crowded' | 'full' | 'rejected';

/**
 * What a destination could not do.
 *
 * @example
 * ```ts
 * const { status } = await fetch('https://store.example.com/exports/', { method: 'HEAD' });
 * if (status === 403) throw new StorageProblem('rejected', 'the store refused the key', 'Renew the key of the store.');
 * if (status >= 500) throw new StorageProblem('busy', `the store answered ${status}`);
 * ```
 */
export class StorageProblem extends Error {
  readonly kind: StorageProblemKind;
  /** A sentence or two: what the reader can do. */
  readonly advice: string;

  /** `advice`: where it is left out, that of the kind. */
  constructor(kind: StorageProblemKind, message: string, advice?: string) {
    super(message);
    this.name = 'StorageProblem';
    this.kind = kind;
    this.advice = advice ?? adviceByKind[kind];
  }
}

const adviceByKind: Record<StorageProblemKind, string> = {
  busy: 'It is tried again.',
  crowded: 'It waits for room.',
  full: 'Check the free space, the quota and the health of its disk; it is tried again.',
  rejected: 'Check that the folder exists, is a folder and that the worker may write there.',
};

const kindByCode: Record<string, StorageProblemKind> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  // The file, or what this user may write, has its limit.
  EFBIG: 'full',
  EIO: 'full',
  EMFILE: 'full',
  ENFILE: 'full',
  EACCES: 'rejected',
  EPERM: 'rejected',
  ENOTDIR: 'rejected',
  EROFS: 'rejected',
  EISDIR: 'rejected',
  // A file lies where the folder should be.
  EEXIST: 'rejected',
  ENAMETOOLONG: 'rejected',
};

/** Reads an error of the file system; anything else passes as it is. */
export function toStorageProblem(doing: string, error: unknown): unknown {
  if (error instanceof StorageProblem || !(error instanceof Error) || !('code' in error)) {
    return error;
  }
  const code = String(error.code);
  const reason = error.message.split(',')[0] ?? code;
  return new StorageProblem(kindByCode[code] ?? 'busy', `${doing}: ${redactText(reason)}`);
}

/** A problem with a destination as a failure of the catalogue. */
export function createStorageFailure(
  problem: StorageProblem,
  options: { doing: string; settings: ActivitySettings; final?: boolean; details?: unknown[] },
): ApplicationFailure {
  const { doing, settings, final, details } = options;
  return createFailure(problem.kind === 'rejected' ? 'StorageRejected' : 'StorageUnavailable', {
    message: `${doing}: ${problem.message}. Expected a destination that takes files. ${problem.advice}`,
    nextRetryDelayMs:
      problem.kind === 'busy' || problem.kind === 'crowded' ? undefined : settings.slowRetryMs,
    final: final === true && problem.kind === 'rejected',
    forAPerson: problem.kind === 'full' || problem.kind === 'rejected',
    details,
  });
}
