/** A request and its answer, whether Node's `http` brings it or it comes in the fetch style. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallbackHead, Refusal, RefusalReason } from './check-callback.ts';

/** What a receiver needs of a request. */
export interface ReceivedRequest {
  head: CallbackHead;
  /** Begins to read the body; null where somebody else has done so. */
  takeBody: () => Pick<AsyncIterator<Uint8Array>, 'next'> | null;
  /** Gives up what has not been read. */
  hangUp: () => void;
}

/** An answer without a body: it says as little as it can. */
export interface WebhookAnswer {
  status: number;
  headers: Record<string, string>;
}

/** The answer to a callback, or to a request that was turned away. */
export function answerOf(refusal: Refusal | null): WebhookAnswer {
  if (refusal === null) return { status: 204, headers: {} };
  return { status: STATUSES[refusal.refused], headers: HEADERS[refusal.refused] ?? {} };
}

const STATUSES: Record<RefusalReason, number> = {
  method: 405,
  notOurs: 403,
  signature: 403,
  contentType: 415,
  tooLarge: 413,
  tooSlow: 408,
  brokenOff: 400,
  bodyTaken: 500,
  tooMany: 503,
};
const HEADERS: Partial<Record<RefusalReason, Record<string, string>>> = {
  method: { Allow: 'GET, POST' },
  tooMany: { 'Retry-After': '10' },
};

/** As `node:http` has it. */
export function nodeRequest(request: IncomingMessage): ReceivedRequest {
  const { method = '', url = '', headers } = request;
  return {
    head: {
      method,
      query: queryOf(url),
      contentType: headers['content-type'] ?? '',
      // A header that is there twice is joined, and then no signature.
      signature: String(headers['x-twilio-signature'] ?? ''),
      contentLength: lengthOf(headers['content-length']),
    },
    takeBody: () => (request.readableDidRead ? null : request[Symbol.asyncIterator]()),
    hangUp: () => {},
  };
}

/** As the Fetch API has it. */
export function fetchedRequest(request: Request): ReceivedRequest {
  const { method, url, headers } = request;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    head: {
      method,
      query: queryOf(url),
      contentType: headers.get('content-type') ?? '',
      signature: headers.get('x-twilio-signature') ?? '',
      contentLength: lengthOf(headers.get('content-length') ?? undefined),
    },
    takeBody: () => {
      if (request.bodyUsed || request.body?.locked) return null;
      if (request.body === null) return NOTHING;
      reader = request.body.getReader();
      return {
        next: () => (reader as NonNullable<typeof reader>).read() as Promise<IteratorResult<Uint8Array>>,
      };
    },
    hangUp: () => void (reader ?? request.body)?.cancel().catch(() => {}),
  };
}

/** Answers, and lets nobody go on sending what nobody reads. */
export function answerNode(response: ServerResponse, { status, headers }: WebhookAnswer): void {
  const isGood = status < 300;
  // 204 has no length: RFC 9110, 8.6.
  response.writeHead(status, isGood ? headers : { ...headers, Connection: 'close', 'Content-Length': 0 });
  response.end();
}

/** The same in the fetch style. */
export function asResponse({ status, headers }: WebhookAnswer): Response {
  return new Response(null, { status, headers });
}

const NOTHING = { next: () => Promise.resolve({ done: true, value: undefined } as const) };

/** As it was received: what is signed is the text. */
function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

function lengthOf(header: string | undefined): number | null {
  return header === undefined ? null : Number(header);
}
