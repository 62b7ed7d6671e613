import type { ActivityParts } from './activity-parts.ts';
import type { Day, WatchExportJobInput } from './api.ts';
import { inParallel } from './in-parallel.ts';
import { settleDays } from './picture/settle-days.ts';
import type { TwilioApi } from './twilio/twilio-api.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** What is to be settled, and how far one may go. */
export interface SettlePictureInput {
  api: TwilioApi;
  watch: WatchExportJobInput;
  unaccounted: Day[];
  unattributed: ReadonlyMap<string, number>;
  /** Whether each Day may be asked for: one request a day, so only where it is done once. */
  mayAskDays: boolean;
  signal: AbortSignal;
}

/** The status of those unaccounted days that the Days list and the Days themselves settle. */
export async function settlePicture(
  { settings }: Pick<ActivityParts, 'settings'>,
  { api, watch, unaccounted, unattributed, mayAskDays, signal }: SettlePictureInput,
): Promise<Map<Day, string>> {
  const { resourceType, friendlyName } = watch;
  const wanted = new Set(unaccounted);
  const { value: listed } = await api.listDays({
    resourceType,
    keep: ({ day }) => day !== null && wanted.has(day),
    signal,
  });
  const { settled, ask } = settleDays({ unaccounted, unattributed, listed, friendlyName });
  if (!mayAskDays) {
    return settled;
  }
  const answers = await inParallel(ask, settings.settleRequestsAtOnce, async (day) => ({
    day,
    exists: await hasFile(api, watch, day, signal),
  }));
  const found = answers.filter(({ exists }) => exists);
  return new Map([...settled, ...found.map(({ day }): [Day, string] => [day, 'CompletedOrEmpty'])]);
}

async function hasFile(
  api: TwilioApi,
  { resourceType }: WatchExportJobInput,
  day: Day,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await api.fetchDayLink(resourceType, day, signal);
    return true;
  } catch (error) {
    if (error instanceof TwilioProblem && error.kind === 'notFound') {
      return false;
    }
    throw error;
  }
}
