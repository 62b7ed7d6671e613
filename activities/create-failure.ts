import type { ActivityParts } from './activity-parts.ts';
import type { CreateRefusedDetails } from './api.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';
import { createTwilioFailure, retryDelayFor } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** What a create that failed was. */
export interface CreateFailureOptions {
  parts: Pick<ActivityParts, 'settings' | 'random'>;
  doing: string;
  /** Whether this create may still be on its way. */
  isUnsettled: boolean;
  /** Whether Twilio may have made the job, though no good answer came. */
  inDoubt: boolean;
  /** Whether the export has made a job before: then what a person can mend is retried slowly. */
  isUnderWay: boolean;
  /** Whether an export asks, which waits for a new quota by itself. */
  isOfExport: boolean;
}

/**
 * Why a create failed, as a failure of the catalogue. Where an export begins a refusal is final, since nothing has
 * worked yet. An error that is none of ours passes as it is.
 */
export function createCreateFailure(
  error: unknown,
  { parts, doing, isUnsettled, inDoubt, isUnderWay, isOfExport }: CreateFailureOptions,
): unknown {
  const { settings, random } = parts;
  const refused: CreateRefusedDetails = { inDoubt };
  if (error instanceof StorageProblem) {
    return createStorageFailure(error, { doing, settings, final: !isUnderWay, details: [refused] });
  }
  if (!(error instanceof TwilioProblem)) {
    return error;
  }
  const expected = 'Expected 201';
  switch (error.kind) {
    case 'unauthorized':
      return createTwilioFailure(error, {
        doing,
        expected,
        final: !isUnderWay,
        details: [refused],
        nextRetryDelayMs: isUnderWay ? settings.slowRetryMs : undefined,
      });
    case 'notFound':
    case 'rejected':
      if (inDoubt && isUnderWay) {
        // It was the search that was refused. Submitted anew, the days might have two jobs: this one has to be found.
        return createTwilioFailure(error, {
          doing,
          expected,
          details: [refused],
          nextRetryDelayMs: settings.slowRetryMs,
        });
      }
      return createTwilioFailure(error, {
        doing,
        expected,
        type: 'ExportRejected',
        final: true,
        details: [refused],
      });
    case 'quotaExhausted': {
      const { quotaDayMs, quotaJitterMs } = settings;
      const jitterMs = random() * Math.min(quotaJitterMs, quotaDayMs / 10);
      const retryAfterMs = Math.ceil(quotaDayMs - (error.atMs % quotaDayMs) + jitterMs);
      const details: CreateRefusedDetails = { ...refused, retryAfterMs };
      const until = new Date(error.atMs + retryAfterMs).toISOString().replace(/\.\d+Z$/, 'Z');
      return createTwilioFailure(error, {
        doing,
        expected,
        details: [details],
        advice: isOfExport
          ? `Twilio takes 366 requested days per UTC day, over all subaccounts: the export waits until ${until}.`
          : `Twilio takes 366 requested days per UTC day, over all subaccounts: ask again after ${until}.`,
      });
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
        nextRetryDelayMs: isUnsettled ? settings.createRetryMs : undefined,
        advice: isUnsettled
          ? 'Twilio may have made the job: the next attempt lets it settle and looks whether the job exists.'
          : undefined,
      });
  }
}
