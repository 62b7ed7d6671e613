import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { CreateRefusedDetails, Day, FindReusableDaysInput, FindReusableDaysResult } from './api.ts';
import { daysBetween, describeDays } from './day-range.ts';
import { findExportJobs } from './find-export-jobs.ts';
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
  /** Days that a job of this export brings: they are not looked for. */
  own: Set<Day>;
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
      const own = await daysOfItsOwnJobs(account, input, scope);
      return await findDays(parts, { input, account, storage, scope, own });
    } catch (error) {
      throw toFailure(error, parts, doing);
    }
  });
}

/** A reset has made this run: it goes on with the jobs of the one before that are still at Twilio, for their days. */
async function daysOfItsOwnJobs(
  { api }: KnownAccount,
  { resourceType, exportId, startDay, endDay }: FindReusableDaysInput,
  { context, signal }: ActivityScope,
): Promise<Set<Day>> {
  const { namespace, workflowExecution } = context.info;
  if (workflowExecution?.runId === exportId) {
    return new Set();
  }
  const { value: jobs } = await findExportJobs(api, { resourceType, namespace, exportId, signal });
  const alive = jobs.filter(({ isBeingDeleted }) => !isBeingDeleted);
  return new Set(
    daysBetween(startDay, endDay).filter((day) =>
      alive.some((job) => (job.startDay ?? startDay) <= day && day <= (job.endDay ?? endDay)),
    ),
  );
}

async function findDays(
  { settings }: ActivityParts,
  { input, account, storage, scope, own }: Search,
): Promise<FindReusableDaysResult> {
  const { resourceType, startDay, endDay, reuse, foreignFiles } = input;
  const { accountSid, files } = account;
  const { earlier } = storage;
  const { signal } = scope;
  const { namespace } = scope.context.info;
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
