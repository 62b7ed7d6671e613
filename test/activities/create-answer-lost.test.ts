import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from '../../simulator/api.ts';
import { listenOnLoopback } from './loopback.ts';
import { create, startRig } from './rig.ts';

/** The create was carried out, and this is all that comes back. */
const losses: Record<string, (response: ServerResponse) => void> = {
  'a connection that is reset': (response) => response.socket?.resetAndDestroy(),
  'a connection that ends in mid-answer': (response) => {
    response.writeHead(201, { 'content-length': 1_000 }).write('{"job_sid":', () => response.destroy());
  },
  'no answer in time': () => {},
  "Twilio's own 500": (response) =>
    response.writeHead(500).end(JSON.stringify({ code: 20_500, message: 'An internal error', status: 500 })),
  "a gateway's 504": (response) => response.writeHead(504).end('<html>Gateway timeout</html>'),
  'a 201 that does not name the job': (response) => response.writeHead(201).end('{}'),
};
for (const [loss, answer] of Object.entries(losses)) {
  test(`a create that was carried out and gets ${loss} is looked for, and its job adopted`, async (t) => {
    let creates = 0;
    let apiUrl = '';
    const front = await startFrontThat(
      t,
      () => apiUrl,
      (response) => {
        creates++;
        answer(response);
      },
    );
    const { simulator, run } = await startRig(t, {
      twilioUrl: front,
      settings: { settleMs: 60, requestTimeoutMs: 300 },
    });
    apiUrl = simulator.apiUrl;
    const lost = await run('createExportJob', create);
    assert.equal(lost.failure?.type, 'TwilioUnavailable', String(lost.error));
    assert.equal(lost.failure?.nonRetryable, false);
    const found = await run('createExportJob', create, {
      attempt: 2,
      heartbeatDetails: lost.heartbeats.at(-1),
    });
    const { jobs } = simulator.ledger();
    assert.deepEqual(
      jobs.map(({ jobSid }) => jobSid),
      [found.result?.jobSid],
    );
    assert.equal(found.result?.adopted, true);
    assert.equal(creates, 1);
  });
}

/** Hands everything on, and answers a POST, once it was carried out, as it is told to. */
async function startFrontThat(
  t: TestContext,
  apiUrl: () => string,
  answerPost: (response: ServerResponse) => void,
): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${TEST_ACCOUNT_SID}:${TEST_AUTH_TOKEN}`).toString('base64')}`;
  return await listenOnLoopback(t, (request, response) => {
    const answer = async (): Promise<void> => {
      const body = await text(request);
      const behind = await fetch(new URL(request.url ?? '', apiUrl()), {
        method: request.method,
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body: body === '' ? undefined : body,
      });
      if (request.method === 'POST') answerPost(response);
      else
        response
          .writeHead(behind.status, { date: behind.headers.get('date') ?? '' })
          .end(await behind.text());
    };
    answer().catch(() => response.destroy());
  });
}
