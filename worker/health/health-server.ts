import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redactText } from '../../activities/for-worker.ts';
import { formatListenAddress, type ListenAddress } from '../listen-address.ts';

/** Answers `GET /healthz` and `GET /readyz`, and nothing else. */
export interface HealthServer {
  /** `http://host:port`. */
  url: string;
  stop: () => Promise<void>;
}

/** A probe is a few hundred bytes and wants its answer now; whoever is slower does not probe. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 2_000,
  requestTimeout: 2_000,
  keepAliveTimeout: 1_000,
};
const MAXIMUM_CONNECTIONS = 100;

/**
 * Listens for probes.
 *
 * @param whyNotReady gives the reason for a 503, or null.
 * @throws the error of the system where the address can not be listened on.
 */
export async function startHealthServer(
  { host, port }: ListenAddress,
  whyNotReady: () => Promise<string | null>,
): Promise<HealthServer> {
  const server = createServer(LIMITS, (request, response) => {
    void answer(request, response, whyNotReady);
  });
  server.maxConnections = MAXIMUM_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: listeningPort } = server.address() as AddressInfo;
  return {
    url: `http://${formatListenAddress({ host, port: listeningPort })}`,
    stop: () => stop(server),
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  whyNotReady: () => Promise<string | null>,
): Promise<void> {
  const [path] = (url ?? '').split('?');
  if (path !== '/healthz' && path !== '/readyz') return send(response, 404, 'There is /healthz and /readyz.');
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, 405, 'Expected GET.');
  }
  if (path === '/healthz') return send(response, 200, 'The process runs.');
  const reason = await whyNotReady();
  if (reason === null) send(response, 200, 'The worker is ready.');
  else send(response, 503, redactText(reason, REASON_LIMIT_CHARACTERS));
}

const REASON_LIMIT_CHARACTERS = 500;

/** The body of a HEAD is left out by Node. */
function send(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${line}\n`);
}

async function stop(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, 'close');
}
