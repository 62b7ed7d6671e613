import type { Day, DayRange } from './api.ts';

const DAY_MS = 86_400_000;

/** Whether the text is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const startMs = Date.parse(`${text}T00:00:00Z`);
  // The 31st of a short month is rolled over by the parser, not refused.
  return !Number.isNaN(startMs) && toDay(startMs) === text;
}

/** All days from the first to the last, both included; none where the first lies after the last. */
export function daysBetween(startDay: Day, endDay: Day): Day[] {
  const days: Day[] = [];
  const endMs = Date.parse(`${endDay}T00:00:00Z`);
  for (let atMs = Date.parse(`${startDay}T00:00:00Z`); atMs <= endMs; atMs += DAY_MS) {
    days.push(toDay(atMs));
  }
  return days;
}

/** The same days as the fewest ranges, in order; a day that stands there twice counts once. */
export function encodeDayRanges(days: Iterable<Day>): DayRange[] {
  const ranges: { first: Day; last: Day }[] = [];
  for (const day of [...new Set(days)].toSorted()) {
    const open = ranges.at(-1);
    if (open !== undefined && nextDay(open.last) === day) {
      open.last = day;
    } else {
      ranges.push({ first: day, last: day });
    }
  }
  return ranges.map(({ first, last }) => (first === last ? first : `${first}..${last}`));
}

/** The days of ranges, in the order of the ranges. */
export function decodeDayRanges(ranges: DayRange[]): Day[] {
  return ranges.flatMap((range) => {
    const [first = '', last = first] = range.split('..');
    return daysBetween(first, last);
  });
}

/** In words: one day alone, or `first..last`. */
export function describeDays(startDay: Day, endDay: Day): string {
  return startDay === endDay ? startDay : `${startDay}..${endDay}`;
}

function nextDay(day: Day): Day {
  return toDay(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
}

function toDay(atMs: number): Day {
  return new Date(atMs).toISOString().slice(0, 10);
}
