/** The address at which Twilio reaches a receiver, as the receiver and the workers are both told it. */

/** The URL, or what is wrong with it. A fault never shows a credential. */
export type ReadPublicUrl = { url: URL } | { fault: string };

/** What the address has to be, in words. */
export const PUBLIC_URL_RULE =
  'the https URL at which Twilio reaches this receiver, such as https://hooks.example.com/bulk-exports';

/** Reads the address, with the rule that workers have: `activities/webhook-url.ts`. */
export function readPublicUrl(text: unknown): ReadPublicUrl {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url === null) return { fault: 'got no URL' };
  if (url.username !== '' || url.password !== '')
    // Said alone, and without the value: it is a credential.
    return { fault: 'got one with credentials, which Twilio would show with each job' };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url.hostname)))
    return { fault: `and plain http only to this machine (127.0.0.1), got ${url.protocol}//${url.host}` };
  if (/[?#]/.test(String(text)))
    return { fault: `without "?" and "#", got ${url.origin} with one of them behind it` };
  return { url };
}

/**
 * The forms in which Twilio may have signed the address: it leaves out a port that was given, and puts in one that was
 * not, by the kind of the call.
 */
export function signedForms({ protocol, hostname, port, pathname }: URL): string[] {
  const usual = protocol === 'https:' ? '443' : '80';
  return ['', `:${port || usual}`].map((shown) => `${protocol}//${hostname}${shown}${pathname}`);
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
