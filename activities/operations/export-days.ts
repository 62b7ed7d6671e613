import type { ActivityParts } from '../activity-parts.ts';
import type { ListExportDaysInput, ListExportDaysResult } from '../bulk-exports-api.ts';
import { isDay } from '../day-range.ts';
import { createFailure } from '../failures.ts';
import type { TwilioDay } from '../twilio/twilio-shapes.ts';
import { askTwilio } from './ask-twilio.ts';
import { keepFirst, readLimit } from './read-limit.ts';

/** So many files fit into a payload. */
const MOST_DAYS = 1_000;

/** Implements `listExportDays` of the contract. */
export async function listExportDays(
  parts: ActivityParts,
  { resourceType, account, startDay, endDay, limit: wanted }: ListExportDaysInput,
): Promise<ListExportDaysResult> {
  const doing = 'Could not list the days';
  const limit = readLimit(wanted, { doing, of: resourceType, fallback: 400, maximum: MOST_DAYS });
  refuseOtherThanDays({ startDay, endDay }, `${doing} [${resourceType}]`);
  const isWithin = ({ day }: TwilioDay): boolean =>
    isDay(day) && (startDay === undefined || day >= startDay) && (endDay === undefined || day <= endDay);
  return await askTwilio(parts, {
    account,
    doing,
    of: resourceType,
    ask: async (api, signal) => {
      const { keep, isTruncated } = keepFirst(limit, isWithin);
      const { value } = await api.listDays({ resourceType, keep, signal });
      const days = value.flatMap(({ day, sizeBytes, createDay, friendlyName }) =>
        isDay(day) ? [{ day, sizeBytes, createDate: createDay, friendlyName }] : [],
      );
      return { days, truncated: isTruncated() };
    },
  });
}

/** Compared as texts, anything else would give an empty list, and a caller take days for missing. */
function refuseOtherThanDays(days: Pick<ListExportDaysInput, 'startDay' | 'endDay'>, doing: string): void {
  for (const [field, day] of Object.entries(days)) {
    if (day !== undefined && !isDay(day)) {
      throw createFailure('InvalidInput', {
        message: `${doing}: ${field} must be a day of the calendar, written YYYY-MM-DD, got ${JSON.stringify(day)}.`,
      });
    }
  }
}
