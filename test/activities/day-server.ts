import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A request that reached the store. */
export interface StoreRequest {
  range: string | undefined;
  ifMatch: string | undefined;
  authorization: string | undefined;
  acceptEncoding: string | undefined;
}

/** An API that knows nothing but Days, and a store that answers as the test says: what no simulator would do. */
export interface DayServer {
  apiUrl: string;
  /** The paths that the API was asked for. */
  asked: string[];
  stored: StoreRequest[];
}

/** Starts both on one loopback port each; the test's end stops them. */
export async function startDayServer(
  t: TestContext,
  store: (request: IncomingMessage, ...rest: [Parameters<RequestListener>[1], number]) => void,
  link?: (storeUrl: string) => string,
): Promise<DayServer> {
  const stored: StoreRequest[] = [];
  const asked: string[] = [];
  const storeUrl = await listen(t, (request, response) => {
    const { range, authorization } = request.headers;
    stored.push({
      range,
      ifMatch: request.headers['if-match'],
      authorization,
      acceptEncoding: request.headers['accept-encoding'],
    });
    store(request, response, stored.length);
  });
  const apiUrl = await listen(t, (request, response) => {
    asked.push(request.url ?? '');
    const location = link?.(storeUrl) ?? `${storeUrl}/file?X-Amz-Signature=planted-signature-${asked.length}`;
    response.writeHead(307, { location }).end(JSON.stringify({ redirect_to: location }));
  });
  return { apiUrl, asked, stored };
}

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
