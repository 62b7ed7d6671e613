import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityFailureType } from './api.ts';

/**
 * The one catalogue. `final`: the engine never retries it. `retried`: it does, by the activity's policy or after
 * the delay that the failure brings. `benign`: retried, and no sign of trouble: neither a warning nor a count.
 * Any of them is final where {@link FailureOptions.final} says so.
 */
const catalogue: Record<ActivityFailureType, 'final' | 'retried' | 'benign'> = {
  InvalidInput: 'final',
  ExportRejected: 'final',
  QuotaExhausted: 'final',
  DayFileCorrupt: 'final',
  StillTrying: 'final',
  // Final at the create alone, where nothing has worked yet; see FailureOptions.final.
  AuthenticationRejected: 'retried',
  StorageRejected: 'retried',
  RateLimited: 'retried',
  TwilioUnavailable: 'retried',
  DownloadStalled: 'retried',
  LinkRejected: 'retried',
  StorageUnavailable: 'retried',
  JobUnchanged: 'benign',
  JobsNamed: 'benign',
  DownloadSlotsBusy: 'benign',
  // Final once it has lasted: at first a file may be just about to appear.
  DayNotAvailable: 'benign',
};

/** Above this a message is cut: failures over about 3.5 kB lose their type and details in the engine. */
const MESSAGE_LIMIT_BYTES = 1_000;
const CAUSE_LIMIT_BYTES = 200;

/** What a failure says beside its type. */
export interface FailureOptions {
  /** What was being done, to what [ids], what was expected, what came, what the reader can do. */
  message: string;
  /** Until the next attempt, at least a millisecond; without it the activity's retry policy decides. */
  nextRetryDelayMs?: number;
  /** Plain JSON. */
  details?: unknown[];
  /** Kept by its message alone. It has to be free of secrets already. */
  cause?: Error;
  /** Never retried, though its type mostly is. */
  final?: boolean;
  /** Whether only a person can mend it, where its type alone does not say so. */
  forAPerson?: boolean;
}

/** Only a person can mend these. */
const FOR_A_PERSON: readonly ActivityFailureType[] = ['AuthenticationRejected', 'StorageRejected'];

/** The others that only a person can mend: nothing in them says so to whom they are sent. */
const othersForAPerson = new WeakSet<ApplicationFailure>();

/** Which trouble a failure is: of one type those that pass by themselves and those that do not are two. */
export function troubleOf(failure: ApplicationFailure): { trouble: string; isForAPerson: boolean } {
  const type = failure.type ?? failure.name;
  const isOther = othersForAPerson.has(failure);
  return {
    trouble: isOther ? `${type} for a person` : type,
    isForAPerson: isOther || (FOR_A_PERSON as readonly string[]).includes(type),
  };
}

/** Makes a failure of the catalogue. It stays under 2 kB: the stack, which says nothing of use, is left out. */
export function createFailure(type: ActivityFailureType, options: FailureOptions): ApplicationFailure {
  const kind = options.final === true ? 'final' : catalogue[type];
  const failure = ApplicationFailure.create({
    type,
    message: clip(options.message, MESSAGE_LIMIT_BYTES),
    nonRetryable: kind === 'final',
    details: options.details,
    nextRetryDelay:
      options.nextRetryDelayMs === undefined
        ? undefined
        : Math.max(SHORTEST_DELAY_MS, Math.ceil(options.nextRetryDelayMs)),
    category: kind === 'benign' ? ApplicationFailureCategory.BENIGN : undefined,
    cause: options.cause === undefined ? undefined : withoutStack(options.cause),
  });
  failure.stack = '';
  if (options.forAPerson === true && !(FOR_A_PERSON as readonly string[]).includes(type)) {
    othersForAPerson.add(failure);
  }
  return failure;
}

/** The engine takes a delay of 0 for one that is too late, and retries no more. */
const SHORTEST_DELAY_MS = 1;

function withoutStack(cause: Error): Error {
  const rest = new Error(clip(cause.message, CAUSE_LIMIT_BYTES));
  rest.name = cause.name;
  rest.stack = '';
  return rest;
}

function clip(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text);
  // A letter that is cut in two decodes to a replacement character, which is no trouble before the ellipsis.
  return bytes.length > limitBytes ? `${bytes.subarray(0, limitBytes).toString()}…` : text;
}
