import type { MetricTags } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { DownloadExportDayInput, DownloadExportDayResult, FileMaker } from './api.ts';
import { readAbsentSince, sayAbsentSince } from './download/absent-day.ts';
import { dayFileCorrupt, dayNotAvailable, downloadSlotsBusy } from './download/download-failure.ts';
import { fetchAttributed } from './download/fetch-attributed.ts';
import type { AbsentDay } from './download/fetch-attributed.ts';
import { fetchDayFile } from './download/fetch-day-file.ts';
import type { FetchedFile } from './download/fetch-day-file.ts';
import { askForMaker } from './download/find-maker.ts';
import type { MakerQuestions } from './download/find-maker.ts';
import type { FoundDay } from './download/judge-day.ts';
import { judgeDay } from './download/judge-day.ts';
import type { DayKey, DayProof, DayStorage, HalfFile } from './storage/day-storage.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';
import { count, measureDownload } from './metrics.ts';
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
  maker: MakerQuestions;
}

/** Implements `downloadExportDay` of the contract. */
export async function downloadExportDay(
  parts: ActivityParts,
  input: DownloadExportDayInput,
): Promise<DownloadExportDayResult> {
  const { resourceType, day, exportId, jobSid } = input;
  const doing = `Could not download the day [${resourceType} ${day}, account ${input.account}]`;
  const account = findAccount(parts, input, { doing });
  const storage = findDestination(parts, input, { doing });
  const key: DayKey = { accountSid: account.accountSid, resourceType, day, exportId, jobSid };

  return withHeartbeats(parts.settings.heartbeatMs, async (scope) => {
    try {
      const { namespace } = scope.context.info;
      const maker = askForMaker({ download: input, files: account.files, namespace, signal: scope.signal });
      return await downloadIfThere({ parts, input, account, storage, key, scope, doing, maker });
    } catch (error) {
      const absentSinceMs = readAbsentSince(scope);
      if (absentSinceMs !== null && error instanceof TwilioProblem) {
        // Twilio was not to be asked, which says nothing of the day.
        sayAbsentSince(scope, absentSinceMs);
      }
      if (error instanceof ApplicationFailure && error.type === 'DownloadStalled') {
        count('stalls', 1, labelsOf(key));
      }
      throw toFailure(error, parts, { doing, attempt: scope.attempt });
    }
  });
}

/** A day without a file is left to later attempts: to wait here would hold a slot for ten minutes. */
async function downloadIfThere(download: Download): Promise<DownloadExportDayResult> {
  const { parts, scope } = download;
  const absentSinceMs = readAbsentSince(scope);
  const release = await parts.slots.take(scope.signal);
  if (release === null) {
    if (absentSinceMs !== null) {
      sayAbsentSince(scope, absentSinceMs);
    }
    throw downloadSlotsBusy(parts, { doing: download.doing, attempt: scope.attempt });
  }
  try {
    const result = await downloadOnce(download);
    if (result.outcome !== 'absent') {
      return result;
    }
    const sinceMs = absentSinceMs ?? result.atMs;
    sayAbsentSince(scope, sinceMs);
    const { doing, input } = download;
    const forMs = result.atMs - sinceMs;
    throw dayNotAvailable(parts, { doing, status: input.status, finding: result, forMs });
  } finally {
    release();
  }
}

async function downloadOnce(download: Download): Promise<DownloadExportDayResult | AbsentDay> {
  const { input, maker } = download;
  const published = await download.storage.findPublished(download.key);
  if (published !== null) {
    // An attempt before has published what it might take, and its word of who made that was lost.
    const foreign = input.foreignFiles === 'refuse' ? null : (await maker.recent()).value;
    const madeBy = foreign?.isRefused ? null : (foreign?.madeBy ?? null);
    return withMaker({ outcome: 'downloaded', file: published }, madeBy);
  }
  const beganAtMs = performance.now();
  const result = await fetchAndVerify(download);
  if (result.outcome === 'downloaded') {
    measureDownload((performance.now() - beganAtMs) / 1_000, labelsOf(download.key));
  }
  return result;
}

function labelsOf({ resourceType }: DayKey): MetricTags {
  return { resource_type: resourceType };
}

