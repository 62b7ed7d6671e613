import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError } from './exit-codes.ts';

/** Where a receiver listens. */
export interface WebhookServer {
  /** As it is listened on, `127.0.0.1:8080`. */
  address: string;
  /** Takes no new connections, and lets who is being answered have his answer: five seconds at the most. */
  stop: () => Promise<void>;
}

/** Twilio sends its headers at once; whoever takes longer holds a connection that others want. */
const HEADERS_TIMEOUT_MS = 5_000;
/** Headers and body together. */
const REQUEST_TIMEOUT_MS = 10_000;
/**
 * Longer than a proxy keeps a connection that nobody uses, which is ten minutes at the most of those that are known: so
 * it is the proxy who closes it, and never sends into one that is closed.
 */
const KEEP_ALIVE_TIMEOUT_MS = 620_000;
/** As long as a body may take. */
const STOP_WITHIN_MS = 5_000;
/** More at once than any burst of callbacks, and few enough for the open files of a process. */
const MAXIMUM_CONNECTIONS = 1_000;

/**
 * Serves `listener` by HTTP.
 *
 * @throws CommandError `usage` where the address can not be listened on.
 */
export async function startWebhookServer(
  { host, port, stopWithinMs = STOP_WITHIN_MS }: { host: string; port: number; stopWithinMs?: number },
  listener: RequestListener,
): Promise<WebhookServer> {
  let isStopping = false;
  const server = createServer(
    // Both are looked after at this interval; by itself it is half a minute.
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      if (isStopping) response.setHeader('Connection', 'close');
      response.once('finish', () => {
        if (isStopping) request.socket.destroySoon();
      });
      listener(request, response);
    },
  );
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = MAXIMUM_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusalOf(error, `${host}:${port}`)));
    server.listen(port, host, resolve);
  });
  const chosen = server.address() as AddressInfo;
  const shown = chosen.family === 'IPv6' ? `[${chosen.address}]` : chosen.address;
  return {
    address: `${shown}:${chosen.port}`,
    stop: async () => {
      isStopping = true;
      // Node waits for whoever has sent no request, or half of one, or always the next one.
      const hangUp = setTimeout(() => server.closeAllConnections(), stopWithinMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(hangUp);
    },
  };
}

function refusalOf(error: NodeJS.ErrnoException, address: string): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there; give another --port',
    EACCES: 'this user may not listen there; give a --port from 1024 on',
    EADDRNOTAVAIL: 'this machine does not have that address; give another --host',
    ENOTFOUND: 'there is no such address; give another --host',
  };
  const reason = reasons[error.code ?? ''];
  if (reason === undefined) return error;
  return new CommandError('usage', `The webhook receiver can not listen on ${address}: ${reason}.`, error);
}
