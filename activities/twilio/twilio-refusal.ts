import type { TwilioAnswer, TwilioRequest } from './twilio-http.ts';
import { isQuotaRejection } from './quota-rejection.ts';
import type { TwilioProblemKind } from './twilio-problem.ts';
import { TwilioProblem } from './twilio-problem.ts';
import { isRecord } from './twilio-shapes.ts';

/** An answer that is no success, and what to keep out of its words. */
export interface RefusalInput extends TwilioAnswer {
  method: TwilioRequest['method'];
  redact: (text: string, limit?: number) => string;
}

/** Reads an answer that is no success: its kind, Twilio's own words and code, and the id that support asks for. */
export function readRefusal({ status, headers, body, atMs, method, redact }: RefusalInput): TwilioProblem {
  const fields = isRecord(body) ? body : {};
  const words = typeof fields['message'] === 'string' ? redact(fields['message']) : '';
  const code = typeof fields['code'] === 'number' ? String(fields['code']) : '';
  const requestId = redact(readHeader(headers, 'twilio-request-id'), 64);
  const facts = [
    code === '' ? '' : `code ${code}`,
    words === '' ? '' : `"${words}"`,
    requestId === '' ? '' : `request id ${requestId}`,
  ].filter((fact) => fact !== '');
  const kind = readKind(status, method, words);
  return new TwilioProblem({
    kind,
    message: `Twilio answered ${status}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`,
    status,
    atMs,
    retryAfterMs: readRetryAfter(readHeader(headers, 'retry-after'), atMs),
    carriedOut: kind === 'unavailable' ? 'unknown' : 'no',
  });
}

function readKind(status: number, method: TwilioRequest['method'], words: string): TwilioProblemKind {
  if (method === 'POST' && isQuotaRejection({ status, message: words })) {
    return 'quotaExhausted';
  }
  switch (status) {
    case 401:
    case 403:
      return 'unauthorized';
    case 404:
      return 'notFound';
    case 429:
      return 'rateLimited';
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
