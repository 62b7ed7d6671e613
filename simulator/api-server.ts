import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountFor } from './accounts.ts';
import type { Account } from './accounts.ts';
import { notFound, refusal, unavailablePage } from './answer.ts';
import type { Answer } from './answer.ts';
import { carryOut } from './carry-out.ts';
import type { AdmittedRequest } from './carry-out.ts';
import { answerControl } from './control.ts';
import { durationMs } from './duration.ts';
import type { FaultOccasion } from './faults.ts';
import { addTo } from './ledger.ts';
import { hexOf } from './random.ts';
import { readBody, readForm } from './read-body.ts';
import { parseTarget } from './request-target.ts';
import { parseRoute } from './routes.ts';
import type { KnownRoute } from './routes.ts';
import { sendAnswer, sendOwnAnswer } from './send-answer.ts';
import type { World } from './world.ts';

/** Answers one request to the API. */
export async function answerApiRequest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  world.clock.settle();
  const { path, query } = parseTarget(request.url);
  const method = request.method ?? 'GET';
  const control = answerControl(world, { method, path, body });
  if (control !== null) {
    sendOwnAnswer(response, control);
    return;
  }
  const account = accountFor(world.accounts, request.headers.authorization);
  if (account !== null) {
    account.requestsInFlight += 1;
  }
  try {
    const contentType = request.headers['content-type'] ?? '';
    const outcome = await answerRequest({ world, account, method, path, query, body, contentType });
    if (outcome === 'reset') {
      request.socket.resetAndDestroy();
    } else {
      sendAnswer(world, response, outcome, twilioHeaders(world, account));
    }
  } finally {
    if (account !== null) {
      account.requestsInFlight -= 1;
    }
  }
}

/** What becomes of a request: an answer, or a connection that is reset. */
type Outcome = Answer | 'reset';

interface ApiRequest {
  world: World;
  account: Account | null;
  method: string;
  path: string;
  query: URLSearchParams;
  /** Null where it is too large. */
  body: string | null;
  contentType: string;
}

const NO_FORM = new URLSearchParams();

/** Lets a request in, or not. Who is not let in meets no fault. */
async function answerRequest(input: ApiRequest): Promise<Outcome> {
  const { world, account, method, path, query, body, contentType } = input;
  const route = parseRoute(method, path);
  if (route.operation === null) {
    return answerNowhere(input, route.allowed);
  }
  addTo(world.counts.requests, route.operation);
  if (account === null) {
    return unauthenticated();
  }
  if (body === null) {
    return refusal(413, 'The body is larger than any request of this API');
  }
  const form = takesForm(route) ? await readForm(body, contentType) : NO_FORM;
  if (form === null) {
    const message = `The body must be a form, application/x-www-form-urlencoded or multipart/form-data, got "${contentType}"`;
    return refusal(415, message, { code: 19_056 });
  }
  const faults = world.faults.meet(occasionOf(account, route));
  return answerAdmitted({ world, account, route, query, form, faults });
}

/** A limit of requests at once sees those that come within this time: answers take none by themselves. */
const TOGETHER_MS = 5;

/** Plays the faults that the request meets, around what it asks for. */
async function answerAdmitted(admitted: AdmittedRequest): Promise<Outcome> {
  const { world, account, faults } = admitted;
  const { stopping: signal } = world;
  const slow = faults.play('slow');
  if (slow !== undefined) {
    await sleep(slow.delayMs, undefined, { signal });
  }
  const limit = world.script.concurrentRequests;
  if (limit !== undefined) {
    await sleep(TOGETHER_MS, undefined, { signal });
  }
  world.clock.settle();
  if (faults.play('resetBefore') !== undefined) {
    return 'reset';
  }
  if (limit !== undefined && account.requestsInFlight > limit) {
    return refusal(429, 'Too many concurrent requests');
  }
  const refused = faultAnswer(admitted);
  if (refused !== null) {
    return refused;
  }
  const late = faults.play('carriedOutLate');
  if (late !== undefined) {
    world.clock.schedule(world.clock.now() + durationMs(late.delay, 0), () => carryOut(admitted));
    return 'reset';
  }
  const answer = carryOut(admitted);
  return faults.play('resetAfter') === undefined ? answer : 'reset';
}

/** What is answered by a fault without carrying anything out; null where the request may go on. */
function faultAnswer({ faults }: AdmittedRequest): Answer | null {
  if (faults.play('status401') !== undefined) {
    return unauthenticated();
  }
  const tooMany = faults.play('status429');
  if (tooMany !== undefined) {
    const { retryAfter } = tooMany;
    const headers: Record<string, string> =
      retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
    return refusal(429, 'Too many requests', { headers });
  }
  if (faults.play('status500') !== undefined) {
    return refusal(500, 'An internal server error has occurred');
  }
  return faults.play('status503') === undefined ? null : unavailablePage();
}

/** What faults may go by. A job is of a type, though its own path does not say so, and stays of it when it is gone. */
function occasionOf(account: Account, route: KnownRoute): FaultOccasion {
  if (!('jobSid' in route)) {
    return route;
  }
  const { operation } = route;
  const job = account.jobs.find(({ jobSid }) => jobSid === route.jobSid);
  return job === undefined ? { operation } : { operation, resourceType: job.resourceType };
}

function takesForm({ operation }: KnownRoute): boolean {
  return operation === 'createJob' || operation === 'updateConfiguration';
}

/** Of a path that has nothing, or not this method. Browsers ask for a path's methods without credentials. */
function answerNowhere({ world, account, method, path }: ApiRequest, allowed: readonly string[]): Answer {
  const headers = { Allow: [...allowed, 'OPTIONS'].join(', ') };
  if (method === 'OPTIONS' && allowed.length > 0) {
    return { status: 204, headers };
  }
  world.counts.requestsToNowhere += 1;
  if (account === null) {
    return unauthenticated();
  }
  return allowed.length === 0 ? notFound(path) : refusal(405, 'Method Not Allowed', { headers });
}

/** The number of the account's requests under way counts this one. */
function twilioHeaders(world: World, account: Account | null): Record<string, string> {
  const asker = account?.accountSid ?? 'nobody';
  const requestId = `RQ${hexOf(32, world.seed, 'request', asker, world.nextNumber(`requests of ${asker}`))}`;
  return account === null
    ? { 'Twilio-Request-Id': requestId }
    : { 'Twilio-Request-Id': requestId, 'Twilio-Concurrent-Requests': String(account.requestsInFlight) };
}

function unauthenticated(): Answer {
  return refusal(401, 'Authenticate', { headers: { 'WWW-Authenticate': 'Basic realm="Twilio API"' } });
}
