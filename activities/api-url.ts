import { isLoopbackHost } from './download/private-address.ts';

/** The URL, or what is wrong with it, such as `got no URL`. A fault never shows a credential. */
export type ReadApiUrl = { url: URL } | { fault: string };

/** What a URL of the API has to be, in words. */
export const API_URL_RULE = 'an origin such as https://bulkexports.twilio.com';

/** Reads the URL of the Bulk Exports API: an origin by https, or by http on this machine alone. */
export function readApiUrl(text: string): ReadApiUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) {
    return { fault: 'got no URL' };
  }
  if (url.username !== '' || url.password !== '') {
    // Said alone, and without the value: it is a credential.
    return { fault: 'got one with credentials: these belong to the account' };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return { fault: `and plain http only to this machine (127.0.0.1), got ${url.protocol}//${url.host}` };
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { fault: `without a path, got ${url.origin} with more behind it` };
  }
  return { url };
}
