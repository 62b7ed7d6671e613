import type { ActivityParts } from './activity-parts.ts';
import { findAccount } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { SweepExportJobsInput, SweepExportJobsResult } from './api.ts';
import { deleteJob } from './delete-export-job.ts';
import { findExportJobs } from './find-export-jobs.ts';
import { inParallel } from './in-parallel.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** Implements `sweepExportJobs` of the contract. */
export async function sweepExportJobs(
  parts: ActivityParts,
  input: SweepExportJobsInput,
): Promise<SweepExportJobsResult> {
  const { resourceType, exportId, keep, createInDoubt } = input;
  const doing = `Could not delete the jobs that are left of the export [${resourceType}, account ${input.account}]`;
  const { api } = findAccount(parts, input, { doing, isCreate: false });
  const { settings, random } = parts;

  return withHeartbeats(settings.heartbeatMs, async ({ context, signal }) => {
    if (createInDoubt) {
      await context.sleep(settings.settleMs);
    }
    try {
      const { value: jobs } = await api.listJobs(resourceType, signal);
      const left = findExportJobs(jobs, { namespace: context.info.namespace, exportId }).filter(
        ({ jobSid, isBeingDeleted }) => !keep.includes(jobSid) && !isBeingDeleted,
      );
      const swept = await inParallel(
        left,
        settings.settleRequestsAtOnce,
        async ({ jobSid, startDay, endDay }) => ({
          jobSid,
          startDay: startDay ?? '',
          endDay: endDay ?? '',
          fate: await deleteJob(api, jobSid, signal),
        }),
      );
      return { swept };
    } catch (error) {
      if (!(error instanceof TwilioProblem)) {
        throw error;
      }
      const nextRetryDelayMs = retryDelayFor(error, settings, random);
      throw createTwilioFailure(error, { doing, expected: 'Expected 200 and 204', nextRetryDelayMs });
    }
  });
}
