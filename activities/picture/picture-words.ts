import type { Instant } from '../api.ts';
import { twilioDayStatuses } from '../twilio/day-status.ts';

/** What is told of a job in one line. */
export interface PictureWordsInput {
  byStatus: Record<string, number>;
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
}

/** `12 Submitted, 3 Running, 15 Completed; queue position 4; estimated to be complete at 2026-10-05T01:00:00Z` */
export function describePicture({
  byStatus,
  jobQueuePosition,
  estimatedCompletionTime,
}: PictureWordsInput): string {
  const known: readonly string[] = twilioDayStatuses;
  const rank = (status: string): number => (known.includes(status) ? known.indexOf(status) : known.length);
  const counts = Object.entries(byStatus)
    .toSorted(([one], [other]) => rank(one) - rank(other))
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
  return [
    counts === '' ? 'Twilio says nothing of the days yet' : counts,
    jobQueuePosition === null ? '' : `queue position ${jobQueuePosition}`,
    estimatedCompletionTime === null
      ? ''
      : `estimated to be complete at ${estimatedCompletionTime.replace(/\.\d+Z$/, 'Z')}`,
  ]
    .filter((words) => words !== '')
    .join('; ');
}
