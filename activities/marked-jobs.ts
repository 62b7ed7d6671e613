import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { DeleteExportJobResult, ResourceType } from './api.ts';
import { DEFAULT_REQUESTS_PER_ACCOUNT } from './activities-options.ts';
import { isDay } from './day-range.ts';
import { deleteJob } from './delete-export-job.ts';
import { isBeingDeleted } from './find-export-jobs.ts';
import type { JobMarker } from './marker.ts';
import { parseMarker } from './marker.ts';
import { readDetails } from './picture/read-details.ts';
import type { ActivitySettings } from './settings.ts';
import { defaultSettings } from './settings.ts';
import { createTurns } from './turns.ts';
import { isQuotaRejection } from './twilio/quota-rejection.ts';
import type { TwilioAccount } from './twilio/twilio-account.ts';
import { createTwilioApi } from './twilio/twilio-api.ts';
import { rateLimitDelay } from './twilio/twilio-failure.ts';
import { createTwilioHttp } from './twilio/twilio-http.ts';
import type { TwilioProblemKind } from './twilio/twilio-problem.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';
import type { TwilioJob } from './twilio/twilio-shapes.ts';

/**
 * What Twilio still does for a job. `live`: a day of it is not final, or nobody can say so. `beingDeleted`: somebody
 * has asked for that. `over`: every day of it is final; it costs nothing and leaves the list after seven days.
 */
export type MarkedJobState = 'live' | 'beingDeleted' | 'over';

/** A job on Twilio's list that carries a marker of this package, whichever export made it. */
export interface MarkedJob {
  jobSid: string;
  startDay: string | null;
  endDay: string | null;
  marker: JobMarker;
  state: MarkedJobState;
  /** Twilio's counts of its days, by status; empty where it says nothing yet. */
  byStatus: Record<string, number>;
}

/**
 * The marked jobs of one account. Each call throws a {@link TwilioProblem} where Twilio does not do what was asked,
 * after three tries; no engine stands behind it that would try again.
 */
export interface MarkedJobs {
  find: (resourceType: ResourceType, signal: AbortSignal) => Promise<MarkedJob[]>;
  /** Null for a job that Twilio does not know any more, or that has lost its marker. */
  look: (jobSid: string, signal: AbortSignal) => Promise<MarkedJob | null>;
  /** What became of it; safe to repeat. */
  delete: (jobSid: string, signal: AbortSignal) => Promise<DeleteExportJobResult['fate']>;
  close: () => Promise<void>;
}

/** What {@link openMarkedJobs} needs. */
export interface OpenMarkedJobsOptions {
  account: TwilioAccount;
  /** The origin of the Bulk Exports API. */
  twilioUrl: string;
  /** Overrides of the tuning numbers, for tests. */
  settings?: Partial<ActivitySettings>;
  /** Carries all requests in place of an own agent, and is not closed here. */
  dispatcher?: Dispatcher;
}

/** A person waits: an engine may obey a longer Retry-After. */
const RETRY_AFTER_CAP_MS = 60_000;

/** The jobs of one account, with its credentials. Nothing is connected to before the first call. */
export function openMarkedJobs(options: OpenMarkedJobsOptions): MarkedJobs {
  const settings = { ...defaultSettings, retryAfterCapMs: RETRY_AFTER_CAP_MS, ...options.settings };
  const agent = options.dispatcher ?? new Agent();
  const http = createTwilioHttp({
    account: options.account,
    dispatcher: agent,
    turns: createTurns(DEFAULT_REQUESTS_PER_ACCOUNT),
    settings,
    random: Math.random,
    isQuotaRejection,
  });
  const api = createTwilioApi(new URL(options.twilioUrl), http, settings);

  return {
    find: (resourceType, signal) =>
      withPatience(settings, { worth: GET, signal }, async () => {
        const { value: jobs } = await api.listJobs({
          resourceType,
          keep: ({ friendlyName }) => parseMarker(friendlyName ?? '') !== null,
          signal,
        });
        return jobs.flatMap((job) => readMarkedJob(job) ?? []);
      }),
    look: (jobSid, signal) =>
      withPatience(settings, { worth: GET, signal }, async () => {
        try {
          return readMarkedJob((await api.fetchJob(jobSid, signal)).value);
        } catch (error) {
          if (error instanceof TwilioProblem && error.kind === 'notFound') {
            return null;
          }
          throw error;
        }
      }),
    delete: (jobSid, signal) =>
      withPatience(settings, { worth: DELETE, signal }, () => deleteJob(api, jobSid, signal)),
    close: async () => {
      if (options.dispatcher === undefined) {
        await agent.destroy();
      }
    },
  };
}

/** A GET is sent again on an outage already below. */
type WorthRepeating = readonly TwilioProblemKind[];
const GET: WorthRepeating = ['rateLimited'];
const DELETE: WorthRepeating = ['rateLimited', 'unavailable'];

async function withPatience<Result>(
  settings: ActivitySettings,
  { worth, signal }: { worth: WorthRepeating; signal: AbortSignal },
  ask: () => Promise<Result>,
): Promise<Result> {
  for (let number = 1; ; number++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TwilioProblem) || !worth.includes(error.kind) || number >= settings.getTries) {
        throw error;
      }
      const pauseMs =
        error.kind === 'rateLimited'
          ? rateLimitDelay(error, settings, Math.random)
          : settings.getPauseMaximumMs;
      await pause(pauseMs, undefined, { signal });
    }
  }
}

function readMarkedJob({ jobSid, friendlyName, startDay, endDay, details }: TwilioJob): MarkedJob | null {
  const marker = parseMarker(friendlyName ?? '');
  if (jobSid === null || marker === null) {
    return null;
  }
  const account = isDay(startDay) && isDay(endDay) ? readDetails(details, startDay, endDay) : null;
  const byStatus = account?.byStatus ?? new Map(details.map(({ status, count }) => [status, count ?? 0]));
  return {
    jobSid,
    startDay,
    endDay,
    marker,
    state: account?.countsAddUp ? 'over' : isBeingDeleted(details) ? 'beingDeleted' : 'live',
    byStatus: Object.fromEntries(byStatus),
  };
}
