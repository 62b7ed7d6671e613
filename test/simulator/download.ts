import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What came of one download, whole or not. */
export interface Download {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** Whether the answer came to its end, by its own length. */
  isWhole: boolean;
}

/** Fetches a file by its link. A connection that breaks gives what came before. */
export async function download(link: string, headers: Record<string, string> = {}): Promise<Download> {
  const response = await openDownload(link, headers);
  return { status: response.statusCode ?? 0, headers: response.headers, ...(await readBody(response)) };
}

/** Asks for a file and reads nothing of its body yet: status and headers can be looked at first. */
export async function openDownload(
  link: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const outgoing = request(link, { agent: false, headers }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

/** Reads a body to wherever its connection ends. */
export async function readBody(response: IncomingMessage): Promise<Pick<Download, 'bytes' | 'isWhole'>> {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  const isWhole = await new Promise<boolean>((resolve) => {
    response.once('end', () => resolve(true)).once('error', () => resolve(false));
  });
  return { bytes: Buffer.concat(parts), isWhole };
}

/** Reads of a body until so many bytes have come, gives their number, and leaves the connection open. */
export async function readPart(response: IncomingMessage, expectedBytes: number): Promise<number> {
  let bytes = 0;
  for await (const part of response.iterator({ destroyOnReturn: false })) {
    bytes += (part as Buffer).length;
    if (bytes >= expectedBytes) {
      break;
    }
  }
  return bytes;
}

/** The SHA-256 of bytes, as the simulator tells it. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
