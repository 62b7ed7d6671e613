import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from './loopback.ts';

/** An answer in place of the one from behind. */
export interface FrontAnswer {
  status: number;
  body: string;
  /** As HTTP writes it. Default: now. */
  date?: string;
}

/** The body of Twilio's own 404. */
export const notFoundBody = JSON.stringify({ code: 20_404, message: 'not found', status: 404 });

/**
 * A server that stands before an API: it answers itself where `answer` gives something, and hands on what the API
 * says where that is null. The test's end stops it.
 */
export async function startFront(
  t: TestContext,
  apiUrl: string,
  answer: (request: IncomingMessage) => FrontAnswer | null | Promise<FrontAnswer | null>,
): Promise<string> {
  const answerOrHandOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const own = await answer(request);
    if (own === null) await handOn(apiUrl, request, response);
    else response.writeHead(own.status, own.date === undefined ? {} : { date: own.date }).end(own.body);
  };
  return await listenOnLoopback(t, (request, response) => {
    answerOrHandOn(request, response).catch(() => response.destroy());
  });
}

async function handOn(apiUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const behind = await fetch(new URL(request.url ?? '', apiUrl), {
    method: request.method,
    headers: { authorization: request.headers.authorization ?? '' },
    redirect: 'manual',
  });
  response.writeHead(behind.status, { date: behind.headers.get('date') ?? '' }).end(await behind.text());
}
