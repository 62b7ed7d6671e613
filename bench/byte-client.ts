import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What came back; of the body only its length. */
export interface CountedAnswer {
  status: number;
  /** Undefined where there is none. */
  location: string | undefined;
  bodyBytes: number;
}

/** One kept-alive connection, one request at a time. */
export interface ByteClient {
  get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<CountedAnswer>;
  close: () => void;
}

/** So much is read at a time, by all connections into the same memory. */
const READ_BYTES = 256 * 1024;

/**
 * Connects a client that does nothing with the bytes but count them. A real one takes longer over a file than a
 * server does: every server would look as fast as the next.
 *
 * A request rejects when the connection ends, and for an answer without a Content-Length.
 */
export function connectByteClient(origin: string): ByteClient {
  const { hostname, port, host } = new URL(origin);
  let pending: PendingAnswer | undefined;
  const fail = (error: Error): void => {
    pending?.reject(error);
    pending = undefined;
    socket.destroy();
  };
  const read = (bytes: number, memory: Uint8Array): boolean => {
    try {
      if (pending === undefined) throw new Error(`Got ${bytes} bytes that nobody asked for [${origin}].`);
      const answer = take(pending, Buffer.from(memory.buffer, memory.byteOffset, bytes));
      if (answer !== undefined) {
        const { resolve } = pending;
        pending = undefined;
        resolve(answer);
      }
    } catch (error) {
      fail(error as Error);
    }
    return true;
  };
  const socket: Socket = connect({
    host: hostname,
    port: Number(port),
    onread: { buffer: MEMORY, callback: read },
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`The connection has ended [${origin}].`)));
  return {
    get: (path, headers = {}) =>
      new Promise((resolve, reject) => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        pending = { resolve, reject, head: '', answer: undefined, leftBytes: 0 };
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`);
      }),
    close: () => socket.destroy(),
  };
}

const MEMORY = Buffer.alloc(READ_BYTES);

interface PendingAnswer {
  resolve: (answer: CountedAnswer) => void;
  reject: (error: Error) => void;
  /** What came of the headers, until they are whole. */
  head: string;
  answer: CountedAnswer | undefined;
  leftBytes: number;
}

/** Takes what has just come; gives the answer when nothing is missing any more. */
function take(pending: PendingAnswer, bytes: Buffer): CountedAnswer | undefined {
  let bodyBytes = bytes.length;
  if (pending.answer === undefined) {
    const seen = pending.head.length;
    const end = `${pending.head}${bytes.toString('latin1', 0, HEAD_BYTES)}`.indexOf(HEAD_END);
    pending.head += bytes.toString('latin1', 0, HEAD_BYTES);
    if (end === -1) return undefined;
    pending.answer = parseHead(pending.head.slice(0, end));
    pending.leftBytes = pending.answer.bodyBytes;
    bodyBytes -= end + HEAD_END.length - seen;
  }
  pending.leftBytes -= bodyBytes;
  if (pending.leftBytes < 0) throw new Error(`Got ${-pending.leftBytes} bytes more than were announced.`);
  return pending.leftBytes === 0 ? pending.answer : undefined;
}

const HEAD_END = '\r\n\r\n';

/** More than the headers of any answer here. */
const HEAD_BYTES = 4096;

function parseHead(head: string): CountedAnswer {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (status === undefined || length === undefined) {
    throw new Error(`Expected a status and a Content-Length, got ${head.split('\r\n')[0]}.`);
  }
  const location = /^location: (.*)$/im.exec(head)?.[1]?.trim();
  return { status: Number(status), location, bodyBytes: Number(length) };
}
