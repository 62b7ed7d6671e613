import { isGrpcServiceError } from '@temporalio/client';
import type { TwilioProblem, TwilioProblemKind } from '../../activities/for-worker.ts';
import type { ResourceType } from '../../activities/index.ts';
import type { ReapedJob, ReapFailure } from './report.ts';

/** Twilio did not give its list of jobs. */
export function listFailure(
  problem: TwilioProblem,
  { account, resourceType }: { account: string; resourceType: ResourceType },
): ReapFailure {
  // Credentials that are not taken for one type are taken for none.
  const isWholeAccount = problem.kind === 'unauthorized';
  const where = isWholeAccount ? `account ${account}` : `account ${account}, ${resourceType}`;
  return {
    account,
    resourceType: isWholeAccount ? null : resourceType,
    jobSid: null,
    type: typeByKind[problem.kind],
    message: `Could not list the jobs at Twilio [${where}]: ${problem.message}. Expected 200. ${adviceByKind[problem.kind]}`,
  };
}

/** Twilio did not say that a job is deleted. */
export function deleteFailure({ kind, message }: TwilioProblem, job: ReapedJob): ReapFailure {
  const advice = kind === 'rejected' ? adviceByKind[kind] : `${adviceByKind[kind]} ${STOPPED}`;
  return jobFailure(job, typeByKind[kind], `${message}. Expected 204. ${advice}`);
}

/** Twilio refused to delete a job that lives. */
export function refusedFailure(job: ReapedJob): ReapFailure {
  return jobFailure(
    job,
    'TwilioRejected',
    `Twilio refused though days of it are not final. ${adviceByKind.rejected}`,
  );
}

/** Temporal did not say whether the export is still closed. */
export function temporalFailure(error: Error, job: ReapedJob): ReapFailure {
  const words = isGrpcServiceError(error) ? error.details : error.message;
  const advice = 'Nothing was deleted from here on. Run the command again once Temporal answers.';
  return jobFailure(
    job,
    'TemporalUnavailable',
    `its export could not be looked at once more: ${words}. ${advice}`,
  );
}

const typeByKind: Record<TwilioProblemKind, ReapFailure['type']> = {
  unauthorized: 'AuthenticationRejected',
  notFound: 'TwilioRejected',
  rateLimited: 'TwilioUnavailable',
  quotaExhausted: 'TwilioRejected',
  rejected: 'TwilioRejected',
  unavailable: 'TwilioUnavailable',
};

const STOPPED = 'The other orphans of this account were not tried.';

const adviceByKind: Record<TwilioProblemKind, string> = {
  unauthorized:
    'Check the Account SID and the Auth Token or API key of this account in the environment, and that the account is active.',
  notFound: 'Check the address of the API in the environment.',
  rateLimited: 'Too many requests of this account at once: run the command again later.',
  quotaExhausted: "Twilio's support asks for the request id.",
  rejected: "Look again; if it still lives then, Twilio's support asks for its job sid and the request id.",
  unavailable: "Run the command again; if it lasts, see Twilio's status page.",
};

function jobFailure(
  { account, resourceType, jobSid }: ReapedJob,
  type: ReapFailure['type'],
  what: string,
): ReapFailure {
  const message = `Could not delete a job [${jobSid}, account ${account}, ${resourceType}]: ${what}`;
  return { account, resourceType, jobSid, type, message };
}
