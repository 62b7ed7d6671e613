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

/** What a picture says where Twilio says nothing: see `PictureStatus`. */
const ourStatuses: ReadonlySet<string> = new Set(['CompletedOrEmpty', 'Unaccounted']);

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

/** Whether a status of a picture is neither Twilio's, as far as is known, nor one of our own. */
export function isUnknownStatus(status: string): boolean {
  return !isKnownStatus(status) && !ourStatuses.has(status);
}

/** Twilio's spelling of a status, whatever its case; a word unknown to us is kept, clipped, as plain text. */
export function parseStatus(text: string): string {
  const known = byPlainName.get(plainName(text));
  if (known !== undefined) {
    return known;
  }
  const word = text.replaceAll(/[^A-Za-z0-9 _-]/g, '').slice(0, UNKNOWN_LIMIT_CHARACTERS);
  // Ours are never taken from the wire: they would claim what nobody has checked.
  return word === '' || ourStatuses.has(word) ? `Unknown ${word}`.trim() : word;
}

function plainName(status: string): string {
  return status.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}
