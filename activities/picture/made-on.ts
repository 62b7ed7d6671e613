import type { Day, DayRange, JobPicture } from '../api.ts';
import { encodeDayRanges } from '../day-range.ts';
import type { ListedFile } from '../twilio/listed-files.ts';
import { readPicture } from './job-picture.ts';

const DAY_MS = 86_400_000;

/**
 * The days that have a file now and had none in the picture before, where that picture says too little of how old
 * these files are: where there is none, or it is older than a day.
 */
export function findFilesOfUnknownAge(before: JobPicture | null, now: JobPicture): Day[] {
  if (before !== null && Date.parse(now.asOf) - Date.parse(before.asOf) <= DAY_MS) {
    return [];
  }
  const had = new Set(before === null ? [] : findFiles(before));
  return findFiles(now).filter((day) => !had.has(day));
}

/** The days by the day on which Twilio lists their files as made. */
export function groupByDayMade(days: Day[], listed: ReadonlyMap<Day, ListedFile>): Record<Day, DayRange[]> {
  const groups = new Map<Day, Day[]>();
  for (const day of days) {
    const made = listed.get(day)?.createDay ?? null;
    if (made !== null) {
      groups.set(made, [...(groups.get(made) ?? []), day]);
    }
  }
  return Object.fromEntries([...groups].map(([made, group]) => [made, encodeDayRanges(group)]));
}

function findFiles(picture: JobPicture): Day[] {
  return [...readPicture(picture)].flatMap(([day, status]) =>
    status === 'Completed' || status === 'CompletedOrEmpty' ? [day] : [],
  );
}
