import type { Day, ResourceType, Webhook } from '../api.ts';
import type { ActivitySettings } from '../settings.ts';
import type { TwilioAnswer, TwilioHttp } from './twilio-http.ts';
import { TwilioProblem } from './twilio-problem.ts';
import type { TwilioDay, TwilioJob } from './twilio-shapes.ts';
import { isRecord, parseDayEntry, parseJob } from './twilio-shapes.ts';

/** What Twilio said, and when by its own clock, in milliseconds since 1970. */
export interface Told<Value> {
  value: Value;
  atMs: number;
}

/** What a new job is made of. */
export interface CreateJobRequest {
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  friendlyName: string;
  webhook?: Webhook;
  email?: string;
}

/**
 * The operations of Twilio's Bulk Exports API that an export uses, with the credentials of one account. Each
 * throws a {@link TwilioProblem} where Twilio does not do what was asked.
 */
export interface TwilioApi {
  /** Sent once and never aborted: what was sent may be carried out. */
  createJob: (job: CreateJobRequest) => Promise<Told<{ jobSid: string }>>;
  fetchJob: (jobSid: string, signal: AbortSignal) => Promise<Told<TwilioJob>>;
  /** All jobs that Twilio still lists, of every page. */
  listJobs: (resourceType: ResourceType, signal: AbortSignal) => Promise<Told<TwilioJob[]>>;
  /** All days that Twilio still holds, of every page. */
  listDays: (resourceType: ResourceType, signal: AbortSignal) => Promise<Told<TwilioDay[]>>;
  /** A link that works once, for about four minutes: to be used at once, and never kept or shown. */
  fetchDayLink: (resourceType: ResourceType, day: Day, signal: AbortSignal) => Promise<string>;
  deleteJob: (jobSid: string, signal: AbortSignal) => Promise<void>;
}

const JOBS_PAGE_SIZE = 1_000;
const DAYS_PAGE_SIZE = 400;

/** The API at `url`, spoken through `http`. */
export function createTwilioApi(url: URL, http: TwilioHttp, settings: ActivitySettings): TwilioApi {
  const at = (path: string): URL => new URL(`${url.pathname.replace(/\/$/, '')}/v1/Exports/${path}`, url);

  async function listAll<Item>(
    first: URL,
    key: 'jobs' | 'days',
    parse: (value: unknown) => Item | null,
    signal: AbortSignal,
  ): Promise<Told<Item[]>> {
    const items: Item[] = [];
    let page: URL | null = first;
    let atMs = Date.now();
    for (let number = 1; page !== null; number++) {
      if (number > settings.listPages) {
        throw unexpected(`Twilio's list of ${key} has more than ${settings.listPages} pages`, atMs);
      }
      const answer: TwilioAnswer = await http({ method: 'GET', url: page, signal, success: 'ok' });
      atMs = answer.atMs;
      const list = isRecord(answer.body) ? (answer.body[key] ?? []) : null;
      if (!Array.isArray(list)) {
        throw unexpected(`Twilio answered ${answer.status} with a body that is no list of ${key}`, atMs);
      }
      items.push(...list.map(parse).filter((item) => item !== null));
      page = readNextPage(answer, url.origin);
    }
    return { value: items, atMs };
  }

  return {
    createJob: async ({ resourceType, startDay, endDay, friendlyName, webhook, email }) => {
      const form = new URLSearchParams({ StartDay: startDay, EndDay: endDay, FriendlyName: friendlyName });
      if (webhook !== undefined) {
        form.set('WebhookUrl', webhook.url);
        form.set('WebhookMethod', webhook.method);
      }
      if (email !== undefined) {
        form.set('Email', email);
      }
      const answer = await http({ method: 'POST', url: at(`${resourceType}/Jobs`), form, success: 'ok' });
      const jobSid = parseJob(answer.body)?.jobSid ?? null;
      if (jobSid === null) {
        throw unexpected(`Twilio answered ${answer.status} with a body that names no job_sid`, answer.atMs);
      }
      return { value: { jobSid }, atMs: answer.atMs };
    },

    fetchJob: async (jobSid, signal) => {
      const answer = await http({ method: 'GET', url: at(`Jobs/${jobSid}`), signal, success: 'ok' });
      const job = parseJob(answer.body);
      if (job === null) {
        throw unexpected(`Twilio answered ${answer.status} with a body that is no job`, answer.atMs);
      }
      return { value: job, atMs: answer.atMs };
    },

    listJobs: (resourceType, signal) =>
      listAll(at(`${resourceType}/Jobs?PageSize=${JOBS_PAGE_SIZE}`), 'jobs', parseJob, signal),

    listDays: (resourceType, signal) =>
      listAll(at(`${resourceType}/Days?PageSize=${DAYS_PAGE_SIZE}`), 'days', parseDayEntry, signal),

    fetchDayLink: async (resourceType, day, signal) => {
      const answer = await http({
        method: 'GET',
        url: at(`${resourceType}/Days/${day}`),
        signal,
        success: 'redirect',
      });
      const inBody = isRecord(answer.body) ? answer.body['redirect_to'] : undefined;
      const link = answer.headers['location'] ?? inBody;
      if (typeof link !== 'string' || link === '') {
        throw unexpected(`Twilio answered ${answer.status} without a link to the file`, answer.atMs);
      }
      return link;
    },

    deleteJob: async (jobSid, signal) => {
      await http({ method: 'DELETE', url: at(`Jobs/${jobSid}`), signal, success: 'ok' });
    },
  };
}

/** The credentials go with it, so a page elsewhere is refused. */
function readNextPage(answer: TwilioAnswer, origin: string): URL | null {
  const meta = isRecord(answer.body) ? answer.body['meta'] : null;
  const next = isRecord(meta) ? meta['next_page_url'] : null;
  if (typeof next !== 'string' || next === '') {
    return null;
  }
  const page = URL.canParse(next, origin) ? new URL(next, origin) : null;
  if (page?.origin !== origin) {
    throw unexpected('The list names a next page that is not on the origin of the API', answer.atMs);
  }
  return page;
}

function unexpected(message: string, atMs: number): TwilioProblem {
  return new TwilioProblem({
    kind: 'unavailable',
    message,
    status: null,
    atMs,
    retryAfterMs: null,
    carriedOut: 'unknown',
  });
}
