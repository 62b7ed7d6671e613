import type { Context } from '@temporalio/activity';
import type { FailingStreak } from './api.ts';

/** What is known of the attempt that runs, beside what the engine tells of it. */
export interface AttemptRecord {
  /** How many attempts the activities before this one had, which it goes on from; see `Persistence.goesOn`. */
  attemptsBefore: number;
  /** Of the attempts before, without a break; null where the last of them was no trouble. */
  failing: FailingStreak | null;
  /** What the next heartbeats say. */
  word: unknown;
}

const recordByContext = new WeakMap<Context, AttemptRecord>();

/** The record of this attempt; empty at first. */
export function recordOf(context: Context): AttemptRecord {
  const known = recordByContext.get(context);
  if (known !== undefined) {
    return known;
  }
  const record: AttemptRecord = { attemptsBefore: 0, failing: null, word: undefined };
  recordByContext.set(context, record);
  return record;
}

/** Which attempt this is, counted over the activities that it goes on from. */
export function attemptOf(context: Context): number {
  return context.info.attempt + recordOf(context).attemptsBefore;
}

/** Beats with the word and the streak: the streak outlives attempts that end without a word of their own. */
export function beat(context: Context): void {
  const { word, failing } = recordOf(context);
  context.heartbeat(failing === null ? word : { ...(word as object | null | undefined), failing });
}
