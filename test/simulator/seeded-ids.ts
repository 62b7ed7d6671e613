import type { Reply } from './caller.ts';
import { call, startTwilio } from './caller.ts';
import { DAY, FORM } from './one-day.ts';

/** Every kind of id that a simulator gives out, in the order of the requests. */
export interface SeededIds {
  jobSids: string[];
  signatures: (string | null)[];
  requestIds: unknown[];
  storeRequestIds: unknown[];
}

/** Starts a simulator with this seed, makes two jobs, fetches their day twice, and notes the ids. */
export async function seededIds(seed: string): Promise<SeededIds> {
  await using twilio = await startTwilio({ seed, script: { days: [{ records: 3 }] } });
  const created = [
    await twilio.api('Messages/Jobs', { form: FORM }),
    await twilio.api('Messages/Jobs', { form: FORM }),
  ];
  twilio.minutes(60);
  const fetched = [await twilio.api(`Messages/Days/${DAY}`), await twilio.api(`Messages/Days/${DAY}`)];
  const links = fetched.map(({ json }) => json.redirect_to);
  const files: Reply[] = [];
  for (const link of links) {
    files.push(await call(link));
  }
  return {
    jobSids: created.map(({ json }) => json.job_sid),
    signatures: links.map((link) => new URL(link).searchParams.get('X-Amz-Signature')),
    requestIds: [...created, ...fetched].map(({ headers }) => headers['twilio-request-id']),
    storeRequestIds: files.map(({ headers }) => headers['x-amz-request-id']),
  };
}
