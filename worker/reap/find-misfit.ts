/** Whether an export may have made a job that bears its marker: a marker is part of a name, and names are copied. */
import type { TwilioAccount } from '../../activities/index.ts';
import type { ReapedJob } from './report.ts';

/** What an export was asked for, as it stands in its input. */
export type AskedFor = Record<string, unknown>;

/** What does not fit, as the end of a sentence about jobs; null where all fits, as far as anybody can tell here. */
export function findMisfit(
  job: ReapedJob,
  { resourceType, startDay, endDay, account = 'default' }: AskedFor,
  /** By their names. */
  accounts: Readonly<Record<string, TwilioAccount>>,
): string | null {
  if (resourceType !== job.resourceType) return 'are of a resource type that it was not asked for';
  if (!isDayWithin(job.startDay, startDay, endDay) || !isDayWithin(job.endDay, startDay, endDay))
    return 'have days that it was not asked for';
  // An account that has another name here, or none, may be the right one.
  const asked = typeof account === 'string' ? accounts[account]?.accountSid : undefined;
  const has = accounts[job.account]?.accountSid;
  if (asked !== undefined && asked.toLowerCase() !== has?.toLowerCase())
    return 'are in an account that it was not asked for';
  return null;
}

/** Where Twilio does not say which days a job has, they may be within. */
function isDayWithin(day: string | null, startDay: unknown, endDay: unknown): boolean {
  if (day === null) return true;
  return typeof startDay === 'string' && typeof endDay === 'string' && startDay <= day && day <= endDay;
}
