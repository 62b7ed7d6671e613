import type { Info } from '@temporalio/activity';
import type { ActivityParts } from './activity-parts.ts';
import { findAccount } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { ExportedJob, SparedJob, SweepExportJobsInput, SweepExportJobsResult } from './api.ts';
import { deleteJob } from './delete-export-job.ts';
import { createFailure } from './failures.ts';
import { findExportJobs, isWithin, type FoundJob } from './find-export-jobs.ts';
import { inParallel } from './in-parallel.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** What an attempt leaves to the next one. */
interface SweepSoFar extends SweepExportJobsResult {
  /** Jobs that were named: for each of them a DELETE may have been sent. */
  tried: ExportedJob[];
}

/**
 * Implements `sweepExportJobs` of the contract. A job that can not be deleted keeps none of the others from it.
 * What was deleted is told by the next attempt too: Twilio may list such a job no more, so the receipts also go
 * along in the heartbeats, and one that is still listed as deleted is reported from there. A job is named there
 * before its DELETE is sent: the answer may be lost, and the worker too. A heartbeat may be held back for half a
 * minute, and what a failed attempt said last is always kept: so the attempt that finds jobs fails, and the next one
 * deletes them.
 */
export async function sweepExportJobs(
  parts: ActivityParts,
  input: SweepExportJobsInput,
): Promise<SweepExportJobsResult> {
  const { resourceType, exportId, keep, createInDoubt } = input;
  const jobs = `jobs that are left of the export [${resourceType}, account ${input.account}]`;
  const doing = `Could not delete the ${jobs}`;
  const { api } = findAccount(parts, input, { doing });
  const { settings, random } = parts;

  return withHeartbeats(settings.heartbeatMs, async ({ context, signal, tell }) => {
    const said: Partial<SweepSoFar> | null | undefined = context.info.heartbeatDetails;
    const swept = bySid(said?.swept);
    const tried = bySid(said?.tried);
    const report = (): SweepExportJobsResult => ({
      swept: [...swept.values()].toSorted((one, other) => (one.jobSid < other.jobSid ? -1 : 1)),
    });
    const soFar = (): SweepSoFar => ({ ...report(), tried: [...tried.values()] });
    tell(soFar());
    try {
      if (createInDoubt) {
        await context.sleep(Math.max(0, settings.settleMs - waitedMs(context.info)));
      }
      const { namespace } = context.info;
      const { value: found } = await findExportJobs(api, { resourceType, namespace, exportId, signal });
      const unknown = found.filter(({ jobSid }) => !keep.includes(jobSid) && !swept.has(jobSid));
      const left = unknown.filter((job) => isWithin(job, input));
      const spared = unknown
        .filter((job) => !isWithin(job, input) && !job.isBeingDeleted)
        .map(toExportedDays);
      // Named and not listed now: its DELETE was carried out, or the list is behind. By its sid Twilio knows.
      const unlisted = [...tried.values()]
        .filter(({ jobSid }) => !swept.has(jobSid) && found.every((job) => job.jobSid !== jobSid))
        .map(({ jobSid, startDay, endDay }) => ({ jobSid, startDay, endDay, isBeingDeleted: false }));
      const unnamed = left.filter(({ jobSid }) => !tried.has(jobSid));
      for (const { jobSid, startDay, endDay } of unnamed) {
        tried.set(jobSid, { jobSid, startDay: startDay ?? '', endDay: endDay ?? '', fate: 'alreadyGone' });
      }
      if (unnamed.length > 0) {
        tell(soFar());
        context.heartbeat(soFar());
        throw createFailure('JobsNamed', {
          message: `Found ${jobs}: ${unnamed.map(({ jobSid }) => jobSid).join(', ')}. The next attempt deletes them.`,
          nextRetryDelayMs: 1,
        });
      }
      const failed = await inParallel([...left, ...unlisted], settings.sweepAtOnce, async (job) => {
        const { jobSid, startDay, endDay, isBeingDeleted } = job;
        try {
          const fate = isBeingDeleted ? 'deleted' : await deleteJob(api, jobSid, signal);
          swept.set(jobSid, { jobSid, startDay: startDay ?? '', endDay: endDay ?? '', fate });
          tell(soFar());
          return null;
        } catch (error) {
          signal.throwIfAborted();
          return { error };
        }
      });
      const first = failed.find((failure) => failure !== null);
      if (first !== undefined && first !== null) {
        context.heartbeat(soFar());
        throw first.error;
      }
      return { ...report(), ...(spared.length > 0 && { spared }) };
    } catch (error) {
      if (!(error instanceof TwilioProblem)) {
        throw error;
      }
      const nextRetryDelayMs = retryDelayFor(error, settings, random);
      throw createTwilioFailure(error, { doing, expected: 'Expected 200 and 204', nextRetryDelayMs });
    }
  });
}

function toExportedDays({ jobSid, startDay, endDay }: FoundJob): SparedJob {
  return { jobSid, startDay: startDay ?? '', endDay: endDay ?? '' };
}

/**
 * What of the time to settle has passed before this attempt: the create in doubt had ended when the first one was
 * scheduled. By the engine's clock, which all workers share.
 */
function waitedMs({ scheduledTimestampMs, currentAttemptScheduledTimestampMs }: Info): number {
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs;
}

function bySid(jobs: ExportedJob[] = []): Map<string, ExportedJob> {
  return new Map(jobs.map((job) => [job.jobSid, job]));
}
