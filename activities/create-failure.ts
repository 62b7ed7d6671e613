import type { ActivityParts } from './activity-parts.ts';
import type { QuotaExhaustedDetails } from './api.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

const DAY_MS = 86_400_000;

/** What a create that failed was. */
export interface CreateFailureOptions {
  parts: Pick<ActivityParts, 'settings' | 'random'>;
  doing: string;
  /** Whether Twilio may have made the job though no good answer came. */
  inDoubt: boolean;
}

/**
 * Why a create failed, as a failure of the catalogue: here a refusal is final, since nothing has worked yet. An
 * error that is none of ours passes as it is.
 */
export function createCreateFailure(
  error: unknown,
  { parts, doing, inDoubt }: CreateFailureOptions,
): unknown {
  const { settings, random } = parts;
  if (error instanceof StorageProblem) {
    return createStorageFailure(error, { doing, settings, final: true });
  }
  if (!(error instanceof TwilioProblem)) {
    return error;
  }
  const expected = 'Expected 201';
  switch (error.kind) {
    case 'unauthorized':
      return createTwilioFailure(error, { doing, expected, final: true });
    case 'notFound':
    case 'rejected':
      return createTwilioFailure(error, { doing, expected, type: 'ExportRejected', final: true });
    case 'quotaExhausted': {
      const retryAfterMs = Math.ceil(DAY_MS - (error.atMs % DAY_MS) + random() * settings.quotaJitterMs);
      const details: QuotaExhaustedDetails = { retryAfterMs };
      return createTwilioFailure(error, { doing, expected, details: [details] });
    }
    case 'rateLimited':
      return createTwilioFailure(error, {
        doing,
        expected,
        nextRetryDelayMs: retryDelayFor(error, settings, random),
      });
    case 'unavailable':
      return createTwilioFailure(error, {
        doing,
        expected,
        nextRetryDelayMs: inDoubt ? settings.createRetryMs : undefined,
        advice: inDoubt
          ? 'Twilio may have made the job: the next attempt lets it settle and looks whether the job exists.'
          : undefined,
      });
  }
}
