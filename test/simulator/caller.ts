import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation, Simulator, SimulatorOptions } from '../../simulator/index.ts';
import { startSimulator } from '../../simulator/index.ts';

/** What came back, with nothing followed and nothing decompressed. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** The parsed body, where it is JSON: a job, a list, an error, a redirect. Only what is asserted on is true. */
  json: ReplyJson;
}

/** Every field of every answer. */
export interface ReplyJson extends JobJson {
  enabled: boolean;
  webhook_url: string;
  webhook_method: string;
  code: number;
  status: number;
  message: string;
  more_info: string;
  redirect_to: string;
  jobs: JobJson[];
  days: {
    day: string;
    size: number;
    create_date: string;
    friendly_name: string | null;
    resource_type: string;
  }[];
  meta: {
    key: 'jobs' | 'days';
    page: number;
    page_size: number;
    url: string;
    first_page_url: string;
    next_page_url: string | null;
    previous_page_url: string | null;
  };
}

/** A job in an answer. */
export interface JobJson {
  job_sid: string;
  friendly_name: string;
  resource_type: string | null;
  start_day: string;
  end_day: string;
  details: GroupJson[];
  job_queue_position: string | null;
  estimated_completion_time: string | null;
  url: string;
}

/** One group of days in the details of a job. */
export interface GroupJson {
  status: string;
  count: number;
  days: string[] | null;
}

/** One request. */
export interface Call {
  method?: string;
  headers?: Record<string, string>;
  form?: Record<string, string>;
  /** Instead of a form. */
  body?: string;
  /** Of a connection that is kept; without one the request has a connection of its own. */
  agent?: Agent;
}

/** Requests with a plain Node client. Rejects when the connection breaks. */
export async function call(
  url: string,
  { method, headers = {}, form, body, agent }: Call = {},
): Promise<Reply> {
  const outgoing = request(url, {
    method: method ?? (form ? 'POST' : 'GET'),
    agent: agent ?? false,
    headers: { ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}), ...headers },
  });
  const [response] = await new Promise<[IncomingMessage]>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      resolve([incoming]);
    });
    outgoing.end(body ?? (form && new URLSearchParams(form).toString()));
  });
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const isJson = response.headers['content-type'] === 'application/json';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes,
    json: (isJson ? JSON.parse(bytes.toString('utf8')) : {}) as ReplyJson,
  };
}

/** A simulator and an account's way to speak to it. */
export interface Twilio extends AsyncDisposable {
  simulator: Simulator;
  api: (path: string, call?: Call) => Promise<Reply>;
  /** Makes a job of Messages and gives its sid. */
  createJob: (startDay: string, endDay: string, form?: Record<string, string>) => Promise<string>;
  /** The details of a job. */
  details: (jobSid: string) => Promise<GroupJson[]>;
  /** A new link to a day of Messages. */
  link: (day: string) => Promise<string>;
  minutes: (count: number) => void;
}

/** The instant at which the clock of every test stands at first: a Sunday. */
export const START = '2026-11-22T10:00:00.000Z';

/** An API key, for the account that a test gives it to. */
export const API_KEY = { sid: `SK${'1'.repeat(32)}`, secret: 'key' };

/** A second account. */
export const OTHER_ACCOUNT = { accountSid: `AC${'2'.repeat(32)}`, authToken: 'other' };

/** Starts a simulator whose clock stands still until the test moves it. */
export async function startTwilio(options: SimulatorOptions = {}): Promise<Twilio> {
  const simulator = await startSimulator({ clock: { kind: 'manual', start: START }, ...options });
  const { apiUrl, accountSid, authToken, clock } = simulator;
  const api: Twilio['api'] = (path, { headers, ...rest } = {}) =>
    call(path.startsWith('http') ? path : `${apiUrl}/v1/Exports/${path}`, {
      ...rest,
      headers: { Authorization: basic(accountSid, authToken), ...headers },
    });
  return {
    simulator,
    api,
    createJob: async (startDay, endDay, form) => {
      const reply = await api('Messages/Jobs', {
        form: { StartDay: startDay, EndDay: endDay, FriendlyName: 'a job', ...form },
      });
      return reply.json.job_sid;
    },
    details: async (jobSid) => (await api(`Jobs/${jobSid}`)).json.details,
    link: async (day) => (await api(`Messages/Days/${day}`)).json.redirect_to,
    minutes: (count) => {
      clock.advance(count * 60_000);
    },
    [Symbol.asyncDispose]: simulator.stop,
  };
}

/** Waits until so many requests of an operation have come, whether they are answered or not. */
export async function requestsArrive(
  { simulator }: Twilio,
  operation: Operation,
  count: number,
): Promise<void> {
  while (simulator.ledger().requests[operation] !== count) {
    await sleep(1);
  }
}

/** The value of an Authorization header. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
