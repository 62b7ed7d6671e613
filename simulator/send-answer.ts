import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
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

/** Sends an answer of the API. Its Date is the simulator's. */
export function sendAnswer(world: World, response: ServerResponse, answer: Answer): void {
  addTo(world.counts.answers, String(answer.status));
  const isBare = world.script.errorBodies === 'bare' && answer.status >= 400;
  const json =
    answer.body === undefined
      ? undefined
      : JSON.stringify(answer.body, isBare ? ['message', 'status'] : null);
  const body = answer.page ?? json;
  response.writeHead(answer.status, {
    Date: new Date(world.clock.now()).toUTCString(),
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
