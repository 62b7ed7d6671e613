import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { CreateRefusedDetails, DayRange, FindReusableDaysInput, FindReusableDaysResult } from './api.ts';
import { daysBetween, decodeDayRanges, describeDays, encodeDayRanges } from './day-range.ts';
import { findExportJobs, isWithin } from './find-export-jobs.ts';
import { findAvailableDays } from './reuse/available-days.ts';
import { findPublishedDays } from './reuse/published-days.ts';
import { answerInTime } from './storage/answer-in-time.ts';
import type { DayStorage } from './storage/day-storage.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** Where it is looked, and for what. */
interface Search {
  input: FindReusableDaysInput;
  account: KnownAccount;
  storage: DayStorage;
  scope: ActivityScope;
  /** The days of jobs of this export: they are not looked for. */
  underWay: DayRange[];
}

/** Nothing was asked of Twilio yet. */
const REFUSED: CreateRefusedDetails = { inDoubt: false };

/**
 * Implements `findReusableDays` of the contract. It is the first that an export does: what a person has to mend is
 * final, as it is at the create.
 */
export async function findReusableDays(
  parts: ActivityParts,
  input: FindReusableDaysInput,
): Promise<FindReusableDaysResult> {
  const { resourceType, startDay, endDay, destination, exportId } = input;
  const doing =
    `Could not look for days that are there already ` +
    `[${resourceType} ${describeDays(startDay, endDay)}, destination ${destination}]`;
  const account = findAccount(parts, input, { doing, refusal: REFUSED });
  const storage = findDestination(parts, input, { doing, refusal: REFUSED });
  const { settings } = parts;

  return withHeartbeats(settings.heartbeatMs, async (scope) => {
    try {
      const timeoutMs = settings.storageCheckMs;
      await answerInTime(storage.check(exportId), { signal: scope.signal, timeoutMs });
      const underWay = await findDaysUnderWay(account, input, scope);
      const found = await findDays(parts, { input, account, storage, scope, underWay });
      return underWay.length === 0 ? found : { ...found, underWay };
    } catch (error) {
      throw toFailure(error, parts, doing);
    }
  });
}

/** A reset has made this run: it goes on with the jobs of the one before that are still at Twilio, for their days. */
async function findDaysUnderWay(
  { api }: KnownAccount,
  { resourceType, exportId, startDay, endDay }: FindReusableDaysInput,
  { context, signal }: ActivityScope,
): Promise<DayRange[]> {
  const { namespace, workflowExecution } = context.info;
  if (workflowExecution?.runId === exportId) {
    return [];
  }
  const { value: jobs } = await findExportJobs(api, { resourceType, namespace, exportId, signal });
  const missing = new Set(daysBetween(startDay, endDay));
  const ranges: DayRange[] = [];
  for (const job of jobs.toSorted((one, other) => one.submission - other.submission)) {
    if (job.isBeingDeleted || !isWithin(job, { startDay, endDay })) {
      continue;
    }
    const days = daysBetween(job.startDay ?? startDay, job.endDay ?? endDay);
    // A later one of the same day was asked for one that had failed: it is adopted once the day goes out again.
    if (days.every((day) => missing.has(day))) {
      ranges.push(...encodeDayRanges(days));
      days.forEach((day) => missing.delete(day));
    }
  }
  return ranges;
}

async function findDays(
  { settings }: ActivityParts,
  { input, account, storage, scope, underWay }: Search,
): Promise<FindReusableDaysResult> {
  const { resourceType, startDay, endDay, reuse, foreignFiles } = input;
  const { accountSid, files } = account;
  const { earlier } = storage;
  const { signal } = scope;
  const { namespace } = scope.context.info;
  const own = new Set(decodeDayRanges(underWay));
  const days = daysBetween(startDay, endDay).filter((day) => !own.has(day));
  const published =
    earlier && days.length > 0
      ? await findPublishedDays({
          earlier,
          accountSid,
          resourceType,
          days,
          foreignFiles,
          namespace,
          settings,
          signal,
        })
      : [];
  const lying = new Set(published.map(({ day }) => day));
  const others = days.filter((day) => !lying.has(day));
  return {
    published,
    available:
      reuse === 'available' && others.length > 0
        ? await findAvailableDays({ files, resourceType, days: others, foreignFiles, scope })
        : [],
  };
}

/** An error that is none of ours passes as it is. */
function toFailure(error: unknown, { settings, random }: ActivityParts, doing: string): unknown {
  if (error instanceof StorageProblem) {
    return createStorageFailure(error, { doing, settings, final: true, details: [REFUSED] });
  }
  if (error instanceof TwilioProblem) {
    const nextRetryDelayMs = retryDelayFor(error, settings, random);
    const final = error.kind === 'unauthorized';
    return createTwilioFailure(error, {
      doing,
      expected: 'Expected 200',
      nextRetryDelayMs: final ? undefined : nextRetryDelayMs,
      final,
      details: [REFUSED],
    });
  }
  return error;
}
