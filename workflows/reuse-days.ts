import { findReusableDays } from './activity-options.ts';
import { enterReusableDays } from './bookkeeping.ts';
import { formatRange } from './calendar.ts';
import { type ExportRun, now } from './export-run.ts';

/** Takes the days that are there already: they cost no quota and no e-mail. */
export async function reuseDays({ request, identity, ledger, troubles }: ExportRun): Promise<void> {
  const { resourceType, startDay, endDay, destination, reuse, foreignFiles } = request;
  if (reuse === 'never') return;
  const summary = `${resourceType} ${formatRange(request)} that are there already`;
  const input = { ...identity, destination, startDay, endDay, reuse, foreignFiles };
  const found = await troubles.tryOn({ name: 'reuse' }, (persistence) =>
    findReusableDays.executeWithOptions({ summary }, [{ ...input, ...persistence }]),
  );
  enterReusableDays(ledger, found, now());
}
