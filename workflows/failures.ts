/** The failures of the workflow, and how it reads those of its activities: by type, never by message. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { ActivityFailureType } from '../activities/api.ts';
import type { ExportFailure, ExportFailureType } from './api.ts';

/** A failure with which the workflow ends: no retry policy of a caller repeats it. */
export function exportFailure<Type extends ExportFailureType>(
  type: Type,
  message: string,
  ...details: Extract<ExportFailure, { type: Type }>['details']
): ApplicationFailure {
  return ApplicationFailure.create({ type, message, details, nonRetryable: true });
}

/** What an activity itself threw, out of the engine's wrapping; undefined for cancellations and time-outs. */
export function applicationFailureOf(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? cause : undefined;
}

/** Whether an activity threw this. */
export function isFailureOfType(error: unknown, type: ActivityFailureType): boolean {
  return applicationFailureOf(error)?.type === type;
}

/**
 * Whether the engine gave an activity up though it may be tried again: its next attempt would come after the run timeout
 * or the execution timeout with which the workflow was started. Where looks are far apart, that is long before the end.
 */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof ActivityFailure && error.retryState === 'TIMEOUT';
}

/** A record of a day is small: so much of a message is kept in it, Twilio's words and request id included. */
const MAXIMUM_PROBLEM_CHARACTERS = 600;

/** The message of a failure, short enough for a day's record. */
export function problemOf(error: unknown): string {
  const message = applicationFailureOf(error)?.message ?? String(error);
  return message.length > MAXIMUM_PROBLEM_CHARACTERS
    ? `${message.slice(0, MAXIMUM_PROBLEM_CHARACTERS)}…`
    : message;
}
