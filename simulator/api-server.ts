import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountFor } from './accounts.ts';
import type { Account } from './accounts.ts';
import { notFound, refusal, unavailablePage } from './answer.ts';
import type { Answer } from './answer.ts';
import { answerControl } from './control.ts';
import { answerFetchDay, answerListDays } from './day-operations.ts';
import { durationMs } from './duration.ts';
import {
  answerFetchConfiguration,
  answerFetchExport,
  answerUpdateConfiguration,
} from './export-operations.ts';
import type { MetFaults } from './faults.ts';
import { answerCreateJob, answerDeleteJob, answerFetchJob, answerListJobs } from './job-operations.ts';
import { addTo } from './ledger.ts';
import { hexOf } from './random.ts';
import { readBody } from './read-body.ts';
import { parseRoute } from './routes.ts';
import type { Route } from './routes.ts';
import { sendAnswer, sendOwnAnswer } from './send-answer.ts';
import type { World } from './world.ts';

/** Answers one request to the API. */
export async function answerApiRequest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = await readBody(request);
  world.clock.settle();
  const url = parseUrl(request.url);
  const method = request.method ?? 'GET';
  const control = answerControl(world, { method, path: url.pathname, form });
  if (control !== null) {
    sendOwnAnswer(response, control);
    return;
  }
  const account = accountFor(world.accounts, request.headers.authorization);
  if (account !== null) {
    account.requestsInFlight += 1;
  }
  const headers = twilioHeaders(world, account);
  try {
    await answerRoute({
      world,
      account,
      request,
      send: (answer) => {
        sendAnswer(world, response, answer, headers);
      },
      url,
      form,
      route: parseRoute(method, url.pathname),
    });
  } finally {
    if (account !== null) {
      account.requestsInFlight -= 1;
    }
  }
}

interface RouteRequest {
  world: World;
  account: Account | null;
  request: IncomingMessage;
  send: (answer: Answer) => void;
  url: URL;
  /** Null where the body is too large to be a form of this API. */
  form: URLSearchParams | null;
  route: Route;
}

async function answerRoute(input: RouteRequest): Promise<void> {
  const { world, account, request, send, url, form, route } = input;
  if (route.operation === null) {
    world.counts.requestsToNowhere += 1;
    send(account === null ? unauthenticated() : nowhere(url, route.allowed));
    return;
  }
  addTo(world.counts.requests, route.operation);
  const faults = world.faults.meet(route);
  if (faults.slow !== undefined) {
    await sleep(faults.slow.delayMs, undefined, { signal: world.stopping });
    world.clock.settle();
  }
  if (faults.resetBefore !== undefined) {
    request.socket.resetAndDestroy();
    return;
  }
  const early = earlyAnswer(world, account, form, faults);
  if (early !== null || account === null || form === null) {
    send(early ?? unauthenticated());
    return;
  }
  const carryOut = (): Answer =>
    carryOutRoute({ world, account, route, query: url.searchParams, form, faults });
  if (faults.carriedOutLate !== undefined) {
    world.clock.schedule(world.clock.now() + durationMs(faults.carriedOutLate.delay, 0), carryOut);
    request.socket.resetAndDestroy();
    return;
  }
  const answer = carryOut();
  if (faults.resetAfter === undefined) {
    send(answer);
  } else {
    request.socket.resetAndDestroy();
  }
}

/** What is answered without carrying anything out; null where the request may go on. */
function earlyAnswer(
  world: World,
  account: Account | null,
  form: URLSearchParams | null,
  faults: MetFaults,
): Answer | null {
  if (account === null || faults.status401 !== undefined) {
    return unauthenticated();
  }
  if (form === null) {
    return refusal(413, 'The body is larger than any request of this API');
  }
  if (faults.status429 !== undefined) {
    const { retryAfter } = faults.status429;
    const headers: Record<string, string> =
      retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
    return refusal(429, 'Too many requests', { headers });
  }
  if (account.requestsInFlight > (world.script.concurrentRequests ?? Number.POSITIVE_INFINITY)) {
    return refusal(429, 'Too many concurrent requests');
  }
  if (faults.status500 !== undefined) {
    return refusal(500, 'An internal server error has occurred');
  }
  return faults.status503 === undefined ? null : unavailablePage();
}

function carryOutRoute(input: {
  world: World;
  account: Account;
  route: Exclude<Route, { operation: null }>;
  query: URLSearchParams;
  form: URLSearchParams;
  faults: MetFaults;
}): Answer {
  const { world, account, route, query, form, faults } = input;
  switch (route.operation) {
    case 'fetchExport':
      return answerFetchExport(world, route.resourceType);
    case 'fetchConfiguration':
      return answerFetchConfiguration(world, account, route.resourceType);
    case 'updateConfiguration':
      return answerUpdateConfiguration(world, account, route.resourceType, form);
    case 'createJob':
      return answerCreateJob(world, account, route.resourceType, form);
    case 'listJobs':
      return answerListJobs(world, account, route.resourceType, query);
    case 'fetchJob':
      return answerFetchJob(world, account, route.jobSid);
    case 'deleteJob':
      return answerDeleteJob(world, account, route.jobSid);
    case 'listDays':
      return answerListDays(world, account, route.resourceType, query);
    case 'fetchDay':
      return answerFetchDay(world, account, route, faults);
  }
}

/** How many requests of the account are under way counts this one. */
function twilioHeaders(world: World, account: Account | null): Record<string, string> {
  const requestId = `RQ${hexOf(32, world.seed, 'request', world.nextNumber())}`;
  return account === null
    ? { 'Twilio-Request-Id': requestId }
    : { 'Twilio-Request-Id': requestId, 'Twilio-Concurrent-Requests': String(account.requestsInFlight) };
}

function unauthenticated(): Answer {
  return refusal(401, 'Authenticate', { headers: { 'WWW-Authenticate': 'Basic realm="Twilio API"' } });
}

function nowhere(url: URL, allowed: string[]): Answer {
  return allowed.length === 0
    ? notFound(url.pathname)
    : refusal(405, 'Method Not Allowed', { headers: { Allow: allowed.join(', ') } });
}

/** What is no path of this server is taken for its root, where nothing is. */
function parseUrl(target = '/'): URL {
  const base = 'http://simulator.invalid';
  try {
    return new URL(target.startsWith('/') ? `${base}${target}` : base);
  } catch {
    return new URL(base);
  }
}
