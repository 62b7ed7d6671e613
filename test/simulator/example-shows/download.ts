import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Twilio } from '../caller.ts';

/** What came of one download, whole or not. */
export interface Download {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** Whether the answer came to its end, by its own length. */
  isWhole: boolean;
}

/** Fetches a day of Messages by a new link. A connection that breaks gives what came before. */
export async function download(
  twilio: Twilio,
  day: string,
  headers: Record<string, string> = {},
): Promise<Download> {
  const outgoing = request(await twilio.link(day), { agent: false, headers }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  const isWhole = await new Promise<boolean>((resolve) => {
    response.once('end', () => resolve(true)).once('error', () => resolve(false));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes: Buffer.concat(parts),
    isWhole,
  };
}

/** The SHA-256 of bytes, as the simulator tells it. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
