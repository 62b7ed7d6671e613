import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { CallbackTarget } from '../../../client/webhook/callback-target.ts';
import {
  receiveCallbacks,
  type WebhookEvent,
  type WebhookReceiver,
  type WebhookSettings,
} from '../../../client/webhook/receive-callbacks.ts';
import {
  type Callback,
  formOf,
  getOf,
  jsonOf,
  judgeOf,
  OTHER_TOKEN,
  RUN,
  TOKEN,
  urlOf,
  WORKFLOW,
} from './signed-callback.ts';

/** How a request is brought to a receiver: by Node's server, or in the fetch style. */
type Way = (t: TestContext, receiver: WebhookReceiver) => Promise<(callback: Callback) => Promise<Answer>>;
interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

const ways: [name: string, way: Way][] = [
  ['by node:http', viaNode],
  [
    'in the fetch style',
    async (_, receiver) => async (callback) => answerOf(await receiver.fetch(asRequest(callback))),
  ],
];

for (const [name, way] of ways)
  describe(`a receiver ${name}`, () => {
    for (const [kind, callback] of [
      ['a form', formOf()],
      ['a GET', getOf()],
      ['JSON', jsonOf()],
    ] as const)
      it(`takes ${kind}, says nothing, and tells the export`, async (t) => {
        const { receiver, told, events } = rig();
        const send = await way(t, receiver);
        const { status, body, headers } = await send(callback);
        assert.deepEqual([status, body, headers['content-length']], [204, '', undefined]);
        await receiver.settled();
        assert.deepEqual(told, [[WORKFLOW, RUN]]);
        assert.deepEqual(events, [{ kind: 'told', workflowId: WORKFLOW }]);
      });

    it('answers four calls alike, and tells the export once before ten seconds have passed', async (t) => {
      const { receiver, told, events } = rig();
      const send = await way(t, receiver);
      for (let time = 0; time < 4; time++) assert.equal((await send(formOf())).status, 204);
      assert.equal(told.length, 1);
      const kinds = events.map(({ kind }) => kind);
      assert.deepEqual(kinds.toSorted(), ['repeated', 'repeated', 'repeated', 'told']);
    });

    const refusals: [what: string, callback: Callback, status: number][] = [
      ['one that nobody has signed', { ...formOf(), signature: '' }, 403],
      ['one that another token has signed', formOf(undefined, { token: OTHER_TOKEN }), 403],
      ['one for no URL of ours', { ...formOf(), query: 'a=b' }, 403],
      ['another content type', { ...formOf(), contentType: 'text/plain' }, 415],
      ['a body that is too long', { ...formOf(), body: 'x'.repeat(70_000), contentLength: 70_000 }, 413],
      [
        'a long body that does not say how long it is',
        { ...formOf(), body: 'x'.repeat(70_000), contentLength: null },
        413,
      ],
      ['another method', { ...formOf(), method: 'PUT' }, 405],
    ];
    for (const [what, callback, status] of refusals)
      it(`refuses ${what} with ${status}, says nothing, and tells nobody`, async (t) => {
        const { receiver, told, events } = rig();
        const send = await way(t, receiver);
        const answer = await send(callback);
        assert.deepEqual([answer.status, answer.body], [status, '']);
        if (status === 405) assert.equal(answer.headers['allow'], 'GET, POST');
        assert.deepEqual(told, []);
        assert.deepEqual(
          events.map(({ kind }) => kind),
          ['refused'],
        );
        assert.ok(!JSON.stringify(events).includes(TOKEN), 'no credential is told');
      });

    it('turns one away where it has no room, and says when to come again', async (t) => {
      const { receiver, told } = rig({ maximumExports: 1 });
      const send = await way(t, receiver);
      await send(formOf());
      const { status, headers } = await send(formOf(undefined, { url: urlOf({ workflowId: 'another' }) }));
      assert.deepEqual([status, headers['retry-after']], [503, '10']);
      assert.equal(told.length, 1);
    });

    it('answers before the export is told: Temporal may take its time', async (t) => {
      let tell = () => {};
      const { receiver, events } = rig({ until: new Promise<void>((resolve) => (tell = resolve)) });
      const send = await way(t, receiver);
      assert.equal((await send(formOf())).status, 204);
      assert.deepEqual(events, []);
      tell();
      await receiver.settled();
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ['told'],
      );
    });
  });

it('a receiver that is closed does not wait for ever: it says what is left, and takes no more', async () => {
  const { receiver, events } = rig({ until: new Promise(() => {}), lookIntervalMs: 20, tellTimeoutMs: 20 });
  await receiver.fetch(asRequest(formOf()));
  await receiver.close();
  const [event, ...others] = events;
  assert.deepEqual([event?.kind, others], ['notTold', []]);
  assert.equal(event?.kind === 'notTold' && event.isTriedAgain, false);
  assert.equal((await receiver.fetch(asRequest(formOf()))).status, 503);
});

