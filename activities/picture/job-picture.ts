import type { Day, DayRange, Instant, JobPicture, PictureProblem } from '../api.ts';
import { daysBetween, decodeDayRanges, encodeDayRanges } from '../day-range.ts';
import { isFinalStatus, isUnknownStatus } from '../twilio/day-status.ts';
import type { DayAccount } from './read-details.ts';

/** What a picture is drawn from. */
export interface DrawPictureInput {
  atMs: number;
  sayingSince: Instant;
  startDay: Day;
  endDay: Day;
  /** Days that it does not hold are unaccounted for. */
  statusOf: ReadonlyMap<Day, string>;
  byStatus: ReadonlyMap<string, number>;
  over: boolean;
  gone: boolean;
  jobQueuePosition: string | null;
  estimatedCompletionTime: string | null;
}

/** Draws the picture: every day of the job once. */
export function drawPicture(input: DrawPictureInput): JobPicture {
  const daysOf = new Map<string, Day[]>();
  for (const day of daysBetween(input.startDay, input.endDay)) {
    const status = input.statusOf.get(day) ?? 'Unaccounted';
    daysOf.set(status, [...(daysOf.get(status) ?? []), day]);
  }
  return {
    asOf: new Date(input.atMs).toISOString(),
    sayingSince: input.sayingSince,
    days: toRecord(daysOf, encodeDayRanges),
    byStatus: toRecord(input.byStatus, (count) => count),
    over: input.over,
    gone: input.gone,
    jobQueuePosition: input.jobQueuePosition,
    estimatedCompletionTime: input.estimatedCompletionTime,
    problems: findUnknownStatuses([...daysOf.keys(), ...input.byStatus.keys()]),
  };
}

/** The status of each day in a picture. */
export function readPicture(picture: JobPicture): Map<Day, string> {
  return new Map(
    Object.entries(picture.days).flatMap(([status, ranges]) =>
      decodeDayRanges(ranges).map((day): [Day, string] => [day, status]),
    ),
  );
}

/** The days whose status can not change any more, with it. */
export function readFinalDays(picture: JobPicture): Map<Day, string> {
  return new Map(
    [...readPicture(picture)].filter(([, status]) => isFinalStatus(status) || status === 'CompletedOrEmpty'),
  );
}

/** Whether details say of the days what a picture says already. What they leave out is no news. */
export function saysTheSame(
  picture: JobPicture,
  { statusOf, byStatus }: Pick<DayAccount, 'statusOf' | 'byStatus'>,
): boolean {
  const before = readPicture(picture);
  return (
    [...statusOf].every(([day, status]) => before.get(day) === status) &&
    JSON.stringify(sortEntries(picture.byStatus)) ===
      JSON.stringify(sortEntries(Object.fromEntries(byStatus)))
  );
}

/**
 * Whether a picture says anything that the other does not: another status of a day, other counts, an end, a
 * problem that began or went. Queue position and estimate are hints, and no change.
 */
export function isChanged(before: JobPicture, after: JobPicture): boolean {
  return fingerprint(before) !== fingerprint(after);
}

function fingerprint({ days, byStatus, over, gone, problems }: JobPicture): string {
  const types = problems.map(({ type }) => type).toSorted();
  return JSON.stringify([sortEntries(days), sortEntries(byStatus), over, gone, types]);
}

function sortEntries(record: Record<string, number | DayRange[]>): [string, unknown][] {
  return Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function findUnknownStatuses(statuses: string[]): PictureProblem[] {
  const unknown = [...new Set(statuses)].filter(isUnknownStatus);
  if (unknown.length === 0) {
    return [];
  }
  const words = unknown.map((status) => JSON.stringify(status)).join(', ');
  return [
    {
      type: 'UnknownStatus',
      problem:
        `Twilio reports a status that this version does not know (${words}). It counts as not final and is asked ` +
        `again at the maximum interval. See whether a newer version knows it.`,
    },
  ];
}

/** Own properties whatever the keys are called. */
function toRecord<Value, Result>(
  map: ReadonlyMap<string, Value>,
  convert: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries([...map].map(([key, value]) => [key, convert(value)]));
}
