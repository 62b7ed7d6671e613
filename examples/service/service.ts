/** Starts exports, shows how far they are, and stops them. The work is done by a worker, wherever that runs. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  BulkExportsClient,
  createWebhookReceiver,
  ExportError,
  readWebhookConfig,
  type ExportErrorType,
} from 'temporal-bulk-exports/client';

const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
const client = new Client({ connection, namespace });
const exports = new BulkExportsClient({ client, taskQueue: process.env['BULK_EXPORTS_TASK_QUEUE'] });
// Whatever Twilio has not signed is refused; a good one makes its export look at Twilio now.
const webhook = createWebhookReceiver({
  client,
  ...readWebhookConfig(),
  onEvent: (event) => console.error('Webhook:', JSON.stringify(event)),
});

type Answer = [status: number, body: object];

const routes: Record<string, (id: string, request: IncomingMessage) => Promise<Answer>> = {
  // The same request again is the same export, also when it is complete: what failed or is missing starts anew.
  'POST /exports': async (_, request) => {
    const handle = await exports.startExport(await readJson(request), { ifFinished: 'joinIfComplete' });
    return [handle.joined ? 200 : 201, { id: handle.workflowId }];
  },
  'GET /exports/{id}': async (id) => [200, await exports.getHandle(id).progress()],
  // It cleans up at Twilio first. Then its progress has the result: what became of each day and of each job.
  'DELETE /exports/{id}': async (id) => {
    await exports.getHandle(id).cancel({ reason: 'DELETE of the service' });
    return [202, { id }];
  },
};

const server = createServer((request, response) => {
  if (request.url?.split('?')[0] === '/twilio/webhook') webhook.requestListener(request, response);
  else void respond(request, response);
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await answer(request);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?');
  const [, id] = /^\/exports\/([^/]+)$/.exec(path) ?? [];
  const route = routes[`${request.method} ${id === undefined ? path : '/exports/{id}'}`];
  if (!route) return [404, { error: `There is ${Object.keys(routes).join(', ')}.` }];
  try {
    return await route(decodeURIComponent(id ?? ''), request);
  } catch (error) {
    return refusal(error);
  }
}

const STATUSES: Partial<Record<ExportErrorType, number>> = {
  InvalidInput: 400,
  ExportNotFound: 404,
  ExportConflict: 409,
  ExportEnded: 409,
};

function refusal(error: unknown): Answer {
  if (error instanceof SyntaxError || error instanceof URIError) return [400, { error: error.message }];
  const status = error instanceof ExportError ? STATUSES[error.type] : undefined;
  if (error instanceof ExportError && status) return [status, { type: error.type, error: error.message }];
  console.error(error);
  return [500, { error: 'The service has logged what went wrong.' }];
}

async function readJson(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 100_000) throw new SyntaxError('The request is too long.');
  }
  return JSON.parse(text);
}

server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => {
  console.error(`The service listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => {
  server.close(() => void webhook.close().then(() => connection.close()));
  // By itself a server waits for whoever stays silent.
  setTimeout(() => server.closeAllConnections(), 5_000).unref();
});
