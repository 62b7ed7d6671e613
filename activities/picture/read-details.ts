import type { Day } from '../api.ts';
import { daysBetween, isDay } from '../day-range.ts';
import { isFinalStatus, isKnownStatus } from '../twilio/day-status.ts';
import type { StatusEntry } from '../twilio/twilio-shapes.ts';

/** What details say of the days of a job, with what they leave open. */
export interface DayAccount {
  /** The days that are accounted for. */
  statusOf: Map<Day, string>;
  /** The days of which nothing is said, in order. */
  unaccounted: Day[];
  /** Twilio's counts, or the number of days named where it counts none. */
  byStatus: Map<string, number>;
  /** What is left of each count once the days that its entry names are taken off; none is 0. */
  unattributed: Map<string, number>;
  /** Whether the counts of final statuses add up to all days, and no day is named that is not final. */
  countsAddUp: boolean;
}

/** More different words than these are no statuses; the rest is counted as one. */
const STATUSES_LIMIT = 16;
const OTHER_STATUSES = 'OtherStatuses';

/**
 * Accounts for every day of a job from its details, in whatever form they came. Days that are none, or not of
 * this job, are passed over; of a day that is named twice, the final status counts, else the later.
 */
export function readDetails(details: StatusEntry[], startDay: Day, endDay: Day): DayAccount {
  const days = daysBetween(startDay, endDay);
  const own = new Set(days);
  const statusOf = new Map<Day, string>();
  const byStatus = new Map<string, number>();
  const unattributed = new Map<string, number>();

  for (const entry of details) {
    const status =
      isKnownStatus(entry.status) || byStatus.has(entry.status) || byStatus.size < STATUSES_LIMIT
        ? entry.status
        : OTHER_STATUSES;
    const named = new Set((entry.days ?? []).filter(isDay));
    const count = entry.count ?? named.size;
    add(byStatus, status, count);
    add(unattributed, status, count - named.size);
    for (const day of named) {
      const before = statusOf.get(day);
      if (own.has(day) && (before === undefined || isFinalStatus(status) || !isFinalStatus(before))) {
        statusOf.set(day, status);
      }
    }
  }

  attributeRest(days, statusOf, unattributed);
  return {
    statusOf,
    unaccounted: days.filter((day) => !statusOf.has(day)),
    byStatus,
    unattributed,
    countsAddUp: addsUp(days, statusOf, byStatus),
  };
}

/** One status with as many days unnamed as there are: they are those. */
function attributeRest(days: Day[], statusOf: Map<Day, string>, unattributed: Map<string, number>): void {
  const unnamed = days.filter((day) => !statusOf.has(day));
  const [only, ...others] = unattributed;
  if (only !== undefined && others.length === 0 && only[1] === unnamed.length) {
    for (const day of unnamed) {
      statusOf.set(day, only[0]);
    }
    unattributed.clear();
  }
}

function addsUp(days: Day[], statusOf: Map<Day, string>, byStatus: Map<string, number>): boolean {
  const finalCount = [...byStatus].reduce(
    (sum, [status, count]) => sum + (isFinalStatus(status) ? count : 0),
    0,
  );
  const named = [...statusOf.values()];
  const finalNamed = named.filter(isFinalStatus).length;
  return Math.max(finalCount, finalNamed) >= days.length && finalNamed === named.length;
}

function add(counts: Map<string, number>, status: string, count: number): void {
  const sum = (counts.get(status) ?? 0) + Math.max(0, count);
  if (sum > 0) {
    counts.set(status, sum);
  }
}
