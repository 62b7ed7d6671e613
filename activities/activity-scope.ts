import { Context } from '@temporalio/activity';
import { attemptOf, beat, recordOf } from './attempt-record.ts';

/** What runs within a scope. */
export interface ActivityScope {
  context: Context;
  /** Counted over the activities that this one goes on from; `context.info.attempt` is its own count. */
  attempt: number;
  /** Ends waits and requests when the activity is cancelled. */
  signal: AbortSignal;
  /** What the next heartbeats say: small, plain JSON, never a link. */
  tell: (details: unknown) => void;
  /** Says it at once, and in the next heartbeats. */
  say: (details: unknown) => void;
}

/**
 * Runs the body of an activity with heartbeats on a timer of their own, whatever the body does, until it
 * returns: a beat that stops before the last piece of work lets the engine repeat finished work. A cancelled
 * activity ends as cancelled, whichever error the cancellation looked like further down.
 */
export async function withHeartbeats<Result>(
  heartbeatMs: number,
  run: (scope: ActivityScope) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const signal = context.cancellationSignal;
  const timeoutMs = context.info.heartbeatTimeoutMs;
  const intervalMs = timeoutMs === undefined ? heartbeatMs : Math.min(heartbeatMs, timeoutMs / 3);
  const timer = setInterval(() => beat(context), intervalMs);
  const tell = (next: unknown): void => {
    recordOf(context).word = next;
  };
  const say = (next: unknown): void => {
    tell(next);
    beat(context);
  };
  try {
    return await run({ context, attempt: attemptOf(context), signal, tell, say });
  } catch (error) {
    if (signal.aborted) {
      await context.cancelled;
    }
    throw error;
  } finally {
    clearInterval(timer);
  }
}
