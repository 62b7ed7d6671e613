import { DAY_MS } from './duration.ts';

/** Whether this is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const atMs = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 2026-02-30 for the 2nd of March in some engines: only the way back proves the day.
  return !Number.isNaN(atMs) && dayAt(atMs) === text;
}

/** The UTC day of an instant. */
export function dayAt(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The UTC day so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return dayAt(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** How many days from the first to the last, both included; below 1 when they are the wrong way round. */
export function countDays(startDay: string, endDay: string): number {
  return Math.round((Date.parse(endDay) - Date.parse(startDay)) / DAY_MS) + 1;
}

/** Every day from the first to the last, both included. */
export function listDays(startDay: string, endDay: string): string[] {
  return Array.from({ length: Math.max(0, countDays(startDay, endDay)) }, (_, index) =>
    addDays(startDay, index),
  );
}

/** The ends of `YYYY-MM-DD` or `YYYY-MM-DD..YYYY-MM-DD`, or null where it is neither. */
export function parseDays(text: string): { first: string; last: string } | null {
  const [first = '', last = first, ...rest] = text.split('..');
  return rest.length === 0 && isDay(first) && isDay(last) && first <= last ? { first, last } : null;
}

/** Whether a range that the script's check has passed holds the day; no range holds every day. */
export function daysInclude(range: string | undefined, day: string): boolean {
  if (range === undefined) {
    return true;
  }
  const ends = parseDays(range);
  return ends !== null && ends.first <= day && day <= ends.last;
}
