import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { DownloadExportDayInput, DownloadExportDayResult } from './api.ts';
import { fetchDayFile } from './download/fetch-day-file.ts';
import type { FoundDay } from './download/judge-day.ts';
import { judgeDay } from './download/judge-day.ts';
import { verifyDayFile } from './download/verify-day-file.ts';
import { createFailure } from './failures.ts';
import type { DayKey, DayProof, DayStorage, HalfFile } from './storage/day-storage.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** One download, and all that it needs. */
interface Download {
  parts: ActivityParts;
  input: DownloadExportDayInput;
  account: KnownAccount;
  storage: DayStorage;
  key: DayKey;
  scope: ActivityScope;
  doing: string;
}

/** Implements `downloadExportDay` of the contract. */
export async function downloadExportDay(
  parts: ActivityParts,
  input: DownloadExportDayInput,
): Promise<DownloadExportDayResult> {
  const { resourceType, day, exportId } = input;
  const doing = `Could not download the day [${resourceType} ${day}, account ${input.account}]`;
  const account = findAccount(parts, input, { doing, isCreate: false });
  const storage = findDestination(parts, input, { doing, isCreate: false });
  const key: DayKey = { accountSid: account.accountSid, resourceType, day, exportId };

  return withHeartbeats(parts.settings.heartbeatMs, async (scope) => {
    try {
      return await downloadWhenThere({ parts, input, account, storage, key, scope, doing });
    } catch (error) {
      throw toFailure(error, parts, doing);
    }
  });
}

/** A Day that answers 404 is asked again for a while; the slot goes to others meanwhile. */
async function downloadWhenThere(download: Download): Promise<DownloadExportDayResult> {
  const { parts, scope, doing } = download;
  const { dayAppearsWithinMs, dayRecheckMs, slotsBusyMs } = parts.settings;
  const startMs = performance.now();
  for (let number = 1; ; number++) {
    const release = await parts.slots.take({ signal: scope.signal, mayQueue: number > 1 });
    if (release === null) {
      throw createFailure('DownloadSlotsBusy', {
        message: `${doing}: all download slots of this worker are taken. It waits for one.`,
        nextRetryDelayMs: slotsBusyMs * (1 + parts.random()),
      });
    }
    try {
      const result = await downloadOnce(download);
      if (result !== 'askAgain') {
        return result;
      }
    } finally {
      release();
    }
    if (performance.now() - startMs >= dayAppearsWithinMs) {
      throw dayNotAvailable(download);
    }
    await pause(dayRecheckMs, undefined, { signal: scope.signal });
  }
}

async function downloadOnce(download: Download): Promise<DownloadExportDayResult | 'askAgain'> {
  const published = await download.storage.findPublished(download.key);
  if (published !== null) {
    return { outcome: 'downloaded', file: published };
  }
  const fetched = await fetchUnlessAbsent(download);
  if (fetched === null) {
    return conclude(download, { found: 'absent' });
  }
  const { half, expectedBytes } = fetched;
  try {
    if (half.sizeBytes() === 0 && (expectedBytes ?? 0) === 0) {
      return await conclude(download, { found: 'zeroBytes', half });
    }
    const verified = await verifyDayFile(half.read(), expectedBytes, download.scope.signal);
    if (!verified.whole) {
      await half.discard();
      throw dayFileCorrupt(download, verified.reason);
    }
    const { proof } = verified;
    return await conclude(download, { found: proof.records === 0 ? 'noRecords' : 'records', half, proof });
  } finally {
    await half.close();
  }
}

type Finding =
  | { found: Extract<FoundDay, 'absent'> }
  | { found: Extract<FoundDay, 'zeroBytes'>; half: HalfFile }
  | { found: Extract<FoundDay, 'noRecords' | 'records'>; half: HalfFile; proof: DayProof };

async function conclude(download: Download, finding: Finding): Promise<DownloadExportDayResult | 'askAgain'> {
  const verdict = judgeDay(finding.found, download.input.status);
  if (verdict === 'publish' && 'proof' in finding) {
    return { outcome: 'downloaded', file: await finding.half.publish(finding.proof) };
  }
  if ('half' in finding) {
    await finding.half.discard();
  }
  switch (verdict) {
    case 'empty':
      return { outcome: 'empty' };
    case 'askAgain':
      return 'askAgain';
    case 'corrupt':
    case 'publish':
      throw dayFileCorrupt(download, 'expected records, as the day is Completed, got 0 bytes');
  }
}

async function fetchUnlessAbsent(
  download: Download,
): Promise<Awaited<ReturnType<typeof fetchDayFile>> | null> {
  const { parts, account, storage, key, scope } = download;
  const { resourceType, day } = key;
  try {
    return await fetchDayFile({
      key,
      storage,
      freshLink: () => account.api.fetchDayLink(resourceType, day, scope.signal),
      apiUrl: parts.apiUrl,
      dispatcher: parts.storeDispatcher,
      settings: parts.settings,
      signal: scope.signal,
      onBytes: (bytes) => scope.tell({ day, bytes }),
    });
  } catch (error) {
    if (error instanceof TwilioProblem && error.kind === 'notFound') {
      return null;
    }
    throw error;
  }
}

function dayNotAvailable({ parts, doing, input }: Download): ApplicationFailure {
  const minutes = Math.round(parts.settings.dayAppearsWithinMs / 60_000);
  return createFailure('DayNotAvailable', {
    message:
      `${doing}: Twilio answered 404 for ${minutes} minutes. Expected a file, as the day is ${input.status}. ` +
      `Files expire seven days after they were made: the day has to be submitted again.`,
  });
}

function dayFileCorrupt({ doing }: Download, reason: string): ApplicationFailure {
  return createFailure('DayFileCorrupt', {
    message: `${doing}: the file is not whole: ${reason}. It was removed and can be fetched again.`,
  });
}

/** An error that is none of ours passes as it is. */
function toFailure(error: unknown, { settings, random }: ActivityParts, doing: string): unknown {
  if (error instanceof StorageProblem) {
    return createStorageFailure(error, { doing, settings });
  }
  if (error instanceof TwilioProblem) {
    const nextRetryDelayMs = retryDelayFor(error, settings, random);
    return createTwilioFailure(error, { doing, expected: 'Expected 307 with a link', nextRetryDelayMs });
  }
  return error;
}
