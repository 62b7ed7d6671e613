import type { ActivityScope } from '../activity-scope.ts';

/**
 * What an attempt that found no file says in its last heartbeat. Only the very next attempt may believe it: with
 * anything else in between it is not known whether the file was missing all the time. A lost heartbeat costs
 * another wait and nothing else.
 */
interface AbsentDay {
  /** By Twilio's clock, in milliseconds since 1970. */
  absentSinceMs: number;
  /** The attempt that says so. */
  attempt: number;
}

/** Since when the attempts before this one have found no file, without a break; null where they have not. */
export function readAbsentSince({ context, attempt }: ActivityScope): number | null {
  const { heartbeatDetails } = context.info;
  const said: Partial<AbsentDay> | null | undefined = heartbeatDetails;
  return said?.attempt === attempt - 1 && typeof said.absentSinceMs === 'number' ? said.absentSinceMs : null;
}

/** Leaves word for the next attempt. */
export function sayAbsentSince({ attempt, say }: ActivityScope, absentSinceMs: number): void {
  const said: AbsentDay = { absentSinceMs, attempt };
  say(said);
}
