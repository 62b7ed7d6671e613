import { once } from 'node:events';
import { createServer } from 'node:http';

/** A server on loopback that is neither Twilio nor its store: links that lead astray end here, and webhooks. */
export interface Bystander {
  url: string;
  /** Requests that carried an Authorization header. */
  authorizationSeen: () => number;
  /** Webhooks that came. */
  webhooks: () => number;
  stop: () => Promise<void>;
}

/** `onWebhook` is told the last part of the path that a webhook came to. */
export async function startBystander(onWebhook: (name: string) => void): Promise<Bystander> {
  let authorizationSeen = 0;
  let webhooks = 0;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== undefined) authorizationSeen += 1;
    const name = /^\/webhook\/([^/?]+)/.exec(request.url ?? '')?.[1];
    if (name !== undefined) {
      webhooks += 1;
      onWebhook(name);
    }
    request.resume();
    response.writeHead(name === undefined ? 403 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The bystander has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    authorizationSeen: () => authorizationSeen,
    webhooks: () => webhooks,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
