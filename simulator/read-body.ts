import type { IncomingMessage } from 'node:http';

/** No form of this API comes near it. */
const LARGEST_BODY_BYTES = 65_536;

/** The form in the body of a request; empty where there is none, null where it is too large. */
export async function readBody(request: IncomingMessage): Promise<URLSearchParams | null> {
  // Most requests have none, and to listen for its end takes longer than the answer to some of them.
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    return new URLSearchParams();
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= LARGEST_BODY_BYTES) {
      parts.push(part);
    }
  }
  return bytes > LARGEST_BODY_BYTES ? null : new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
