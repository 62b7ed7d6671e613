import type { Day, ResourceType, Webhook } from '../api.ts';
import { createFailure } from '../failures.ts';
import { isJsonObject } from '../json-object.ts';
import type { ActivitySettings } from '../settings.ts';
import type { TwilioAnswer, TwilioHttp } from './twilio-http.ts';
import { TwilioProblem } from './twilio-problem.ts';
import type { TwilioConfiguration, TwilioDay, TwilioJob } from './twilio-shapes.ts';
import { parseConfiguration, parseDayEntry, parseJob } from './twilio-shapes.ts';

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
  /** Ends the wait for a turn, and never a request that was sent. */
  signal: AbortSignal;
  /** How long to wait for a turn at most; a request that was sent goes on. */
  turnWithinMs: number;
  /** Called just before the request is sent: from then on there may be a job. */
  onSend: () => void;
}

/** What is wanted of a list. */
export interface ListRequest<Item> {
  resourceType: ResourceType;
  /** Every page is read, and nothing of it stays in memory but what this takes. */
  keep: (item: Item) => boolean;
  signal: AbortSignal;
}

/**
 * The operations of Twilio's Bulk Exports API that an export uses, with the credentials of one account. Each
 * throws a {@link TwilioProblem} where Twilio does not do what was asked.
 */
export interface TwilioApi {
  /** Sent once and never aborted: what was sent may be carried out. */
  createJob: (job: CreateJobRequest) => Promise<Told<{ jobSid: string }>>;
  fetchJob: (jobSid: string, signal: AbortSignal) => Promise<Told<TwilioJob>>;
  /** Of all jobs that Twilio still lists, those to be kept: an account may have thousands. */
  listJobs: (list: ListRequest<TwilioJob>) => Promise<Told<TwilioJob[]>>;
  /** Of all days that Twilio still holds, those to be kept. */
  listDays: (list: ListRequest<TwilioDay>) => Promise<Told<TwilioDay[]>>;
  /** A link that works once, for about four minutes: to be used at once, and never kept or shown. */
  fetchDayLink: (resourceType: ResourceType, day: Day, signal: AbortSignal) => Promise<Told<string>>;
  deleteJob: (jobSid: string, signal: AbortSignal) => Promise<void>;
  /** Changed by `change` first, where that is given: sent once and never aborted. */
  configure: (request: ConfigureRequest) => Promise<TwilioConfiguration>;
}

/** Whose configuration, and what of it is to change. */
export interface ConfigureRequest {
  resourceType: ResourceType;
  change?: URLSearchParams;
  signal: AbortSignal;
}

/** What differs between the two lists. */
interface ListKind<Item> {
  key: 'jobs' | 'days';
  path: 'Jobs' | 'Days';
  pageSize: number;
  parse: (value: unknown) => Item | null;
}

/** The largest pages that Twilio gives. */
const jobsList: ListKind<TwilioJob> = { key: 'jobs', path: 'Jobs', pageSize: 1_000, parse: parseJob };
const daysList: ListKind<TwilioDay> = { key: 'days', path: 'Days', pageSize: 400, parse: parseDayEntry };

/** So many times the size asked for is no page of this API any more. */
const PAGE_SIZE_TOLERANCE = 2;

