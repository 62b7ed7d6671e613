import type { ActivityParts } from './activity-parts.ts';
import { findAccount } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { DeleteExportJobResult } from './api.ts';
import type { FetchExportJobInput } from './bulk-exports-api.ts';
import { DEFAULT_ACCOUNT } from './operations/ask-twilio.ts';
import type { TwilioApi } from './twilio/twilio-api.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** Implements `deleteExportJob` of both contracts. */
export async function deleteExportJob(
  parts: ActivityParts,
  { jobSid, account = DEFAULT_ACCOUNT }: FetchExportJobInput,
): Promise<DeleteExportJobResult> {
  const doing = `Could not delete the job [${jobSid}, account ${account}]`;
  const { api } = findAccount(parts, { account }, { doing });

  return withHeartbeats(parts.settings.heartbeatMs, async ({ signal }) => {
    try {
      return { fate: await deleteJob(api, jobSid, signal) };
    } catch (error) {
      if (!(error instanceof TwilioProblem)) {
        throw error;
      }
      const nextRetryDelayMs = retryDelayFor(error, parts.settings, parts.random);
      throw createTwilioFailure(error, { doing, expected: 'Expected 204', nextRetryDelayMs });
    }
  });
}

/**
 * Deletes a job and says what became of it. What Twilio answers for a job whose days are all over is not
 * documented: each of its refusals is a fate.
 */
export async function deleteJob(
  api: TwilioApi,
  jobSid: string,
  signal: AbortSignal,
): Promise<DeleteExportJobResult['fate']> {
  try {
    await api.deleteJob(jobSid, signal);
    return 'deleted';
  } catch (error) {
    if (error instanceof TwilioProblem && error.kind === 'notFound') {
      return 'alreadyGone';
    }
    if (error instanceof TwilioProblem && error.kind === 'rejected') {
      return 'notDeletable';
    }
    throw error;
  }
}
