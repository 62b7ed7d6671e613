/** The parts of an answer that tell a spent quota from any other refusal. */
export interface RefusedCreate {
  status: number;
  /** Twilio's own words. */
  message: string;
}

/**
 * Whether a create was refused because the 366 requested days of this UTC day are spent. Status and code of that
 * refusal are not public, so it is known by its words: a number of days a day, a daily limit, or a quota.
 */
export function isQuotaRejection({ status, message }: RefusedCreate): boolean {
  if (status < 400 || status >= 500 || status === 401 || status === 404) {
    return false;
  }
  return /quota|\b366\b|\bper (?:UTC |calendar )?day\b|\bnext (?:UTC |calendar )?day\b|\bdaily (?:limit|maximum)\b/i.test(
    message,
  );
}
