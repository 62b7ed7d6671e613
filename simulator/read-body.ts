import type { IncomingMessage } from 'node:http';

/** No form of this API comes near it. */
const LARGEST_BODY_BYTES = 65_536;

/** The body of a request; empty where there is none, null where it is too large. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  // Most requests have none, and to listen for its end takes longer than the answer to some of them.
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    return '';
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= LARGEST_BODY_BYTES) {
      parts.push(part);
    }
  }
  return bytes > LARGEST_BODY_BYTES ? null : Buffer.concat(parts).toString('utf8');
}

/** The fields of a form, in either of the encodings that Twilio takes; null where the body is something else. */
export async function readForm(body: string, contentType: string): Promise<URLSearchParams | null> {
  if (body === '' || /^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return new URLSearchParams(body);
  }
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    return null;
  }
  try {
    const fields = await new Response(body, { headers: { 'Content-Type': contentType } }).formData();
    const form = new URLSearchParams();
    fields.forEach((value, name) => {
      if (typeof value === 'string') {
        form.append(name, value);
      }
    });
    return form;
  } catch {
    return null;
  }
}
