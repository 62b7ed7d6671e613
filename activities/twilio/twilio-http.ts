import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { ActivitySettings } from '../settings.ts';
import { createRedactor } from '../redact.ts';
import type { Turns } from '../turns.ts';
import { pauseBeforeGet } from './get-pause.ts';
import { notSent, notWhole, toProblem, tooLong } from './no-answer.ts';
import type { IsQuotaRejection } from './quota-rejection.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { TwilioProblem } from './twilio-problem.ts';
import { readRefusal } from './twilio-refusal.ts';

/** One request of the API. */
export interface TwilioRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: URL;
  form?: URLSearchParams;
  /** Ends the wait for a turn, and a request under way that is no POST: what was sent may be carried out. */
  signal: AbortSignal;
  /** How long to wait for a turn, where that is less than the setting of this name. */
  turnWithinMs?: number;
  /** Called once the request's turn has come, just before it is sent. */
  onSend?: () => void;
  /** What success looks like: a status class or, for a Day, a redirect that is not followed. */
  success: 'ok' | 'redirect';
}

/** A good answer. */
export interface TwilioAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The parsed body; null where there is none or it is no JSON. */
  body: unknown;
  /** Twilio's own clock; ours where the answer carries no date. Milliseconds since 1970. */
  atMs: number;
}

/** Sends requests with the credentials of one account. */
export type TwilioHttp = (request: TwilioRequest) => Promise<TwilioAnswer>;

/** What the sender needs. */
export interface CreateTwilioHttpOptions {
  account: TwilioAccount;
  /** Shared by all senders of one account: Twilio limits the requests of an account, whoever sends them. */
  turns: Turns;
  dispatcher: Dispatcher;
  settings: ActivitySettings;
  random: () => number;
  isQuotaRejection: IsQuotaRejection;
  /** Told the status of each answer, and null for a request that was sent and has brought none. */
  onAnswer?: (status: number | null) => void;
}

/**
 * A GET is sent up to `getTries` times while Twilio is unavailable; anything else once. Each try takes a turn of its
 * own, and gives it back with its answer; one whose turn does not come is not sent. Every answer that is no success is thrown as a {@link TwilioProblem}.
 */
export function createTwilioHttp({
  account,
  turns,
  dispatcher,
  settings,
  random,
  isQuotaRejection,
  onAnswer,
}: CreateTwilioHttpOptions): TwilioHttp {
  const basic = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  const redact = createRedactor([account.password, basic]);

  async function sendInTurn(twilioRequest: TwilioRequest): Promise<TwilioAnswer> {
    const release = await takeTurn(twilioRequest);
    try {
      twilioRequest.onSend?.();
      const answer = await send(twilioRequest);
      onAnswer?.(answer.status);
      return answer;
    } catch (error) {
      if (error instanceof TwilioProblem) {
        onAnswer?.(error.status);
      }
      throw error;
    } finally {
      release();
    }
  }

  async function takeTurn({ signal, turnWithinMs = Infinity }: TwilioRequest): Promise<() => void> {
    const withinMs = Math.min(turnWithinMs, settings.turnWithinMs);
    const askedAt = performance.now();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), withinMs);
    const release = await turns.take(AbortSignal.any([signal, patience.signal])).catch(() => null);
    clearTimeout(timer);
    // A machine that slept, or a thread that was held, sees the turn come before its timers.
    if (release !== null && performance.now() - askedAt <= withinMs) {
      return release;
    }
    release?.();
    signal.throwIfAborted();
    throw notSent(withinMs);
  }

  async function send({ method, url, form, signal, success }: TwilioRequest): Promise<TwilioAnswer> {
    const isAbortable = method !== 'POST';
    const tooSlow = new AbortController();
    const timer = setTimeout(
      () => tooSlow.abort(notWhole(settings.answerTimeoutMs)),
      settings.answerTimeoutMs,
    );
    let response: Dispatcher.ResponseData;
    let text: string | null;
    try {
      response = await request(url, {
        dispatcher,
        method,
        signal: isAbortable ? AbortSignal.any([signal, tooSlow.signal]) : tooSlow.signal,
        headersTimeout: settings.requestTimeoutMs,
        bodyTimeout: settings.requestTimeoutMs,
        headers: {
          authorization: `Basic ${basic}`,
          accept: 'application/json',
          'user-agent': 'temporal-bulk-exports',
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        body: form?.toString(),
      });
      text = isSuccess(response.statusCode, success)
        ? await readText(response.body, settings.answerLimitBytes)
        : await readWithin(response.body, ERROR_LIMIT_BYTES);
    } catch (error) {
      if (isAbortable) {
        signal.throwIfAborted();
      }
      throw toProblem(tooSlow.signal.aborted ? tooSlow.signal.reason : error);
    } finally {
      clearTimeout(timer);
    }
    const atMs = readDate(response.headers['date']);
    const body = text === null ? null : parseJson(text);
    if (isSuccess(response.statusCode, success)) {
      return { status: response.statusCode, headers: response.headers, body, atMs };
    }
    throw readRefusal({
      status: response.statusCode,
      headers: response.headers,
      body,
      atMs,
      method,
      redact,
      isQuotaRejection,
    });
  }

  return async (twilioRequest) => {
    const tries = twilioRequest.method === 'GET' ? settings.getTries : 1;
    const lastTryAt = performance.now() + settings.getTriesWithinMs;
    for (let number = 1; ; number++) {
      try {
        return await sendInTurn(twilioRequest);
      } catch (error) {
        const isOver = number >= tries || performance.now() > lastTryAt;
        if (!(error instanceof TwilioProblem) || error.kind !== 'unavailable' || isOver) {
          throw error;
        }
      }
      await pauseBeforeGet({ settings, random, signal: twilioRequest.signal });
    }
  };
}

function isSuccess(status: number, success: TwilioRequest['success']): boolean {
  return success === 'redirect' ? status >= 300 && status < 400 : status >= 200 && status < 300;
}

async function readText(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string> {
  const text = await readWithin(body, limitBytes);
  if (text !== null) {
    return text;
  }
  throw tooLong(limitBytes);
}

/** Twilio's own errors have less than one of these; a longer body is somebody else's page, and is not read. */
const ERROR_LIMIT_BYTES = 64 * 1024;

/** Null for a longer body, of which no more is read. */
async function readWithin(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readDate(header: string | string[] | undefined): number {
  const atMs = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? Date.now() : atMs;
}
