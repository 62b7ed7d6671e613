import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on the loopback address alone. */
export interface ListeningServer {
  /** Without a slash at its end. */
  url: string;
  /** Ends every connection, idle or not. */
  close: () => Promise<void>;
}

/**
 * Starts a server. A request that goes wrong gets a 500 or loses its connection; the process never falls.
 *
 * @throws where the port is taken.
 */
export async function listen(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<ListeningServer> {
  const server = createServer((request, response) => {
    response.on('error', ignore);
    answer(request, response).catch(() => {
      if (!response.headersSent && !response.destroyed) {
        response.writeHead(500, { 'Content-Type': 'application/json' });
        response.end('{"code":20500,"message":"The simulator failed","status":500}');
      } else {
        response.destroy();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function ignore(): void {
  // The receiver went away: there is nobody to tell.
}
