import type { Day } from '../api.ts';
import type { TwilioDay } from '../twilio/twilio-shapes.ts';

/** What is known of the days that details leave open. */
export interface SettleDaysInput {
  unaccounted: Day[];
  /** What is left of Twilio's counts, by status. */
  unattributed: ReadonlyMap<string, number>;
  /** The whole Days list. */
  listed: Pick<TwilioDay, 'day' | 'friendlyName'>[];
  /** The name of our job. */
  friendlyName: string;
}

/** What follows. */
export interface SettledDays {
  settled: Map<Day, string>;
  /** Days that a request for the Day itself may settle: nobody else's file lies there. */
  ask: Day[];
}

/**
 * Settles days of which details say nothing. A day that the Days list holds under our job's own name did not
 * fail. Of the rest, the counts may leave one status alone. Anything else is asked or stays open: a guess would
 * call a failed day empty.
 */
export function settleDays({
  unaccounted,
  unattributed,
  listed,
  friendlyName,
}: SettleDaysInput): SettledDays {
  const ours = new Set<string>();
  const others = new Set<string>();
  for (const entry of listed) {
    if (entry.day !== null) {
      (entry.friendlyName === friendlyName ? ours : others).add(entry.day);
    }
  }
  const settled = new Map<Day, string>(
    unaccounted.filter((day) => ours.has(day)).map((day) => [day, 'CompletedOrEmpty']),
  );
  const rest = unaccounted.filter((day) => !ours.has(day));
  const only = findOnlyStatus(unattributed, settled.size, rest.length);
  if (only !== null) {
    return { settled: new Map([...settled, ...rest.map((day): [Day, string] => [day, only])]), ask: [] };
  }
  return { settled, ask: rest.filter((day) => !others.has(day)) };
}

/** The one status that the days without a file can have, if the counts leave just that. */
function findOnlyStatus(
  unattributed: ReadonlyMap<string, number>,
  withFile: number,
  withoutFile: number,
): string | null {
  const count = (status: string): number => unattributed.get(status) ?? 0;
  const completed = count('Completed');
  const empty = count('CompletedEmptyRecords');
  const bad = [...unattributed].filter(
    ([status]) => status !== 'Completed' && status !== 'CompletedEmptyRecords',
  );
  const [only, ...more] = bad;
  if (only === undefined) {
    // Every completed day has its file; some of the empty ones may have one too.
    return completed <= withFile && completed + empty === withFile + withoutFile
      ? 'CompletedEmptyRecords'
      : null;
  }
  const [status, days] = only;
  const isOver = status === 'Failed' || status === 'DeletedByUserRequest';
  return isOver && more.length === 0 && days === withoutFile && completed + empty === withFile
    ? status
    : null;
}
