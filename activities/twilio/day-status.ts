import type { TwilioDayStatus } from '../api.ts';

const statuses: readonly TwilioDayStatus[] = [
  'Submitted',
  'Running',
  'ErrorDuringRun',
  'Completed',
  'CompletedEmptyRecords',
  'Failed',
  'RunningToBeDeleted',
  'DeletedByUserRequest',
];

const finalStatuses: ReadonlySet<string> = new Set<TwilioDayStatus>([
  'Completed',
  'CompletedEmptyRecords',
  'Failed',
  'DeletedByUserRequest',
]);

const byPlainName = new Map(statuses.map((status) => [plainName(status), status]));

const UNKNOWN_LIMIT_CHARACTERS = 40;

/** The eight statuses in the order of a day's life. */
export const twilioDayStatuses = statuses;

/** Whether Twilio will do nothing more for a day of this status. An unknown status is not final. */
export function isFinalStatus(status: string): boolean {
  return finalStatuses.has(status);
}

/** Whether the status is one of Twilio's eight. */
export function isKnownStatus(status: string): status is TwilioDayStatus {
  return byPlainName.get(plainName(status)) === status;
}

/** Twilio's spelling of a status, whatever its case; a word unknown to us is kept, clipped, as plain text. */
export function parseStatus(text: string): string {
  const known = byPlainName.get(plainName(text));
  if (known !== undefined) {
    return known;
  }
  const word = text.replaceAll(/[^A-Za-z0-9 _-]/g, '').slice(0, UNKNOWN_LIMIT_CHARACTERS);
  // Ours are never taken from the wire: they would claim what nobody has checked.
  return word === '' || word === 'Unaccounted' || word === 'CompletedOrEmpty'
    ? `Unknown ${word}`.trim()
    : word;
}

function plainName(status: string): string {
  return status.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}
