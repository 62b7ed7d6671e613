import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts } from '../activity-parts.ts';
import { findAccount } from '../activity-parts.ts';
import { withHeartbeats } from '../activity-scope.ts';
import type { AccountInput } from '../bulk-exports-api.ts';
import type { TwilioApi } from '../twilio/twilio-api.ts';
import { createTwilioFailure, retryDelayFor } from '../twilio/twilio-failure.ts';
import { TwilioProblem } from '../twilio/twilio-problem.ts';

/** The account of whoever names none. */
export const DEFAULT_ACCOUNT = 'default';

/** One operation of the API, asked for by a workflow that is no export. */
export interface Operation<Result> extends AccountInput {
  /** `Could not list the jobs`. */
  doing: string;
  /** What it is about: a resource type or a job. */
  of: string;
  ask: (api: TwilioApi, signal: AbortSignal) => Promise<Result>;
}

/**
 * Asks with the credentials of the account. What only a person or another input can mend is final: there is no export
 * that would lose something by it.
 */
export async function askTwilio<Result>(
  parts: ActivityParts,
  { account = DEFAULT_ACCOUNT, doing: what, of, ask }: Operation<Result>,
): Promise<Result> {
  const doing = `${what} [${of}, account ${account}]`;
  const { api } = findAccount(parts, { account }, { doing, refusal: { inDoubt: false } });
  return await withHeartbeats(parts.settings.heartbeatMs, async ({ signal }) => {
    try {
      return await ask(api, signal);
    } catch (error) {
      throw error instanceof TwilioProblem ? toFailure(error, parts, doing) : error;
    }
  });
}

function toFailure(
  problem: TwilioProblem,
  { settings, random }: ActivityParts,
  doing: string,
): ApplicationFailure {
  const expected = 'Expected 200';
  switch (problem.kind) {
    case 'unauthorized':
      return createTwilioFailure(problem, { doing, expected, final: true });
    case 'notFound':
    case 'rejected':
    case 'quotaExhausted':
      return createTwilioFailure(problem, { doing, expected, type: 'ExportRejected', final: true });
    case 'rateLimited':
    case 'unavailable':
      return createTwilioFailure(problem, {
        doing,
        expected,
        nextRetryDelayMs: retryDelayFor(problem, settings, random),
      });
  }
}
