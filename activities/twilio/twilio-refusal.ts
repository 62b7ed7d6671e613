import { isJsonObject } from '../json-object.ts';
import type { IsQuotaRejection } from './quota-rejection.ts';
import type { TwilioAnswer, TwilioRequest } from './twilio-http.ts';
import type { TwilioProblemKind } from './twilio-problem.ts';
import { TwilioProblem } from './twilio-problem.ts';

/** An answer that is no success, and what to keep out of its words. */
export interface RefusalInput extends TwilioAnswer {
  method: TwilioRequest['method'];
  redact: (text: string, limit?: number) => string;
  isQuotaRejection: IsQuotaRejection;
}

/** What Twilio's own error bodies say. */
interface TwilioError {
  code: number | null;
  words: string;
}

/** Reads an answer that is no success: its kind, Twilio's own words and code, and the id that support asks for. */
export function readRefusal(input: RefusalInput): TwilioProblem {
  const { status, headers, body, atMs, redact } = input;
  const error = readError(body, redact);
  const requestId = redact(readHeader(headers, 'twilio-request-id'), 64);
  const kind = readKind(input, error);
  const facts = [
    error === null || error.code === null ? '' : `code ${error.code}`,
    error === null || error.words === '' ? '' : `"${error.words}"`,
    error === null ? "without an error of Twilio's form" : '',
    requestId === '' ? '' : `request id ${requestId}`,
  ].filter((fact) => fact !== '');
  return new TwilioProblem({
    kind,
    message: `Twilio answered ${status}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`,
    status,
    atMs,
    retryAfterMs: readRetryAfter(readHeader(headers, 'retry-after'), atMs),
    carriedOut: kind === 'unavailable' ? 'unknown' : 'no',
  });
}

/**
 * Null for a body that is none of Twilio's errors, such as a proxy's page: what it says is not Twilio's word. Of
 * the four fields that Twilio documents each was seen to be missing at times.
 */
function readError(body: unknown, redact: RefusalInput['redact']): TwilioError | null {
  if (!isJsonObject(body)) {
    return null;
  }
  const { code, status, message } = body;
  const isTwilios =
    typeof code === 'number' || typeof status === 'number' || (typeof message === 'string' && message !== '');
  return isTwilios
    ? {
        code: typeof code === 'number' ? code : null,
        words: typeof message === 'string' ? redact(message) : '',
      }
    : null;
}

function readKind(
  { status, method, isQuotaRejection }: RefusalInput,
  error: TwilioError | null,
): TwilioProblemKind {
  const isQuota =
    method === 'POST' &&
    error !== null &&
    isQuotaRejection({ status, code: error.code, message: error.words });
  if (isQuota) {
    return 'quotaExhausted';
  }
  if (status === 429) {
    // Whoever said it, Twilio or a proxy, has not let the request through.
    return 'rateLimited';
  }
  if (error === null) {
    // 405 says that the method is not for this resource: Twilio, and no proxy, knows that.
    return status === 405 && method === 'DELETE' ? 'rejected' : 'unavailable';
  }
  switch (status) {
    case 401:
    case 403:
      return 'unauthorized';
    case 404:
      return 'notFound';
    case 408:
      return 'unavailable';
    default:
      return status >= 400 && status < 500 ? 'rejected' : 'unavailable';
  }
}

function readRetryAfter(header: string, atMs: number): number | null {
  if (/^\d{1,9}$/.test(header)) {
    return Number(header) * 1_000;
  }
  const untilMs = Date.parse(header);
  return Number.isNaN(untilMs) ? null : Math.max(0, untilMs - atMs);
}

function readHeader(headers: TwilioAnswer['headers'], name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}
