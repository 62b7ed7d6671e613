import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts, NameLookup } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import { answerInTime } from './storage/answer-in-time.ts';
import type { ActivityScope } from './activity-scope.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { CreateExportJobInput, CreateExportJobResult, Instant, Webhook } from './api.ts';
import { createCreateFailure } from './create-failure.ts';
import { describeDays } from './day-range.ts';
import { createFailure } from './failures.ts';
import { findExportJobs } from './find-export-jobs.ts';
import { markFriendlyName } from './marker.ts';
import type { ActivitySettings } from './settings.ts';
import type { CreateJobRequest, TwilioApi } from './twilio/twilio-api.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';
import { createWebhookUrl } from './webhook-url.ts';

/**
 * What an attempt says of itself in its last heartbeat. Only the very next attempt may believe it, and one that
 * got no such word settles first: a lost heartbeat costs a minute and never a second job.
 */
type LastWord =
  /** The number of an attempt after which no create can be on its way. */
  | { clearedAttempt: number }
  /** The number of one that sent none, and when by the engine's clock the last of an attempt before may have been sent. */
  | { silentAttempt: number; sentBeforeMs: number };

/** A job that is asked for by no export need not go anywhere. */
export interface CreateJobInput extends Omit<CreateExportJobInput, 'destination'> {
  destination: string | null;
}

/** Implements `createExportJob` of the contract, and `createExportCustomJob`. */
export async function createExportJob(
  parts: ActivityParts,
  input: CreateJobInput,
): Promise<CreateExportJobResult> {
  const days = describeDays(input.startDay, input.endDay);
  const doing = `Could not create the export job [${input.resourceType} ${days}, account ${input.account}]`;

  return withHeartbeats(parts.settings.heartbeatMs, async (scope) => {
    // Two doubts: whether a create is still on its way, which a pause settles, and whether a job was made that
    // nobody knows of, which a search alone answers.
    const { attempt } = scope;
    const { currentAttemptScheduledTimestampMs: scheduledMs } = scope.context.info;
    const sendUntil = performance.now() + parts.settings.createWithinMs;
    const sentBeforeMs = lastSentBefore(scope, input);
    let isUnsettled = sentBeforeMs !== null;
    let inDoubt = isUnsettled || attempt > 1;
    let isPosting = false;
    try {
      const refusal = input.isUnderWay ? undefined : { inDoubt };
      const { api, accountSid } = findAccount(parts, input, { doing, refusal });
      await checkDestination(parts, input, { doing, refusal, signal: scope.signal });
      if (sentBeforeMs !== null) {
        const leftMs = parts.settings.settleMs - (scheduledMs - sentBeforeMs);
        await scope.context.sleep(Math.max(0, leftMs));
        isUnsettled = false;
      }
      const friendlyName = markFriendlyName({ ...input, namespace: scope.context.info.namespace });
      const inRun = scope.context.info.workflowExecution?.runId;
      const found = await adoptJob(api, input, friendlyName, scope);
      if (found !== null) {
        return { ...found, inRun };
      }
      inDoubt = false;
      const turnWithinMs = sendUntil - performance.now();
      if (turnWithinMs <= 0) {
        throw tooLate(doing, parts.settings);
      }
      const webhook = input.webhook ?? ownWebhook(parts, { accountSid, input, scope });
      const made = await makeJob(api, { ...input, webhook }, friendlyName, {
        signal: scope.signal,
        turnWithinMs,
        onSend: () => {
          isUnsettled = inDoubt = isPosting = true;
          // A word of an attempt of the same number, from before a reset of the activity, no longer holds.
          sayLast(scope, null);
        },
      });
      return { ...made, inRun };
    } catch (error) {
      if (isPosting && error instanceof TwilioProblem && error.carriedOut === 'no') {
        isUnsettled = inDoubt = false;
      }
      if (!isUnsettled) {
        sayLast(scope, { clearedAttempt: attempt });
      } else if (!isPosting && sentBeforeMs !== null) {
        sayLast(scope, { silentAttempt: attempt, sentBeforeMs });
      }
      const { isUnderWay, destination } = input;
      const isOfExport = destination !== null;
      throw createCreateFailure(error, { parts, doing, isUnsettled, inDoubt, isUnderWay, isOfExport });
    }
  });
}

