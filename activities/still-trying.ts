import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityFailureType, Persistence } from './api.ts';
import { createFailure } from './failures.ts';

/** When a failure is worth a word. */
export interface TellingRules {
  /** See `ActivitySettings.tellAfterMs`. */
  tellAfterMs: number;
  /** Whether failures that come again and again are told of. Default true: false for what is retried by its nature. */
  tellsRepeated?: boolean;
}

/**
 * Runs an activity; what keeps it from its end for long, the workflow is told once, by a failure `StillTrying` upon
 * which it calls the activity again. A failure that is only retried is known to nobody but the engine, and the card would
 * say that all is well.
 */
export async function tellWhileTrying<Result>(
  { toldOf }: Persistence,
  rules: TellingRules,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (toldOf === undefined || !(error instanceof ApplicationFailure) || !isRetriedTrouble(error))
      throw error;
    if (error.type === toldOf || !isWorthAWord(error, rules)) throw error;
    throw createFailure('StillTrying', { message: error.message, details: [error.type] });
  }
}

function isRetriedTrouble({ nonRetryable, category }: ApplicationFailure): boolean {
  return !nonRetryable && category !== ApplicationFailureCategory.BENIGN;
}

/** Only a person can mend these. */
const FOR_A_PERSON: readonly unknown[] = [
  'AuthenticationRejected',
  'StorageRejected',
] satisfies ActivityFailureType[];

/** A first failure passes mostly by itself, and a second one may be its echo. */
const REPEATED_ATTEMPTS = 3;

function isWorthAWord(
  { type, nextRetryDelay }: ApplicationFailure,
  { tellAfterMs, tellsRepeated = true }: TellingRules,
): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
  if (FOR_A_PERSON.includes(type) || Number(nextRetryDelay ?? 0) >= tellAfterMs) return true;
  // Both by the engine's clock.
  const forMs = currentAttemptScheduledTimestampMs - scheduledTimestampMs;
  return tellsRepeated && attempt >= REPEATED_ATTEMPTS && forMs >= tellAfterMs;
}