/** The API at `url`, spoken through `http`. */
export function createTwilioApi(url: URL, http: TwilioHttp, settings: ActivitySettings): TwilioApi {
  const at = (...names: string[]): URL => new URL(`/v1/Exports/${names.map(checkName).join('/')}`, url);

  async function readList<Item>(
    { key, path, pageSize, parse }: ListKind<Item>,
    { resourceType, keep, signal }: ListRequest<Item>,
  ): Promise<Told<Item[]>> {
    const kept: Item[] = [];
    let page: URL | null = at(resourceType, path);
    page.searchParams.set('PageSize', String(pageSize));
    let atMs = Date.now();
    for (let number = 1; page !== null; number++) {
      if (number > settings.listPages) {
        throw unexpected(`Twilio's list of ${key} has more than ${settings.listPages} pages`, atMs);
      }
      const answer: TwilioAnswer = await http({ method: 'GET', url: page, signal, success: 'ok' });
      atMs = answer.atMs;
      const list = isJsonObject(answer.body) ? (answer.body[key] ?? []) : null;
      if (!Array.isArray(list)) {
        throw unexpected(`Twilio answered ${answer.status} with a body that is no list of ${key}`, atMs);
      }
      if (list.length > PAGE_SIZE_TOLERANCE * pageSize) {
        throw unexpected(
          `Twilio answered a page of ${list.length} ${key} where ${pageSize} were asked for`,
          atMs,
        );
      }
      for (const item of list.map(parse)) {
        if (item !== null && keep(item)) {
          kept.push(item);
        }
      }
      page = readNextPage(answer, url.origin);
    }
    return { value: kept, atMs };
  }

  return {
    createJob: async (job) => {
      const { resourceType, startDay, endDay, friendlyName, webhook, email, signal, turnWithinMs, onSend } =
        job;
      const form = new URLSearchParams({ StartDay: startDay, EndDay: endDay, FriendlyName: friendlyName });
      if (webhook !== undefined) {
        form.set('WebhookUrl', webhook.url);
        form.set('WebhookMethod', webhook.method);
      }
      if (email !== undefined) {
        form.set('Email', email);
      }
      const answer = await http({
        method: 'POST',
        url: at(resourceType, 'Jobs'),
        form,
        signal,
        turnWithinMs,
        onSend,
        success: 'ok',
      });
      const jobSid = parseJob(answer.body)?.jobSid ?? null;
      if (jobSid === null) {
        throw unexpected(`Twilio answered ${answer.status} with a body that names no job_sid`, answer.atMs);
      }
      return { value: { jobSid }, atMs: answer.atMs };
    },

    fetchJob: async (jobSid, signal) => {
      const answer = await http({ method: 'GET', url: at('Jobs', jobSid), signal, success: 'ok' });
      const job = parseJob(answer.body);
      if (job === null) {
        throw unexpected(`Twilio answered ${answer.status} with a body that is no job`, answer.atMs);
      }
      return { value: job, atMs: answer.atMs };
    },

    listJobs: (list) => readList(jobsList, list),

    listDays: (list) => readList(daysList, list),

    fetchDayLink: async (resourceType, day, signal) => {
      const answer = await http({
        method: 'GET',
        url: at(resourceType, 'Days', day),
        signal,
        success: 'redirect',
      });
      const inBody = isJsonObject(answer.body) ? answer.body['redirect_to'] : undefined;
      const link = answer.headers['location'] ?? inBody;
      if (typeof link !== 'string' || link === '') {
        throw unexpected(`Twilio answered ${answer.status} without a link to the file`, answer.atMs);
      }
      return { value: link, atMs: answer.atMs };
    },

    deleteJob: async (jobSid, signal) => {
      await http({ method: 'DELETE', url: at('Jobs', jobSid), signal, success: 'ok' });
    },

    configure: async ({ resourceType, change, signal }) => {
      const address = at(resourceType, 'Configuration');
      const how =
        change === undefined ? ({ method: 'GET' } as const) : ({ method: 'POST', form: change } as const);
      const answer = await http({ ...how, url: address, signal, success: 'ok' });
      const configuration = parseConfiguration(answer.body);
      if (configuration === null) {
        throw unexpected(
          `Twilio answered ${answer.status} with a body that is no configuration`,
          answer.atMs,
        );
      }
      return configuration;
    },
  };
}

/**
 * What stands between two slashes: types, days and sids come from outside, and none of them may lead to another
 * resource of the account.
 */
function checkName(name: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(name)) {
    return name;
  }
  throw createFailure('InvalidInput', {
    message:
      'Could not ask Twilio: expected a resource type, a day or a job sid of letters, digits and "-", ' +
      `got ${JSON.stringify(name.slice(0, 80))}. No request was sent.`,
  });
}

/** The credentials go with it, so a page elsewhere is refused. */
function readNextPage(answer: TwilioAnswer, origin: string): URL | null {
  const meta = isJsonObject(answer.body) ? answer.body['meta'] : null;
  const next = isJsonObject(meta) ? meta['next_page_url'] : null;
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
