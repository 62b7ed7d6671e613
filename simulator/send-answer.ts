import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { httpDate } from './http-date.ts';
import { addTo } from './ledger.ts';
import type { World } from './world.ts';

/** The headers for browsers that the documents name. */
const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, If-Match',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': 'ETag, Twilio-Request-Id',
};

/**
 * Sends an answer of the API. Its Date is the simulator's. All headers are written at once: set one by one, they cost
 * a request twice as much time.
 */
export function sendAnswer(
  world: World,
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  addTo(world.counts.answers, String(answer.status));
  const isBare = world.script.errorBodies === 'bare' && answer.status >= 400;
  const json =
    answer.body === undefined
      ? undefined
      : JSON.stringify(answer.body, isBare ? ['message', 'status'] : null);
  const body = answer.page ?? json;
  response.writeHead(answer.status, {
    Date: httpDate(world.clock.now()),
    ...headers,
    ...CORS_HEADERS,
    ...answer.headers,
    ...(body === undefined
      ? {}
      : {
          'Content-Type': answer.page === undefined ? 'application/json' : 'text/html',
          'Content-Length': Buffer.byteLength(body),
        }),
  });
  response.end(body);
}

/**
 * Sends an answer of the simulator itself, to be read by people too. It has nothing of the API, and it is not counted:
 * a look at the ledger does not change it.
 */
export function sendOwnAnswer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
