import { CompleteAsyncError, Context } from '@temporalio/activity';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  msToNumber,
  TemporalFailure,
} from '@temporalio/common';
import { attemptOf, beat, recordOf } from './attempt-record.ts';
import type { FailingStreak, NextAttempt, Persistence } from './api.ts';
import { createFailure, troubleOf } from './failures.ts';
import { redactText } from './redact.ts';

/** When a failure is worth a word. */
export interface TellingRules {
  /** See `ActivitySettings.tellAfterMs`. */
  tellAfterMs: number;
}

/**
 * Runs an activity; what keeps it from its end for long, the workflow is told once, by a failure `StillTrying` upon
 * which it calls the activity again. A failure that is only retried is known to nobody but the engine, and the card would
 * say that all is well. The activity that is called then is as good as the next attempt: it waits as long, counts on, and
 * knows the last word of the attempt before.
 */
export async function tellWhileTrying<Result>(
  { toldOf, goesOn }: Persistence,
  rules: TellingRules,
  attempt: () => Promise<Result>,
): Promise<Result> {
  if (toldOf === undefined) {
    return await attempt();
  }
  const context = Context.current();
  const record = recordOf(context);
  record.attemptsBefore = goesOn?.attemptsBefore ?? 0;
  if (goesOn !== undefined && isVeryFirst(context)) {
    record.word = goesOn.word;
    record.failing = { ...goesOn.failing, told: true };
    beat(context);
    throw inWords(goesOn, goesOn.waitMs);
  }
  record.failing = readStreak(context);
  const startMs = performance.now();
  try {
    return await attempt();
  } catch (error) {
    const failure = readTrouble(error);
    if (failure === null) {
      if (isBenign(error) && record.failing !== null) {
        record.failing = null;
        beat(context);
      }
      throw error;
    }
    const { trouble } = troubleOf(failure);
    const told = toldOf?.includes(trouble) ?? false;
    record.failing = { ...countFailure(context, record.failing, performance.now() - startMs), told };
    beat(context);
    const waitMs = msToNumber(failure.nextRetryDelay ?? backOffMs(context));
    const isKnown = told || Number(toldOf?.length) >= MAXIMUM_TOLD;
    if (isKnown || !isWorthAWord(context, { failure, failing: record.failing, rules })) {
      throw goesOn !== undefined && failure.nextRetryDelay === undefined ? inWords(failure, waitMs) : error;
    }
    const next: NextAttempt = {
      type: failure.type ?? failure.name,
      waitMs,
      attemptsBefore: attemptOf(context) - 1,
      failing: record.failing,
      word: record.word,
    };
    throw createFailure('StillTrying', { message: failure.message, details: [trouble, next] });
  }
}

/** A reset of the activity, as the Web UI and the CLI offer it, counts from 1 again: whoever does that will not wait. */
function isVeryFirst(context: Context): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = context.info;
  return attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs;
}

/** What is retried though it should work: an error that nobody foresaw, too. */
function readTrouble(error: unknown): ApplicationFailure | null {
  if (error instanceof ApplicationFailure) {
    return error.nonRetryable || isBenign(error) ? null : error;
  }
  if (!(error instanceof Error) || error instanceof TemporalFailure || error instanceof CompleteAsyncError) {
    return null;
  }
  const message = `The activity failed with an error that it does not know [${error.name}]: ${redactText(error.message)}`;
  return inWords({ type: error.name, message });
}

function isBenign(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
}

/** Such a failure, whether or not it is one of the catalogue. */
function inWords(
  {
    type,
    message,
    details,
  }: { type?: ApplicationFailure['type']; message: string; details?: ApplicationFailure['details'] },
  nextRetryDelay?: number,
): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type: type ?? undefined,
    message,
    details: details ?? [],
    nextRetryDelay,
  });
  failure.stack = '';
  return failure;
}

function readStreak(context: Context): FailingStreak | null {
  const said: { failing?: FailingStreak } | null | undefined = context.info.heartbeatDetails;
  return said?.failing ?? null;
}

/** How long the attempt took is known by this worker's clock alone. */
function countFailure(context: Context, before: FailingStreak | null, tookMs: number): FailingStreak {
  const failedAtMs = context.info.currentAttemptScheduledTimestampMs + Math.round(tookMs);
  return { since: before?.since ?? new Date(failedAtMs).toISOString(), times: (before?.times ?? 0) + 1 };
}

/** As the engine would wait, which knows nothing of the attempts of an activity before. */
function backOffMs(context: Context): number {
  const {
    initialInterval = '1 second',
    backoffCoefficient = 2,
    maximumInterval,
  } = context.info.retryPolicy ?? {};
  const firstMs = msToNumber(initialInterval);
  const longestMs = maximumInterval === undefined ? 100 * firstMs : msToNumber(maximumInterval);
  return Math.min(longestMs, firstMs * backoffCoefficient ** (attemptOf(context) - 1));
}

/** More kinds of trouble than these are too many to be told of one by one. */
const MAXIMUM_TOLD = 10;

/** A first failure passes mostly by itself, and a second one may be its echo. */
const REPEATED_ATTEMPTS = 3;

function isWorthAWord(
  context: Context,
  { failure, failing, rules }: { failure: ApplicationFailure; failing: FailingStreak; rules: TellingRules },
): boolean {
  if (troubleOf(failure).isForAPerson || msToNumber(failure.nextRetryDelay ?? 0) >= rules.tellAfterMs) {
    return true;
  }
  // Both by the engine's clock.
  const forMs = context.info.currentAttemptScheduledTimestampMs - Date.parse(failing.since);
  return failing.times >= REPEATED_ATTEMPTS && forMs >= rules.tellAfterMs;
}
