import type { ActivityParts } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { CreateExportJobInput, CreateExportJobResult, Instant } from './api.ts';
import { createCreateFailure } from './create-failure.ts';
import { describeDays } from './day-range.ts';
import { findExportJobs } from './find-export-jobs.ts';
import { markFriendlyName } from './marker.ts';
import type { TwilioApi } from './twilio/twilio-api.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/**
 * What an attempt says of itself in its last heartbeat. Only the very next attempt may believe it, and one that
 * got no such word settles first: a lost heartbeat costs a minute and never a second job.
 */
interface ClearedAttempt {
  /** The number of an attempt after which no create can be on its way. */
  clearedAttempt: number;
}

/** Implements `createExportJob` of the contract. */
export async function createExportJob(
  parts: ActivityParts,
  input: CreateExportJobInput,
): Promise<CreateExportJobResult> {
  const days = describeDays(input.startDay, input.endDay);
  const doing = `Could not create the export job [${input.resourceType} ${days}, account ${input.account}]`;
  const { api } = findAccount(parts, input, { doing, isCreate: true });
  const storage = findDestination(parts, input, { doing, isCreate: true });

  return withHeartbeats(parts.settings.heartbeatMs, async (scope) => {
    let inDoubt = !isFirstOrCleared(scope);
    try {
      await storage.check();
      if (inDoubt) {
        await scope.context.sleep(parts.settings.settleMs);
        inDoubt = false;
      }
      const friendlyName = markFriendlyName({ ...input, namespace: scope.context.info.namespace });
      const found = await adoptJob(api, input, friendlyName, scope);
      if (found !== null) {
        return found;
      }
      scope.signal.throwIfAborted();
      inDoubt = true;
      return await makeJob(api, input, friendlyName);
    } catch (error) {
      if (error instanceof TwilioProblem && error.carriedOut === 'no') {
        inDoubt = false;
      }
      if (!inDoubt) {
        sayCleared(scope);
      }
      throw createCreateFailure(error, { parts, doing, inDoubt });
    }
  });
}

function isFirstOrCleared({ context }: ActivityScope): boolean {
  const { attempt, heartbeatDetails } = context.info;
  const said: Partial<ClearedAttempt> | null | undefined = heartbeatDetails;
  return attempt === 1 || said?.clearedAttempt === attempt - 1;
}

function sayCleared({ context, tell }: ActivityScope): void {
  const said: ClearedAttempt = { clearedAttempt: context.info.attempt };
  tell(said);
  context.heartbeat(said);
}

/** The job that an earlier attempt or a run that was reset has made. Of several the lowest sid stays. */
async function adoptJob(
  api: TwilioApi,
  input: CreateExportJobInput,
  friendlyName: string,
  { context, signal }: ActivityScope,
): Promise<CreateExportJobResult | null> {
  const { value: jobs, atMs } = await api.listJobs(input.resourceType, signal);
  const owner = { namespace: context.info.namespace, exportId: input.exportId };
  const [kept, ...others] = findExportJobs(jobs, owner).filter(
    (job) =>
      job.submission === input.submission &&
      !job.isBeingDeleted &&
      (job.startDay ?? input.startDay) === input.startDay &&
      (job.endDay ?? input.endDay) === input.endDay,
  );
  if (kept === undefined) {
    return null;
  }
  for (const { jobSid } of others) {
    try {
      await api.deleteJob(jobSid, signal);
    } catch (error) {
      signal.throwIfAborted();
      // The sweep at the end of the export finds it again.
      context.log.warn('A second job of one submission could not be deleted yet', {
        jobSid,
        error: String(error),
      });
    }
  }
  return { jobSid: kept.jobSid, friendlyName, createdAt: toInstant(atMs), adopted: true };
}

async function makeJob(
  api: TwilioApi,
  { resourceType, startDay, endDay, webhook, email }: CreateExportJobInput,
  friendlyName: string,
): Promise<CreateExportJobResult> {
  const { value, atMs } = await api.createJob({
    resourceType,
    startDay,
    endDay,
    friendlyName,
    webhook,
    email,
  });
  return { jobSid: value.jobSid, friendlyName, createdAt: toInstant(atMs), adopted: false };
}

function toInstant(atMs: number): Instant {
  return new Date(atMs).toISOString();
}
