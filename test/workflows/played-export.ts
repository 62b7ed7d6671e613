/** An export that a test plays by hand, without an engine: its time, its days, and what looks at its jobs show. */
import type { JobPicture } from '../../activities/api.ts';
import { addDays, fewestRanges, formatRange } from '../../workflows/calendar.ts';
import { parseExportJobInput } from '../../workflows/input.ts';

/** When it begins. */
export const NOW = '2026-06-01T00:00:00.000Z';

/** Its first day. */
export const START = '2025-01-01';

/** So many minutes after {@link NOW}. */
export function later(minutes: number): string {
  return new Date(Date.parse(NOW) + minutes * 60_000).toISOString();
}

/** A request for so many days from {@link START}, none of them to be reused, with what a test wants otherwise. */
export function requestOf(count: number, otherwise: Record<string, unknown> = {}) {
  return parseExportJobInput(
    {
      resourceType: 'Calls',
      startDay: START,
      endDay: addDays(START, count - 1),
      reuse: 'never',
      ...otherwise,
    },
    Date.parse(NOW),
  );
}

/** The picture of a job that lives, by its days of each status, with what a test wants otherwise. */
export function pictureOf(
  days: Readonly<Record<string, readonly string[]>>,
  otherwise: Partial<JobPicture> = {},
): JobPicture {
  const told = Object.entries(days);
  return {
    asOf: NOW,
    days: Object.fromEntries(told.map(([status, ofIt]) => [status, fewestRanges(ofIt).map(formatRange)])),
    byStatus: Object.fromEntries(told.map(([status, ofIt]) => [status, ofIt.length])),
    over: false,
    gone: false,
    jobQueuePosition: null,
    estimatedCompletionTime: null,
    problems: [],
    ...otherwise,
  };
}

/** The days of each status, by the status of each day. */
export function daysByStatus(
  statuses: Iterable<readonly [day: string, status: string]>,
): Record<string, string[]> {
  const days: Record<string, string[]> = {};
  for (const [day, status] of statuses) (days[status] ??= []).push(day);
  return days;
}
