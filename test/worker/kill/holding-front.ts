import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Requests that a hold can be about. */
export type HeldRequest = 'listJobs' | 'createJob' | 'fetchJob' | 'deleteJob' | 'fetchDay';

/** Which request of which account is held, and where on its way. */
export interface Hold {
  accountSid: string;
  /** The first one of the account. */
  request: HeldRequest;
  /** `arrival`: nothing of it was carried out. `answer`: it was, and nobody has heard of it. */
  at: 'arrival' | 'answer';
}

/** A request that is held. Whoever sent it never hears of it again. */
export interface Held {
  /** Resolves when the request is there. */
  reached: Promise<unknown>;
  /** Has one that was held at its arrival carried out after all. */
  carryOut: () => Promise<void>;
}

/** A server that stands before Twilio's API, counts what comes, and holds what it is told to. */
export interface HoldingFront {
  url: string;
  hold: (hold: Hold) => Held;
  /** How many requests of an account have come, those that were held too. */
  count: (accountSid: string, request: HeldRequest) => number;
  stop: () => void;
}

/** Starts a front on loopback. What is not held is handed on as it is, and so is its answer. */
export async function startHoldingFront(apiUrl: string): Promise<HoldingFront> {
  const waiting: (Hold & { reach: (carryOut: () => Promise<Response>) => void })[] = [];
  const counts = new Map<string, number>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = { accountSid: accountOf(request), request: nameOf(request) };
    const key = `${asked.accountSid} ${asked.request}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const body = await text(request);
    const carryOut = () => handOn(apiUrl, request, body);

    const at = waiting.findIndex(
      (hold) => hold.accountSid === asked.accountSid && hold.request === asked.request,
    );
    const [hold] = at === -1 ? [] : waiting.splice(at, 1);
    if (hold === undefined) await sendOn(await carryOut(), response);
    else if (hold.at === 'arrival') hold.reach(carryOut);
    else {
      const lost = await carryOut();
      hold.reach(async () => lost);
    }
  };

  const server = createServer((request, response) => {
    // A client that was killed, or an API that has ended.
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (hold) => {
      const { promise, resolve } = withResolver<() => Promise<Response>>();
      waiting.push({ ...hold, reach: resolve });
      return {
        reached: promise,
        carryOut: async () => {
          const carryOut = await promise;
          await carryOut();
        },
      };
    },
    count: (accountSid, request) => counts.get(`${accountSid} ${request}`) ?? 0,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}

/** The user of the Basic credentials. */
function accountOf({ headers }: IncomingMessage): string {
  const [, basic = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  return Buffer.from(basic, 'base64').toString().split(':')[0] ?? '';
}

function nameOf({ method, url = '' }: IncomingMessage): HeldRequest | null {
  const { pathname } = new URL(url, 'http://front');
  if (/^\/v1\/Exports\/Jobs\/JS\w+$/.test(pathname)) return method === 'DELETE' ? 'deleteJob' : 'fetchJob';
  if (/^\/v1\/Exports\/\w+\/Jobs$/.test(pathname)) return method === 'POST' ? 'createJob' : 'listJobs';
  if (/^\/v1\/Exports\/\w+\/Days\/[\d-]+$/.test(pathname)) return 'fetchDay';
  return null;
}

async function handOn(
  apiUrl: string,
  { method, url = '', headers }: IncomingMessage,
  body: string,
): Promise<Response> {
  return await fetch(new URL(url, apiUrl), {
    method,
    headers: {
      authorization: headers.authorization ?? '',
      ...(headers['content-type'] !== undefined && { 'content-type': headers['content-type'] }),
    },
    body: body === '' ? undefined : body,
    redirect: 'manual',
  });
}

async function sendOn(from: Response, to: ServerResponse): Promise<void> {
  const kept = ['date', 'location', 'content-type', 'retry-after', 'twilio-request-id'];
  const headers = kept.flatMap((name): [string, string][] => {
    const value = from.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  to.writeHead(from.status, Object.fromEntries(headers)).end(await from.text());
}
