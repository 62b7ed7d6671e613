import type { IncomingMessage, RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from './loopback.ts';

/** A request that reached the store. */
export interface StoreRequest {
  range: string | undefined;
  ifMatch: string | undefined;
  authorization: string | undefined;
  acceptEncoding: string | undefined;
}

/** An API that knows nothing but Days, of which it lists none, and a store that answers as the test says: what no simulator would do. */
export interface DayServer {
  apiUrl: string;
  /** The paths of Days that the API was asked for. */
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
  const storeUrl = await listenOnLoopback(t, (request, response) => {
    const { range, authorization } = request.headers;
    stored.push({
      range,
      ifMatch: request.headers['if-match'],
      authorization,
      acceptEncoding: request.headers['accept-encoding'],
    });
    store(request, response, stored.length);
  });
  const apiUrl = await listenOnLoopback(t, (request, response) => {
    if (request.url?.includes('/Days?')) {
      response.end(JSON.stringify({ days: [], meta: {} }));
      return;
    }
    asked.push(request.url ?? '');
    const location = link?.(storeUrl) ?? `${storeUrl}/file?X-Amz-Signature=planted-signature-${asked.length}`;
    response.writeHead(307, { location }).end(JSON.stringify({ redirect_to: location }));
  });
  return { apiUrl, asked, stored };
}
