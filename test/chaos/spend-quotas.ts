import type { Simulator } from '../../simulator/index.ts';
import { QUOTA_DAYS } from './pace.ts';
import { dayAfter, type PlannedExport } from './plan.ts';

/** Days that nobody in the run asks for. */
const FIRST_DAY = '2016-01-01';

/**
 * Somebody else asks for as many days of an account as Twilio gives out in a day, where it is planned so. Gives the
 * jobs of these.
 */
export async function spendQuotas(
  simulator: Simulator,
  planned: readonly PlannedExport[],
): Promise<ReadonlySet<string>> {
  await Promise.all(planned.filter(({ isQuotaSpent }) => isQuotaSpent).map((one) => spend(simulator, one)));
  return new Set(simulator.ledger().jobs.map(({ jobSid }) => jobSid));
}

async function spend({ apiUrl }: Simulator, { credentials, input }: PlannedExport): Promise<void> {
  const { accountSid, authToken } = credentials;
  const resourceType = input.resourceType === 'Messages' ? 'Calls' : 'Messages';
  for (;;) {
    try {
      const { status } = await fetch(`${apiUrl}/v1/Exports/${resourceType}/Jobs`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
        body: new URLSearchParams({
          StartDay: FIRST_DAY,
          EndDay: dayAfter(FIRST_DAY, QUOTA_DAYS - 1),
          FriendlyName: 'of somebody else',
        }),
      });
      // An answer that was lost, or an error: the next try tells what became of it.
      if (status === 400) return;
    } catch {
      // As said.
    }
  }
}