async function fetchAndVerify(download: Download): Promise<DownloadExportDayResult | AbsentDay> {
  const { input, doing, maker } = download;
  const fetch = (): Promise<FetchedFile | AbsentDay> => fetchUnlessAbsent(download);
  const fetched = await fetchAttributed({ doing, maker, fetch });
  if ('found' in fetched) {
    return judgeDay(fetched.found, input.status) === 'empty' ? { outcome: 'empty' } : fetched;
  }
  return withMaker(await prove(download, fetched), fetched.madeBy);
}

function withMaker(result: DownloadExportDayResult, madeBy: FileMaker | null): DownloadExportDayResult {
  return madeBy === null ? result : { ...result, madeBy };
}

async function prove(
  download: Download,
  { half, expectedBytes, proof: keptUpProof }: FetchedFile,
): Promise<DownloadExportDayResult> {
  try {
    const verified = await keptUpProof.finish();
    if (half.sizeBytes() === 0 && (expectedBytes ?? 0) === 0) {
      return await conclude(download, { found: 'zeroBytes', half });
    }
    if (!verified.whole) {
      await half.discard();
      throw dayFileCorrupt(download.doing, verified.reason);
    }
    const { proof } = verified;
    return await conclude(download, { found: proof.records === 0 ? 'noRecords' : 'records', half, proof });
  } finally {
    await half.close();
  }
}

type Finding =
  | { found: Extract<FoundDay, 'zeroBytes'>; half: HalfFile }
  | { found: Extract<FoundDay, 'noRecords' | 'records'>; half: HalfFile; proof: DayProof };

async function conclude(download: Download, finding: Finding): Promise<DownloadExportDayResult> {
  const { input, scope } = download;
  const verdict = judgeDay(finding.found, input.status);
  if (verdict === 'publish' && 'proof' in finding) {
    // An attempt that was given up while it verified must not replace what others have published since.
    scope.signal.throwIfAborted();
    return { outcome: 'downloaded', file: await finding.half.publish(finding.proof, scope.signal) };
  }
  await finding.half.discard();
  if (verdict === 'empty') {
    return { outcome: 'empty' };
  }
  throw dayFileCorrupt(download.doing, 'expected records, as the day is Completed, got 0 bytes');
}

async function fetchUnlessAbsent(download: Download): Promise<FetchedFile | AbsentDay> {
  const { parts, account, storage, key, scope } = download;
  const { resourceType, day } = key;
  let linkedAtMs = 0;
  const freshLink = async (): Promise<string> => {
    const { value: link, atMs } = await account.api.fetchDayLink(resourceType, day, scope.signal);
    linkedAtMs = atMs;
    return link;
  };
  try {
    const fetched = await fetchDayFile({
      key,
      storage,
      freshLink,
      apiUrl: parts.apiUrl,
      dispatcher: parts.storeDispatcher,
      settings: parts.settings,
      signal: scope.signal,
      onBytes: (bytes) => scope.tell({ day, bytes }),
      onResume: () => count('resumes', 1, labelsOf(key)),
      onFetched: (bytes) => count('fetchedBytes', bytes, labelsOf(key)),
    });
    return fetched ?? { outcome: 'absent', found: 'noFile', atMs: linkedAtMs };
  } catch (error) {
    if (error instanceof TwilioProblem && error.kind === 'notFound') {
      return { outcome: 'absent', found: 'noDay', atMs: error.atMs };
    }
    throw error;
  }
}

/** An error that is none of ours passes as it is. */
function toFailure(
  error: unknown,
  parts: ActivityParts,
  { doing, attempt }: { doing: string; attempt: number },
): unknown {
  const { settings, random } = parts;
  if (error instanceof StorageProblem && error.kind === 'crowded') {
    return downloadSlotsBusy(parts, { doing, attempt, reason: `${error.message}. ${error.advice}` });
  }
  if (error instanceof StorageProblem) {
    return createStorageFailure(error, { doing, settings });
  }
  if (error instanceof TwilioProblem) {
    const nextRetryDelayMs = retryDelayFor(error, settings, random);
    return createTwilioFailure(error, { doing, expected: 'Expected 307 with a link', nextRetryDelayMs });
  }
  return error;
}
