import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { NetworkErrorKind } from '../twilio/network-error.ts';
import { readNetworkError } from '../twilio/network-error.ts';

/** What is asked of the store. */
export interface OpenLinkInput {
  /** Never shown: it is a key. */
  url: URL;
  /** Bytes that are there already, of the file with this ETag: only the rest is asked for. */
  resume: { etag: string; fromBytes: number } | null;
  signal: AbortSignal;
  stallMs: number;
  dispatcher: Dispatcher;
}

/** What the store answered. The body has to be read or destroyed. */
export interface StoreAnswer {
  status: number;
  etag: string | null;
  /** When the file was made, in milliseconds since 1970; null where the store does not tell. */
  madeAtMs: number | null;
  /** The size of the whole file where the store tells it. */
  totalBytes: number | null;
  /** Where the body begins in the file. */
  fromBytes: number;
  body: Dispatcher.ResponseData['body'];
}

/** A store that did not answer, or stopped. Its message is free of the link. */
export class StoreBroke extends Error {
  readonly kind: NetworkErrorKind;

  constructor(words: string, kind: NetworkErrorKind) {
    super(words);
    this.name = 'StoreBroke';
    this.kind = kind;
  }
}

/**
 * Sends the one request that a link is good for: without credentials, which would hand them to another party and
 * make the store answer 400, and without an encoding, since the bytes are wanted as they lie there.
 */
export async function openLink({
  url,
  resume,
  signal,
  stallMs,
  dispatcher,
}: OpenLinkInput): Promise<StoreAnswer> {
  let answer: Dispatcher.ResponseData;
  try {
    answer = await request(url, {
      dispatcher,
      signal,
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'temporal-bulk-exports',
        ...(resume === null ? {} : { range: `bytes=${resume.fromBytes}-`, 'if-match': resume.etag }),
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    throw toStoreBroke(error);
  }
  const { statusCode: status, headers, body } = answer;
  // What is left of a body that nobody reads any more fails when it is destroyed; that is nobody's trouble.
  body.on('error', () => {});
  const range = readContentRange(headers['content-range']);
  const length = readLength(headers['content-length']);
  return {
    status,
    etag: typeof headers['etag'] === 'string' ? headers['etag'] : null,
    madeAtMs: readInstant(headers['last-modified']),
    totalBytes: range === null ? length : range.totalBytes,
    fromBytes: range?.fromBytes ?? 0,
    body,
  };
}

/** An error of a body or a request, without anything of the link in it. */
export function toStoreBroke(error: unknown): StoreBroke {
  const { words, kind } = readNetworkError(error);
  return new StoreBroke(words, kind);
}

/** Such as `bytes 5-9/10`, `bytes 5-9/*` and, of a 416, `bytes *` with `/10`. */
function readContentRange(
  header: string | string[] | undefined,
): { fromBytes: number; totalBytes: number | null } | null {
  const match = typeof header === 'string' ? /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header.trim()) : null;
  if (match === null) {
    return null;
  }
  const [, from, total] = match;
  return {
    fromBytes: from === undefined ? 0 : Number(from),
    totalBytes: total === undefined || total === '*' ? null : Number(total),
  };
}

function readInstant(header: string | string[] | undefined): number | null {
  const atMs = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

function readLength(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
