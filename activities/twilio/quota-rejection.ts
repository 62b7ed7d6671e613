/**
 * The parts of an answer that tell a spent quota from any other refusal.
 *
 * @example
 * ```ts
 * const refused: RefusedCreate = { status: 400, code: 20001, message: 'Daily limit of 366 export days exceeded' };
 * ```
 */
export interface RefusedCreate {
  /** The HTTP status. */
  status: number;
  /** Twilio's own code, such as 20001; null where it gave none. */
  code: number | null;
  /** Twilio's own words, at most 200 characters of them. */
  message: string;
}

/**
 * Tells a create that was refused because the requested days of this UTC day are spent from any other refusal.
 *
 * @example
 * ```ts
 * const byWords: IsQuotaRejection = ({ status, message }) => status === 400 && /come back tomorrow/i.test(message);
 * ```
 */
export type IsQuotaRejection = (refused: RefusedCreate) => boolean;

const limitWords =
  /\b(?:limit(?:ed|s)?|maximum|exceed(?:s|ed|ing)?|only|at most|more than|remain(?:s|ing)?|left)\b/i;
const perDayWords =
  /\b(?:daily|per (?:UTC |calendar )?day|in (?:one|a single) (?:UTC |calendar )?day|until the next (?:UTC |calendar )?day|per 24 hours)\b/i;
const daysWords = /\b(?:\d+|export|requested|remaining) (?:(?:export|requested|remaining) )?days\b/i;

/**
 * Whether a create was refused because the 366 requested days of this UTC day are spent. Status and code of that
 * refusal are not public, so it is known by its words: a quota by that name or, within one sentence, a number of
 * days, a limit, and that it holds for a day. One of these alone also stands in refusals that no tomorrow mends:
 * "The range must not exceed 366 days", "Only one export per day and resource type".
 *
 * @example
 * ```ts
 * const { activities } = createActivities({
 *   accounts,
 *   destinations: { default: storage },
 *   isQuotaRejection: (refused) => /come back tomorrow/i.test(refused.message) || isQuotaRejection(refused),
 * });
 * ```
 */
export function isQuotaRejection({ status, message }: RefusedCreate): boolean {
  if (status < 400 || status >= 500 || status === 401 || status === 404) {
    return false;
  }
  return message.split(/[.;]\s/).some((sentence) => /\bquota\b/i.test(sentence) || isDailyLimit(sentence));
}

function isDailyLimit(sentence: string): boolean {
  return [limitWords, perDayWords, daysWords].every((words) => words.test(sentence));
}
