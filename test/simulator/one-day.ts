import type { Twilio } from './caller.ts';

/** The day of which most tests make a job. */
export const DAY = '2026-10-01';

/** A create of that day. */
export const FORM = { StartDay: DAY, EndDay: DAY, FriendlyName: 'a job' };

/** Makes a job of that day and lets time pass until it is long over. */
export async function completeDay(twilio: Twilio): Promise<string> {
  const jobSid = await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  return jobSid;
}
