import { isLoopbackHost } from './download/private-address.ts';

/** The URL, or what is wrong with it. A fault never shows a credential. */
export type ReadPublicUrl = { url: URL } | { fault: string };

/** What the address of a webhook receiver has to be, in words. */
export const PUBLIC_URL_RULE =
  'the https URL at which Twilio reaches the webhook receiver, such as https://hooks.example.com/bulk-exports';

/** Reads the address of a webhook receiver: https, or http on this machine alone; without query and credentials. */
export function readPublicUrl(text: string): ReadPublicUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) {
    return { fault: 'got no URL' };
  }
  if (url.username !== '' || url.password !== '') {
    // Said alone, and without the value: it is a credential.
    return { fault: 'got one with credentials, which Twilio would show with each job' };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return { fault: `and plain http only to this machine (127.0.0.1), got ${url.protocol}//${url.host}` };
  }
  if (/[?#]/.test(text)) {
    return { fault: `without "?" and "#", got ${url.origin} with one of them behind it` };
  }
  return { url };
}

/** Which export a webhook is for. */
export interface WebhookTarget {
  publicUrl: URL;
  /** With whose Auth Token Twilio signs. */
  accountSid: string;
  workflowId: string;
  /** The first run id: a webhook that comes late does not concern a later export of the same workflow id. */
  exportId: string;
}

/** No limit of Twilio's is public. A create must not be refused for the sake of a hint. */
const LONGEST_URL_CHARACTERS = 2_000;

/**
 * The URL that Twilio is to call when a job is over; null where it would be too long. `client/webhook` reads it: which
 * export is meant stands in the query, which proxies leave alone, in this order, and the first run id is last. Twilio
 * signs URL and fields as one text without marks between them, so that only what has a fixed length tells where the URL
 * ends.
 */
export function createWebhookUrl(target: WebhookTarget): string | null {
  const { publicUrl, accountSid, workflowId, exportId } = target;
  const query = `account=${escape(accountSid)}&export=${escape(workflowId)}&run=${escape(exportId)}`;
  const url = `${publicUrl.href}?${query}`;
  return url.length > LONGEST_URL_CHARACTERS ? null : url;
}

/** Leaves only letters that nobody between here and there writes otherwise: what is signed is the text. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
