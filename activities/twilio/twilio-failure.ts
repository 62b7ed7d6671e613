import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityFailureType } from '../api.ts';
import { createFailure } from '../failures.ts';
import type { ActivitySettings } from '../settings.ts';
import type { TwilioProblem, TwilioProblemKind } from './twilio-problem.ts';

/** How a problem is told. */
export interface TwilioFailureOptions {
  /** `Could not delete the job [JS…, account default]`. */
  doing: string;
  /** `Expected 204`. */
  expected: string;
  /** Overrides the delay that the kind of problem brings. */
  nextRetryDelayMs?: number;
  /** In place of the type that the kind of problem has everywhere but at the create. */
  type?: ActivityFailureType;
  /** Never retried, whatever the type. */
  final?: boolean;
  details?: unknown[];
  /** In place of the advice that the kind of problem brings. */
  advice?: string;
  /** In place of what the kind of problem says: whether only a person can mend it. */
  forAPerson?: boolean;
}

/** What was accepted at the create is hardly wrong later: a refusal then is retried like an outage. */
const typeByKind: Record<TwilioProblemKind, ActivityFailureType> = {
  unauthorized: 'AuthenticationRejected',
  notFound: 'TwilioUnavailable',
  rateLimited: 'RateLimited',
  quotaExhausted: 'QuotaExhausted',
  rejected: 'TwilioUnavailable',
  unavailable: 'TwilioUnavailable',
};

const adviceByKind: Record<TwilioProblemKind, string> = {
  unauthorized:
    'Check the Account SID and the Auth Token or API key that the worker has for this account, and that the account is active.',
  notFound: "Check the address of the API that the worker has; Twilio's support asks for the request id.",
  rateLimited: 'Too many requests of this account at once; it is tried again.',
  quotaExhausted: 'Twilio takes 366 requested days per UTC day, over all subaccounts.',
  rejected: "Check what was asked for; Twilio's support asks for the request id.",
  unavailable: "It is tried again; if it lasts, see Twilio's status page.",
};

/** A problem with Twilio as a failure of the catalogue. */
export function createTwilioFailure(
  problem: TwilioProblem,
  options: TwilioFailureOptions,
): ApplicationFailure {
  const advice = options.advice ?? adviceByKind[problem.kind];
  return createFailure(options.type ?? typeByKind[problem.kind], {
    message: `${options.doing}: ${problem.message}. ${options.expected}. ${advice}`,
    nextRetryDelayMs: options.nextRetryDelayMs,
    final: options.final,
    details: options.details,
    forAPerson: options.forAPerson ?? FOR_A_PERSON.has(problem.kind),
  });
}

/** A request that is answered so is answered so again. */
const FOR_A_PERSON: ReadonlySet<TwilioProblemKind> = new Set(['unauthorized', 'notFound', 'rejected']);

/** Some say 0, and a date may be over when it arrives: to come back at once would only be refused again. */
const SHORTEST_RETRY_AFTER_MS = 1_000;

/** How long to wait after a 429: as Twilio asks, capped, and spread so that all who were refused do not return at once. */
export function rateLimitDelay(
  problem: TwilioProblem,
  settings: ActivitySettings,
  random: () => number,
): number {
  const { retryAfterMs } = problem;
  const askedMs =
    retryAfterMs === null ? settings.rateLimitedMs : Math.max(retryAfterMs, SHORTEST_RETRY_AFTER_MS);
  return Math.min(askedMs, settings.retryAfterCapMs) * (1 + random() / 5);
}

/** The delay until the next attempt that the kind of problem asks for; undefined leaves it to the retry policy. */
export function retryDelayFor(
  problem: TwilioProblem,
  settings: ActivitySettings,
  random: () => number,
): number | undefined {
  switch (problem.kind) {
    case 'rateLimited':
      return rateLimitDelay(problem, settings, random);
    case 'unauthorized':
    case 'rejected':
    case 'quotaExhausted':
    case 'notFound':
      return settings.slowRetryMs;
    case 'unavailable':
      return undefined;
  }
}
