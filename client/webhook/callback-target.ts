/** The export that a callback is for. */
export interface CallbackTarget {
  /** With whose Auth Token Twilio signs; its hex digits small. */
  accountSid: string;
  workflowId: string;
  /** The run with which the export began: a callback that comes late does not concern a later export of the same id. */
  firstExecutionRunId: string;
  /** What stands behind these in the query: nothing, or what the sender has added. */
  rest: string;
}

/**
 * Reads the query of a webhook's URL, which a worker has made (`activities/webhook-url.ts`); null where it is none.
 *
 * It is read as strictly as it is written. What Twilio signs is one text, the URL and then every name and value, without
 * marks between them: whoever has one good callback could move letters from the fields to the end of the URL and have
 * the same signature. The run comes last and has a fixed length, so such a URL is no longer one of ours.
 *
 * @param query without the question mark, as it was received.
 */
export function readCallbackTarget(query: string): CallbackTarget | null {
  const [, accountSid = '', workflowId = '', firstExecutionRunId = '', rest = ''] = QUERY.exec(query) ?? [];
  if (accountSid === '') return null;
  const decoded = decode(workflowId);
  if (decoded === null) return null;
  return { accountSid: accountKey(accountSid), workflowId: decoded, firstExecutionRunId, rest };
}

/**
 * The query as a worker has written it, and Twilio has signed it: whoever passes it on may have spelled it anew. It means
 * what it meant, so a signature that fits this one is for the same export. What is no query of ours stays as it is.
 */
export function spellAsWritten(query: string): string {
  const [, accountSid = '', workflowId = '', run = '', rest = ''] = QUERY.exec(query) ?? [];
  const decoded = decode(workflowId);
  return accountSid === '' || decoded === null
    ? query
    : `account=${accountSid}&export=${escape(decoded)}&run=${run}${rest}`;
}

/** Two spellings of one Account SID are one account. */
export function accountKey(accountSid: string): string {
  return `AC${accountSid.slice(2).toLowerCase()}`;
}

const RUN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const QUERY = new RegExp(`^account=(AC[0-9a-fA-F]{32})&export=([^&#]+)&run=(${RUN})(&[^#]*)?$`);

/** As `activities/webhook-url.ts` has it. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A sender that adds to the query may have written its spaces anew. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
