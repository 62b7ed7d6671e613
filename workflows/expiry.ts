/** When files expire that are still to be fetched: Twilio keeps each for seven days. Pure: the clock is a parameter. */
import type { Instant } from '../activities/api.ts';
import { DAY_MS } from './calendar.ts';
import type { DayRecord, Ledger } from './ledger.ts';

/** From when a file was made. */
const FILE_LIFETIME_MS = 7 * DAY_MS;

/** A file that may have less time left is a person's business. */
const NOTICE_MS = DAY_MS;

/** Orders days so that those come first whose files expire first. */
export function byExpiry({ madeAfter: one }: DayRecord, { madeAfter: other }: DayRecord): number {
  return Date.parse(one ?? BEFORE_ALL) - Date.parse(other ?? BEFORE_ALL);
}

/** A run of a version before has not said when. */
const BEFORE_ALL: Instant = '1970-01-01T00:00:00.000Z';

/** When the file of a day expires at the earliest; null where none is to be fetched, or nobody knows. */
export function expiryOf({ stage, madeAfter }: DayRecord): Instant | null {
  if ((stage !== 'toFetch' && stage !== 'fetching') || madeAfter === null) return null;
  return new Date(Date.parse(madeAfter) + FILE_LIFETIME_MS).toISOString();
}

/** From when on there is less than a day for that; null likewise. */
export function expiryNoticeOf(record: DayRecord): Instant | null {
  const notice = noticeOf(record);
  return notice === null ? null : new Date(notice).toISOString();
}

/** Whether the file of a day is still to be fetched and may expire within a day. */
export function isAboutToExpire(record: DayRecord, now: Instant): boolean {
  const notice = noticeOf(record);
  return notice !== null && notice <= Date.parse(now);
}

/** When a file is about to expire next; null where none will be. */
export function nextExpiryNotice({ days }: Ledger, now: Instant): Instant | null {
  const notices = days.map((record) => noticeOf(record) ?? 0).filter((notice) => notice > Date.parse(now));
  return notices.length === 0 ? null : new Date(Math.min(...notices)).toISOString();
}

function noticeOf(record: DayRecord): number | null {
  const expiry = expiryOf(record);
  return expiry === null ? null : Date.parse(expiry) - NOTICE_MS;
}
