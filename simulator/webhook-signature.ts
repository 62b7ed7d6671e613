import { createHash, createHmac } from 'node:crypto';

/** What is signed: the URL as it is called, and the form fields of a POST. */
export interface SignedWebhook {
  /** An Auth Token, never the secret of an API key. */
  authToken: string;
  url: string;
  /** None for a GET and for a body of JSON. */
  fields: Readonly<Record<string, string>>;
}

/** The value of `X-Twilio-Signature`: HMAC-SHA1 over the URL and the fields, sorted by name; base64. */
export function signWebhook({ authToken, url, fields }: SignedWebhook): string {
  const signed = Object.keys(fields)
    .toSorted()
    .reduce((text, name) => `${text}${name}${fields[name]}`, url);
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

/** The URL for a body of JSON: it carries the body's SHA-256, so that the signature covers the body. */
export function urlWithBodyHash(url: string, body: string): string {
  const hashed = new URL(url);
  hashed.searchParams.set('bodySHA256', createHash('sha256').update(body, 'utf8').digest('hex'));
  return hashed.href;
}
