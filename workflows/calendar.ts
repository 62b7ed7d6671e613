/** UTC days as `YYYY-MM-DD` strings: they compare as text and never meet a time zone. */
import type { Day, DayRange } from '../activities/api.ts';

/** A day in milliseconds. UTC days have no leap seconds here, as in Twilio's API. */
export const DAY_MS = 86_400_000;

/** Whether `text` is `YYYY-MM-DD` and such a day exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && dayOf(at) === text;
}

/** The UTC day of an instant in milliseconds since 1970. */
export function dayOf(atMs: number): Day {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The day `count` days later; earlier where `count` is negative. */
export function addDays(day: Day, count: number): Day {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS);
}

/** How many days from `startDay` to `endDay`, both included; 0 or less where `endDay` comes first. */
export function countDays(startDay: Day, endDay: Day): number {
  return (Date.parse(`${endDay}T00:00:00Z`) - Date.parse(`${startDay}T00:00:00Z`)) / DAY_MS + 1;
}

/** Every day from `startDay` to `endDay`, both included. */
export function daysBetween(startDay: Day, endDay: Day): Day[] {
  return Array.from({ length: countDays(startDay, endDay) }, (_, index) => addDays(startDay, index));
}

/** A contiguous range of days, both ends included. */
export interface Range {
  startDay: Day;
  endDay: Day;
}

/** The fewest contiguous ranges that cover exactly these days. `days` may be in any order. */
export function fewestRanges(days: readonly Day[]): Range[] {
  const ranges: Range[] = [];
  for (const day of [...new Set(days)].toSorted()) {
    const last = ranges.at(-1);
    if (last && addDays(last.endDay, 1) === day) last.endDay = day;
    else ranges.push({ startDay: day, endDay: day });
  }
  return ranges;
}

/** `2026-10-03` or `2026-10-03..2026-10-05`. */
export function formatRange({ startDay, endDay }: Range): DayRange {
  return startDay === endDay ? startDay : `${startDay}..${endDay}`;
}

/** A range as {@link formatRange} writes it. */
export function parseRange(range: DayRange): Range {
  const [startDay = range, endDay = startDay] = range.split('..');
  return { startDay, endDay };
}

/** The days of ranges as {@link formatRange} writes them. */
export function daysOfRanges(ranges: readonly DayRange[]): Day[] {
  return ranges.map(parseRange).flatMap(({ startDay, endDay }) => daysBetween(startDay, endDay));
}
