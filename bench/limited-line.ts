import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Twilio at the end of a line. */
export interface LimitedLine {
  /** The API. The links that it gives lead to the file store by the same line. */
  apiUrl: string;
  /** Bytes of files that were handed to the line so far. */
  sentBytes: () => number;
  stop: () => void;
}

/**
 * Stands before a simulator and passes its files on no faster than the line is. Without one, files come as fast as the
 * machine copies memory, and the sockets of both ends hold what no real line would have brought yet.
 */
export async function startLimitedLine(
  simulator: { apiUrl: string; storeUrl: string },
  bytesPerSecond: number,
): Promise<LimitedLine> {
  let sentBytes = 0;
  const store = await listen(async (request, response) => {
    const { range, 'if-match': ifMatch } = request.headers;
    const headers = {
      ...(range !== undefined && { range }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    const answer = await ask(new URL(request.url ?? '', simulator.storeUrl), headers);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    let freeAtMs = performance.now();
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (response.destroyed) break;
      await new Promise((resolve) => response.write(chunk, resolve));
      sentBytes += chunk.length;
      // A line makes up for nothing: what was not sent in time is not sent faster later.
      freeAtMs = Math.max(freeAtMs, performance.now()) + (chunk.length / bytesPerSecond) * 1_000;
      const waitMs = freeAtMs - performance.now();
      if (waitMs > 1) await pause(waitMs);
    }
    response.end();
  });
  const api = await listen(async (request, response) => {
    const answer = await fetch(new URL(request.url ?? '', simulator.apiUrl), {
      method: request.method,
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? 'text/plain',
      },
      body: request.method === 'POST' ? await textOf(request) : undefined,
      redirect: 'manual',
    });
    const viaLine = (text: string) => text.replaceAll(simulator.storeUrl, store.url);
    const location = answer.headers.get('location');
    response.writeHead(answer.status, {
      date: answer.headers.get('date') ?? '',
      ...(location !== null && { location: viaLine(location) }),
    });
    response.end(viaLine(await answer.text()));
  });
  return {
    apiUrl: api.url,
    sentBytes: () => sentBytes,
    stop: () => {
      api.stop();
      store.stop();
    },
  };
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ url: string; stop: () => void }> {
  const listener: RequestListener = (request, response) => {
    // Who asked was killed, or the simulator has ended.
    answer(request, response).catch(() => response.destroy());
  };
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function ask(url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  return answer;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}
