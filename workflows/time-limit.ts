/** Which time of an export ends first: its own, or the engine's for its workflow. Pure. */
import type { WorkflowInfo } from '@temporalio/workflow';
import type { Instant } from '../activities/api.ts';

/** When the work of an export has to end, and by whose time. */
export interface TimeLimit {
  kind: 'timeout' | 'engineTimeout';
  endsAt: Instant;
}

/** Kept for the clean-up and the manifest, which together take no longer. */
const RESERVED_FOR_CLEAN_UP_MS = 3_600_000;

/** Of a short time the engine gives, so much is left to the clean-up. */
const CLEAN_UP_SHARE = 0.1;

/**
 * The engine ends a run without a word and without clean-up when its own time is over. So the work ends before that,
 * early enough for the clean-up.
 */
export function timeLimitOf(
  timeoutEndsAt: Instant,
  {
    runStartTime,
    runTimeoutMs,
    executionExpirationTime,
  }: Pick<WorkflowInfo, 'runStartTime' | 'runTimeoutMs' | 'executionExpirationTime'>,
): TimeLimit {
  const startMs = runStartTime.getTime();
  const endMs = Math.min(
    runTimeoutMs ? startMs + runTimeoutMs : Infinity,
    executionExpirationTime?.getTime() ?? Infinity,
  );
  const workEndMs = endMs - Math.min(RESERVED_FOR_CLEAN_UP_MS, (endMs - startMs) * CLEAN_UP_SHARE);
  if (endMs === Infinity || workEndMs >= Date.parse(timeoutEndsAt))
    return { kind: 'timeout', endsAt: timeoutEndsAt };
  return { kind: 'engineTimeout', endsAt: new Date(workEndMs).toISOString() };
}
