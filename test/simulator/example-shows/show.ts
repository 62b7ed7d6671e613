import type { Twilio } from '../caller.ts';

/**
 * Shows by real requests that what an example promises does happen, at a simulator that plays it and whose clock the
 * show moves. Rejects where it does not.
 */
export type Show = (twilio: Twilio) => Promise<void>;

/** Shows by the name of the example, without `.json`. */
export type Shows = Readonly<Record<string, Show>>;

/** What a request answers so many times, one after the other. */
export async function statuses(twilio: Twilio, path: string, count: number): Promise<(number | 'reset')[]> {
  const answers: (number | 'reset')[] = [];
  for (let time = 0; time < count; time += 1) {
    const answer = await twilio.api(path).then(
      ({ status }) => status,
      () => 'reset' as const,
    );
    answers.push(answer);
  }
  return answers;
}

/** The statuses of a job's first group of days: now, and each time that some minutes have passed. */
export async function life(twilio: Twilio, jobSid: string, minutes: number[]): Promise<unknown[]> {
  const seen = [(await twilio.details(jobSid))[0]?.status];
  for (const count of minutes) {
    twilio.minutes(count);
    seen.push((await twilio.details(jobSid))[0]?.status);
  }
  return seen;
}
