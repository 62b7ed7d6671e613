import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startWebhookServer, type WebhookServer } from '../../cli/webhook-server.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: hooks.example.com\r\n\r\n';
const HALF = REQUEST.slice(0, 20);
const AN_HOUR_MS = 3_600_000;

// A server of Node's that is closed waits for each of them, and looks after none any more.
describe('the server of the receiver, when it is stopped', { timeout: 20_000 }, () => {
  it('hangs up on who sends nothing, and on who has sent half of a request', async (t) => {
    const server = await startWebhookServer({ host: '127.0.0.1', port: 0, stopWithinMs: 50 }, answer);
    const silent = await call(t, server, '');
    const half = await call(t, server, REQUEST + HALF);
    await half.hears(/204 No Content[^]*\r\n\r\n$/);
    await server.stop();
    await Promise.all([silent.ended, half.ended]);
  });

  it('answers whoever has begun, says that the connection ends, and need not hang up on anybody', async (t) => {
    const held: ServerResponse[] = [];
    let reached = () => {};
    const isHeld = new Promise<void>((resolve) => (reached = resolve));
    const server = await startWebhookServer(
      { host: '127.0.0.1', port: 0, stopWithinMs: AN_HOUR_MS },
      (request, response) => {
        if (request.url !== '/held') return answer(request, response);
        held.push(response);
        reached();
      },
    );
    const half = await call(t, server, REQUEST + HALF);
    await half.hears(/204 No Content[^]*\r\n\r\n$/);
    const waiting = await call(t, server, REQUEST.replace('/ ', '/held '));
    await isHeld;
    const stopped = server.stop();
    half.socket.write(REQUEST.slice(HALF.length));
    for (const response of held) response.writeHead(204).end();
    await stopped;
    await Promise.all([half.ended, waiting.ended]);
    assert.match(half.heard(), /204 No Content[^]*204 No Content[^]*Connection: close/);
    assert.match(waiting.heard(), /204 No Content/);
  });
});

it('keeps a connection for longer than any proxy that is known', async (t) => {
  const server = await startWebhookServer({ host: '127.0.0.1', port: 0 }, answer);
  const kept = await call(t, server, REQUEST);
  await kept.hears(/Keep-Alive: timeout=620\r\n/);
  await server.stop();
});

const answer: RequestListener = (_, response) => void response.writeHead(204).end();

interface Caller {
  socket: Socket;
  heard: () => string;
  hears: (pattern: RegExp) => Promise<void>;
  ended: Promise<unknown>;
}

async function call(t: TestContext, { address }: WebhookServer, text: string): Promise<Caller> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  // Who is hung up on hears of it, one way or the other.
  socket.on('error', () => {});
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  socket.write(text);
  const hears = async (pattern: RegExp) => {
    while (!pattern.test(heard)) await once(socket, 'data');
  };
  return { socket, heard: () => heard, hears, ended };
}