async function checkDestination(
  parts: ActivityParts,
  { destination, exportId }: CreateJobInput,
  { signal, ...at }: NameLookup & { signal: AbortSignal },
): Promise<void> {
  if (destination === null) {
    return;
  }
  const storage = findDestination(parts, { destination }, at);
  await answerInTime(storage.check(exportId), { signal, timeoutMs: parts.settings.storageCheckMs });
}

/**
 * When, at the latest, a create of this submission was sent that may still be on its way to Twilio: one of an attempt
 * before, or one of the run before, from which this run goes on or was made by a reset. Nothing of the attempts of that
 * run can be read here; those of an activity before, which told the workflow why it fails, are attempts before. By the
 * engine's clock, which all workers share; null where there is none.
 */
function lastSentBefore(
  { context, attempt }: ActivityScope,
  { exportId, toldOf }: CreateJobInput,
): number | null {
  const { heartbeatDetails, workflowExecution } = context.info;
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = context.info;
  if (context.info.attempt === 1) {
    // A reset of the activity, as the Web UI and the CLI offer it, counts its attempts from 1 again.
    const isFirst = currentAttemptScheduledTimestampMs === scheduledTimestampMs;
    return isFirst && !toldOf?.length && workflowExecution?.runId === exportId
      ? null
      : currentAttemptScheduledTimestampMs;
  }
  const said: LastWord | null | undefined = heartbeatDetails;
  if (said && 'clearedAttempt' in said && said.clearedAttempt === attempt - 1) {
    return null;
  }
  // An attempt is scheduled once the one before has ended.
  return said && 'silentAttempt' in said && said.silentAttempt === attempt - 1
    ? said.sentBeforeMs
    : currentAttemptScheduledTimestampMs;
}

function sayLast({ say }: ActivityScope, said: LastWord | null): void {
  say(said);
}

/** Nothing was sent, so the next attempt need not settle: it looks for the job once more, and has time to make it. */
function tooLate(doing: string, { createWithinMs, createRetryMs }: ActivitySettings): ApplicationFailure {
  return createFailure('TwilioUnavailable', {
    message:
      `${doing}: the request was not sent, as looking for the job had taken more than the ` +
      `${createWithinMs / 1_000} seconds within which an attempt sends it. The next attempt looks again, and makes it once that takes less.`,
    nextRetryDelayMs: createRetryMs,
  });
}

/** The job that an earlier attempt or an earlier run of the export has made. Of several the lowest sid stays. */
async function adoptJob(
  api: TwilioApi,
  input: CreateJobInput,
  friendlyName: string,
  { context, signal }: ActivityScope,
): Promise<CreateExportJobResult | null> {
  const { resourceType, exportId } = input;
  const { namespace } = context.info;
  const { value: found, atMs } = await findExportJobs(api, { resourceType, namespace, exportId, signal });
  const [kept, ...others] = found.filter(
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

/** That of the receiver, where there is one. An adopted job keeps what it was made with. */
function ownWebhook(
  { publicUrl }: ActivityParts,
  by: { accountSid: string; input: CreateJobInput; scope: ActivityScope },
): Webhook | undefined {
  const workflowId = by.scope.context.info.workflowExecution?.workflowId;
  const { destination, exportId } = by.input;
  // A workflow that is no export knows no `checkNow`.
  if (publicUrl === null || workflowId === undefined || destination === null) {
    return undefined;
  }
  const url = createWebhookUrl({ publicUrl, accountSid: by.accountSid, workflowId, exportId });
  return url === null ? undefined : { url, method: 'POST' };
}

async function makeJob(
  api: TwilioApi,
  { resourceType, startDay, endDay, webhook, email }: CreateJobInput,
  friendlyName: string,
  sending: Pick<CreateJobRequest, 'signal' | 'turnWithinMs' | 'onSend'>,
): Promise<CreateExportJobResult> {
  const { value, atMs } = await api.createJob({
    ...sending,
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
