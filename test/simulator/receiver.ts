import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of webhooks: each request that came, in order, with its body. */
export async function startReceiver(): Promise<
  AsyncDisposable & { url: string; received: (count: number) => Promise<ReceivedWebhook[]> }
> {
  const webhooks: ReceivedWebhook[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      webhooks.push({ method, path: url, headers, body: Buffer.concat(parts).toString('utf8') });
      response.end();
      server.emit('webhook');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const received = async (count: number): Promise<ReceivedWebhook[]> => {
    if (webhooks.length < count) {
      await once(server, 'webhook');
      return received(count);
    }
    return webhooks;
  };
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One webhook as it arrived. */
export interface ReceivedWebhook {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
