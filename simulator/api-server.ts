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
import { sendAnswer } from './send-answer.ts';
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
    sendAnswer(world, response, control);
    return;
  }
  const account = accountFor(world.accounts, request.headers.authorization);
  const release = count(world, account, response);
  try {
    await answerRoute({
      world,
      account,
      request,
      response,
      url,
      form,
      route: parseRoute(method, url.pathname),
    });
  } finally {
    release();
  }
}

interface RouteRequest {
  world: World;
  account: Account | null;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** Null where the body is too large to be a form of this API. */
  form: URLSearchParams | null;
  route: Route;
}

async function answerRoute(input: RouteRequest): Promise<void> {
  const { world, account, request, response, url, form, route } = input;
  if (route.operation === null) {
    world.counts.requestsToNowhere += 1;
    sendAnswer(world, response, account === null ? unauthenticated() : nowhere(url, route.allowed));
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
    sendAnswer(world, response, early ?? unauthenticated());
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
    sendAnswer(world, response, answer);
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
    return refusal(
      429,
      'Too many requests',
      retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) },
    );
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

/** Counts the request as in flight for its account; the function that comes back ends that. */
function count(world: World, account: Account | null, response: ServerResponse): () => void {
  response.setHeader('Twilio-Request-Id', `RQ${hexOf(32, world.seed, 'request', world.nextNumber())}`);
  if (account === null) {
    return () => {
      // Nobody's request.
    };
  }
  account.requestsInFlight += 1;
  response.setHeader('Twilio-Concurrent-Requests', String(account.requestsInFlight));
  return () => {
    account.requestsInFlight -= 1;
  };
}

function unauthenticated(): Answer {
  return refusal(401, 'Authenticate', { 'WWW-Authenticate': 'Basic realm="Twilio API"' });
}

function nowhere(url: URL, allowed: string[]): Answer {
  return allowed.length === 0
    ? notFound(url.pathname)
    : refusal(405, 'Method Not Allowed', { Allow: allowed.join(', ') });
}

function parseUrl(target = '/'): URL {
  const base = 'http://simulator.invalid';
  return target.startsWith('/') && URL.canParse(`${base}${target}`)
    ? new URL(`${base}${target}`)
    : new URL(base);
}
