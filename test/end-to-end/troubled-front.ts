/** A server that stands before Twilio's API and, while it is told to, answers in its stead, or does not. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';

/** What is done to a request in place of an answer. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** The server, and the name by which it is reached. */
export interface TroubledFront {
  /** Its base, by name: `http://localhost:…`. */
  url: string;
  /** Finds the name `localhost`, unless it is told not to, anew for each request. */
  dispatcher: Agent;
  /** How many requests were met by trouble. */
  met: () => number;
  begin: (trouble: Trouble) => void;
  end: () => void;
  close: () => Promise<void>;
}

/** A request that is misbehaved to, or a name that is not found. */
export type Trouble = Misbehaviour | { lookupFailsWith: string };

/** Starts it before the API, which is told when it is known. */
export async function startTroubledFront(): Promise<TroubledFront & { behind: (apiUrl: string) => string }> {
  let trouble: Trouble | null = null;
  let met = 0;
  let apiUrl = '';
  const server = createServer((request, response) => {
    if (typeof trouble === 'function') {
      met += 1;
      trouble(request, response);
    } else {
      handOn(apiUrl, request, response).catch(() => response.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  const dispatcher = new Agent({
    pipelining: 0,
    connect: {
      lookup: (name, _options, done) => {
        if (trouble === null || typeof trouble === 'function') {
          done(null, [{ address: '127.0.0.1', family: 4 }]);
          return;
        }
        met += 1;
        const code = trouble.lookupFailsWith;
        done(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo' }), []);
      },
    },
  });
  return {
    url,
    behind: (api) => {
      apiUrl = api;
      return url;
    },
    dispatcher,
    met: () => met,
    begin: (one) => {
      trouble = one;
    },
    end: () => {
      trouble = null;
    },
    close: async () => {
      await dispatcher.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function handOn(apiUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers } = request;
  const body = method === 'POST' ? await text(request) : undefined;
  const answer = await fetch(new URL(request.url ?? '', apiUrl), {
    method,
    headers: {
      authorization: headers.authorization ?? '',
      ...(body === undefined ? {} : { 'content-type': headers['content-type'] ?? '' }),
    },
    body,
    redirect: 'manual',
  });
  const told = ['date', 'location', 'content-type', 'twilio-request-id'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(answer.status, Object.fromEntries(told)).end(await answer.text());
}

/** An answer of this status and body. */
export function answers(status: number, body: string, headers: Record<string, string> = {}): Misbehaviour {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

/** The connection is cut. */
export const resets: Misbehaviour = (request) => void request.socket.resetAndDestroy();

/** The connection is kept, and no header ever comes. */
export const staysSilent: Misbehaviour = () => {};

/** A good answer begins, piece by piece, and does not end. */
export const stopsHalfWay: Misbehaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  void trickle(response);
};

async function trickle(response: ServerResponse): Promise<void> {
  for (const piece of ['{', '"jobs"', ': [']) {
    response.write(piece);
    await pause(20);
  }
}
