import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts } from '../activity-parts.ts';
import type { DownloadExportDayInput } from '../api.ts';
import { createFailure } from '../failures.ts';
import type { AbsentFinding } from './judge-day.ts';

/** No slot is free. It waits longer from time to time: hundreds of days may wait for a few slots. */
export function downloadSlotsBusy(
  { settings, random }: Pick<ActivityParts, 'settings' | 'random'>,
  { doing, attempt }: { doing: string; attempt: number },
): ApplicationFailure {
  const waitMs = settings.slotsBusyMs * 2 ** Math.min(attempt - 1, 20);
  return createFailure('DownloadSlotsBusy', {
    message: `${doing}: all download slots of this worker are taken. It waits for one.`,
    nextRetryDelayMs: Math.min(waitMs, settings.slotsBusyMaximumMs) * (1 + random()),
  });
}

/** There is no file: for a while it may still appear, then it is taken for expired, which is final. */
export function dayNotAvailable(
  { settings }: Pick<ActivityParts, 'settings'>,
  absent: { doing: string; status: DownloadExportDayInput['status']; found: AbsentFinding; forMs: number },
): ApplicationFailure {
  const { doing, status, found, forMs } = absent;
  const minutes = Math.round(settings.dayAppearsWithinMs / 60_000);
  const what = wordsByFinding[found];
  const expected = `Expected a file, as the day is ${status}.`;
  if (forMs < settings.dayAppearsWithinMs) {
    return createFailure('DayNotAvailable', {
      message: `${doing}: ${what}. ${expected} It may still appear: it is asked for again for ${minutes} minutes.`,
      nextRetryDelayMs: settings.dayRecheckMs,
    });
  }
  return createFailure('DayNotAvailable', {
    message:
      `${doing}: ${what}, for ${minutes} minutes. ${expected} ` +
      `Files expire seven days after they were made: the day has to be submitted again.`,
    final: true,
  });
}

/** What came is not the whole file of the day. */
export function dayFileCorrupt(doing: string, reason: string): ApplicationFailure {
  return createFailure('DayFileCorrupt', {
    message: `${doing}: the file is not whole: ${reason}. It was removed and can be fetched again.`,
  });
}

const wordsByFinding: Record<AbsentFinding, string> = {
  noDay: 'Twilio answered 404 for it',
  noFile: 'the link that Twilio gave leads to no file',
};
