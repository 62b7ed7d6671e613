import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts } from '../activity-parts.ts';
import type { DownloadExportDayInput, FileMaker } from '../api.ts';
import { createFailure } from '../failures.ts';
import type { AbsentFinding } from './judge-day.ts';

/**
 * No slot is free, or no room where the file is kept on its way. It waits longer from time to time: hundreds of days
 * may wait for a few slots. `reason`: what is taken.
 */
export function downloadSlotsBusy(
  { settings, random }: Pick<ActivityParts, 'settings' | 'random'>,
  { doing, attempt, reason }: { doing: string; attempt: number; reason?: string },
): ApplicationFailure {
  const waitMs = settings.slotsBusyMs * 2 ** Math.min(attempt - 1, 20);
  return createFailure('DownloadSlotsBusy', {
    message: `${doing}: ${reason ?? 'all download slots of this worker are taken. It waits for one.'}`,
    nextRetryDelayMs: Math.min(waitMs, settings.slotsBusyMaximumMs) * (1 + random()),
  });
}

/** Why there is no file. */
export type AbsentFile =
  | { found: Exclude<AbsentFinding, 'foreignFile'> }
  | { found: Extract<AbsentFinding, 'foreignFile'>; madeBy: FileMaker };

/** There is no file: for a while it may still appear, then it is taken for expired, which is final. */
export function dayNotAvailable(
  { settings }: Pick<ActivityParts, 'settings'>,
  absent: { doing: string; status: DownloadExportDayInput['status']; finding: AbsentFile; forMs: number },
): ApplicationFailure {
  const { doing, status, finding, forMs } = absent;
  const minutes = Math.round(settings.dayAppearsWithinMs / 60_000);
  const what = describeFinding(finding);
  const isForeign = finding.found === 'foreignFile';
  const expected = `Expected a file${isForeign ? ' of this export' : ''}, as the day is ${status}.`;
  if (forMs < settings.dayAppearsWithinMs) {
    return createFailure('DayNotAvailable', {
      message: `${doing}: ${what}. ${expected} It may still appear: it is asked for again for ${minutes} minutes.`,
      nextRetryDelayMs: settings.dayRecheckMs,
    });
  }
  return createFailure('DayNotAvailable', {
    message:
      `${doing}: ${what}, for ${minutes} minutes. ${expected} ` +
      (isForeign ? '' : 'Files expire seven days after they were made: ') +
      `${isForeign ? 'The' : 'the'} day has to be submitted again.`,
    final: true,
  });
}

/** What came is not the whole file of the day. */
export function dayFileCorrupt(doing: string, reason: string): ApplicationFailure {
  return createFailure('DayFileCorrupt', {
    message: `${doing}: the file is not whole: ${reason}. It was removed and can be fetched again.`,
  });
}

function describeFinding(finding: AbsentFile): string {
  switch (finding.found) {
    case 'noDay':
      return 'Twilio answered 404 for it';
    case 'noFile':
      return 'the link that Twilio gave leads to no file';
    case 'foreignFile':
      return `its file was made by another job (${describeMaker(finding.madeBy)}), and such files are refused`;
  }
}

function describeMaker({ friendlyName, createDate }: FileMaker): string {
  return `"${friendlyName}"${createDate === null ? '' : `, ${createDate}`}`;
}