describe('a receiver by node:http, with bad company', () => {
  it('does not mind the path: a proxy may have taken its part of it away, or put one before it', async (t) => {
    const { receiver, told } = rig();
    const url = await serve(t, receiver.requestListener);
    for (const path of ['/', '/bulk-exports', '/in/front/bulk-exports'])
      assert.equal((await sendTo(`${url}${path}`, formOf())).status, 204, path);
    assert.deepEqual(told, [[WORKFLOW, RUN]]);
  });

  it('gives up a body that does not come, and ends its connection', async (t) => {
    const { receiver, told, events } = rig({ bodyTimeoutMs: 50 });
    const url = await serve(t, receiver.requestListener);
    const { query, signature, contentType } = formOf();
    const request = httpRequest(`${url}/?${query}`, {
      method: 'POST',
      headers: { 'content-type': contentType, 'x-twilio-signature': signature, 'content-length': '20' },
    });
    request.on('error', () => {});
    request.write('status=');
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
    assert.equal(response.statusCode, 408);
    const socket = request.socket;
    if (socket && !socket.destroyed) await once(socket, 'close');
    assert.deepEqual(events, [{ kind: 'refused', reason: 'tooSlow' }]);
    assert.deepEqual(told, []);
  });

  it('takes it for nothing where the connection ends before the body', async (t) => {
    const { receiver, told, events } = rig();
    const url = await serve(t, receiver.requestListener);
    const { query, signature, contentType } = formOf();
    const request = httpRequest(`${url}/?${query}`, {
      method: 'POST',
      headers: { 'content-type': contentType, 'x-twilio-signature': signature, 'content-length': '20' },
    });
    request.on('error', () => {});
    request.write('status=');
    while (events.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      request.destroy();
    }
    assert.deepEqual(events, [{ kind: 'refused', reason: 'brokenOff' }]);
    assert.deepEqual(told, []);
  });

  it('says that a body parser has been before it, and does not call that a forgery', async (t) => {
    const { receiver, events } = rig();
    const url = await serve(t, (request, response) => {
      request.resume();
      request.on('end', () => receiver.requestListener(request, response));
    });
    assert.equal((await sendTo(`${url}/`, formOf())).status, 500);
    assert.deepEqual(events, [{ kind: 'refused', reason: 'bodyTaken' }]);
  });

  it('reads nothing of a body that can not be a callback of ours', async (t) => {
    const { receiver } = rig();
    const url = await serve(t, receiver.requestListener);
    const request = httpRequest(`${url}/?a=b`, {
      method: 'POST',
      headers: { 'content-length': '1000000000' },
    });
    request.on('error', () => {});
    request.write('x');
    const [response] = (await once(request, 'response')) as [
      { statusCode: number; headers: Record<string, string> },
    ];
    assert.deepEqual([response.statusCode, response.headers['connection']], [403, 'close']);
    request.destroy();
  });
});

describe('a receiver in the fetch style, with bad company', () => {
  for (const [what, take] of [
    ['has read the body', (request) => request.text()],
    ['holds the body, and has read nothing', async (request) => request.body?.getReader()],
  ] satisfies [string, (request: Request) => Promise<unknown>][])
    it(`says that somebody ${what} before it, and does not fail`, async () => {
      const { receiver, events } = rig();
      const request = asRequest(formOf());
      await take(request);
      assert.equal((await receiver.fetch(request)).status, 500);
      assert.deepEqual(events, [{ kind: 'refused', reason: 'bodyTaken' }]);
    });
});

function rig(more: Partial<WebhookSettings> & { until?: Promise<void> } = {}): {
  receiver: WebhookReceiver;
  told: [workflowId: string, run: string][];
  events: WebhookEvent[];
} {
  const { until = Promise.resolve(), ...settings } = more;
  const told: [string, string][] = [];
  const events: WebhookEvent[] = [];
  const receiver = receiveCallbacks({
    judge: judgeOf(),
    settings: {
      lookIntervalMs: 100_000,
      maximumExports: 100,
      tellsAtOnce: 8,
      tellForMs: 1_000,
      tellTimeoutMs: 1_000,
      bodyLimitBytes: 65_536,
      bodyTimeoutMs: 60_000,
      ...settings,
    },
    tell: async ({ workflowId, firstExecutionRunId }: CallbackTarget) => {
      told.push([workflowId, firstExecutionRunId]);
      await until;
      return { kind: 'told', workflowId };
    },
    onEvent: (event) => events.push(event),
  });
  return { receiver, told, events };
}

async function viaNode(t: TestContext, receiver: WebhookReceiver): ReturnType<Way> {
  const url = await serve(t, receiver.requestListener);
  return async (callback) => await sendTo(`${url}/bulk-exports`, callback);
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function sendTo(url: string, callback: Callback): Promise<Answer> {
  const { method, query, contentType, signature, contentLength, body } = callback;
  const request = httpRequest(`${url}?${query}`, {
    method,
    headers: {
      ...(contentType && { 'content-type': contentType }),
      ...(signature && { 'x-twilio-signature': signature }),
      ...(contentLength !== null && { 'content-length': String(contentLength) }),
    },
  });
  // Who is hung up on while it still sends hears of it as an error, and has its answer before.
  request.on('error', () => {});
  request.end(body);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const part of response as AsyncIterable<Buffer>) text += part.toString();
  return {
    status: response.statusCode ?? 0,
    body: text,
    headers: response.headers as Record<string, string>,
  };
}

function asRequest({ method, query, contentType, signature, contentLength, body }: Callback): Request {
  const headers = new Headers({ 'content-type': contentType, 'x-twilio-signature': signature });
  if (contentLength !== null) headers.set('content-length', String(contentLength));
  return new Request(`https://inside.example/any/path?${query}`, {
    method,
    headers,
    ...(method !== 'GET' && { body: new Blob([body]).stream(), duplex: 'half' }),
  });
}

async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    body: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}
