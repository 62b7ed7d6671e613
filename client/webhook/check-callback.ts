/** Whether a request is a callback of Twilio's for an export of ours: pure, so that any request can be tried on it. */
import { randomBytes } from 'node:crypto';
import { readCallbackTarget, spellAsWritten, type CallbackTarget } from './callback-target.ts';
import { signedForms } from './public-url.ts';
import { isHashOf, isSignature, isSignedByTwilio } from './twilio-signature.ts';

/** What of a request counts before its body is there. */
export interface CallbackHead {
  method: string;
  /** As it was received, without the question mark. The path does not count: a proxy may have changed it. */
  query: string;
  /** Empty where the header is missing. */
  contentType: string;
  /** The value of `X-Twilio-Signature`; empty where it is missing. */
  signature: string;
  /** Of the header `Content-Length`, in bytes; null where it is missing. */
  contentLength: number | null;
}

/** By what a callback is judged. */
export interface CallbackJudge {
  /** Where Twilio reaches the receiver: its signature is over this, and never over what a request calls its host. */
  publicUrl: URL;
  /** By {@link accountKey}. */
  authTokens: ReadonlyMap<string, readonly string[]>;
  /** No callback of Twilio's comes near it. */
  bodyLimitBytes: number;
}

/**
 * Why a request was turned away.
 *
 * @example
 * ```ts
 * const forgeries: RefusalReason[] = ['notOurs', 'signature'];
 * const isForged = (event: WebhookEvent) => event.kind === 'refused' && forgeries.includes(event.reason);
 * ```
 */
export type RefusalReason =
  | 'method'
  /** The URL is none that a worker has made. */
  | 'notOurs'
  | 'contentType'
  | 'tooLarge'
  | 'tooSlow'
  /** The connection ended before the body did. */
  | 'brokenOff'
  /** Something before the receiver has read the body already: mount the receiver before any body parser. */
  | 'bodyTaken'
  /** None of the account's tokens has signed it, or the account is not known. */
  | 'signature'
  /** More exports than the receiver keeps in mind were told of within ten seconds, or it is being closed. */
  | 'tooMany';

/** A request that is turned away. */
export interface Refusal {
  refused: RefusalReason;
}

/** What is left to be looked at once the body is there. */
export interface ReadyCallback {
  target: CallbackTarget;
  signature: string;
  body: 'none' | 'form' | { sha256: string };
}

/** Looks at all that can be seen without the body, so that nothing is read of what is no callback of ours. */
export function checkHead(head: CallbackHead, judge: CallbackJudge): ReadyCallback | Refusal {
  const { method, query, contentType, signature, contentLength } = head;
  if (method !== 'GET' && method !== 'POST') return { refused: 'method' };
  const target = readCallbackTarget(query);
  if (target === null) return { refused: 'notOurs' };
  if (!isSignature(signature)) return { refused: 'signature' };
  if (method === 'GET') return { target, signature, body: 'none' };
  const body = bodyOf(contentType, target.rest);
  if (typeof body === 'object' && 'refused' in body) return body;
  if (contentLength !== null && contentLength > judge.bodyLimitBytes) return { refused: 'tooLarge' };
  return { target, signature, body };
}

/** The export that Twilio tells of, where its signature fits; nothing of the body is used for anything else. */
export function checkSignature(
  { query }: Pick<CallbackHead, 'query'>,
  { target, signature, body }: ReadyCallback,
  received: Uint8Array,
  { publicUrl, authTokens }: CallbackJudge,
): CallbackTarget | Refusal {
  const queries = [...new Set([query, spellAsWritten(query)])];
  const urls = signedForms(publicUrl).flatMap((url) => queries.map((spelled) => `${url}?${spelled}`));
  if (body === 'form' && !hasFewFields(received)) return { refused: 'tooLarge' };
  // An account that is not known costs a signature as well; how many tokens one has, time may tell.
  const tokens = authTokens.get(target.accountSid) ?? [NOBODYS_TOKEN];
  // A text that begins with a question mark would lose it.
  const fields = new URLSearchParams(body === 'form' ? `&${Buffer.from(received).toString('utf8')}` : '');
  const isSigned = isSignedByTwilio({ signature, authTokens: tokens, urls, fields });
  const isWhole = typeof body === 'string' || isHashOf(received, body.sha256);
  return isSigned && isWhole ? target : { refused: 'signature' };
}

/** A form of Twilio's has some ten; were each day of a year in it, with its status, this would do. */
const MAXIMUM_FIELDS = 1_000;

/** Seen by its marks, before anything of it is made: it may be a stranger's. */
function hasFewFields(body: Uint8Array): boolean {
  let fields = 1;
  for (const byte of body) if (byte === AMPERSAND) fields += 1;
  return fields <= MAXIMUM_FIELDS;
}

const AMPERSAND = 0x26;

const NOBODYS_TOKEN = randomBytes(32).toString('hex');

/**
 * How the body of a POST is signed. A form's fields are; of JSON its hash is, which Twilio adds to the URL: without one,
 * nothing says whose the body is.
 */
function bodyOf(contentType: string, rest: string): ReadyCallback['body'] | Refusal {
  const [, type = ''] = /^\s*([\w.+/-]+)\s*(?:;|$)/.exec(contentType.toLowerCase()) ?? [];
  if (type === 'application/x-www-form-urlencoded') return rest === '' ? 'form' : { refused: 'notOurs' };
  if (type !== 'application/json') return { refused: 'contentType' };
  const [, sha256] = /^&bodySHA256=([0-9a-f]{64})$/i.exec(rest) ?? [];
  return sha256 === undefined ? { refused: 'notOurs' } : { sha256 };
}
