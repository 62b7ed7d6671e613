import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { CreateExportJobInput } from '../../activities/index.ts';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import { identity, startRig } from './rig.ts';

const input: CreateExportJobInput = {
  ...identity,
  destination: 'default',
  startDay: '2026-10-01',
  endDay: '2026-10-03',
  friendlyName: 'October',
  submission: 1,
};
const watch = {
  ...identity,
  jobSid: `JS${'0'.repeat(32)}`,
  friendlyName: 'x',
  startDay: '2026-10-01',
  endDay: '2026-10-03',
  createdAt: '2026-10-10T12:00:00.000Z',
  seen: null,
  lookNow: false,
  poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
};

test('every page of the jobs list is searched', async (t) => {
  const { run } = await startRig(t);
  const { result: made } = await run('createExportJob', input);
  let pages = 0;
  const apiUrl = await startApi(t, (request, response) => {
    pages++;
    const isLast = request.url?.includes('Page=2');
    const job = { job_sid: `JS${'a'.repeat(32)}`, friendly_name: made?.friendlyName };
    const next = `http://${request.headers.host}/v1/Exports/Messages/Jobs?Page=2`;
    const meta = { key: 'jobs', next_page_url: isLast ? null : next };
    response.end(JSON.stringify({ jobs: isLast ? [job] : [null, 7, {}], meta }));
  });
  const paged = await startRig(t, { twilioUrl: apiUrl });
  const { result } = await paged.run('createExportJob', input);
  assert.equal(result?.jobSid, `JS${'a'.repeat(32)}`);
  assert.equal(pages, 2);
});

test('a next page at another origin is not followed: it would be sent the credentials', async (t) => {
  const asked: string[] = [];
  const elsewhere = await startApi(t, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  const apiUrl = await startApi(t, (_request, response) => {
    response.end(JSON.stringify({ jobs: [], meta: { next_page_url: `${elsewhere}/v1/x` } }));
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl });
  const { failure } = await run('createExportJob', input);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /not on the origin of the API/);
  assert.deepEqual(asked, []);
});

test('a list without end is given up', async (t) => {
  const apiUrl = await startApi(t, (request, response) => {
    response.end(
      JSON.stringify({ jobs: [], meta: { next_page_url: `http://${request.headers.host}/again` } }),
    );
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { listPages: 5 } });
  const { failure } = await run('createExportJob', input);
  assert.match(failure?.message ?? '', /more than 5 pages/);
});

test('answers that are none of this API are an outage, never a crash', async (t) => {
  for (const body of ['', 'null', '[]', '<html>', '"x"', 'x'.repeat(2_000)]) {
    const apiUrl = await startApi(t, (_request, response) => response.end(body));
    const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { answerLimitBytes: 1_000 } });
    const { failure } = await run('watchExportJob', watch);
    assert.equal(failure?.type, 'TwilioUnavailable', body.slice(0, 9));
  }
});

test('a Twilio that keeps the connection and says nothing is given up in time', async (t) => {
  const apiUrl = await startApi(t, () => {});
  const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { requestTimeoutMs: 40, getTries: 1 } });
  const { failure } = await run('watchExportJob', watch);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /no answer came in time/);
});

test('no failure shows a credential or a signed link, even if Twilio repeats them, and none is over 2 kB', async (t) => {
  const secret = 'planted+secret/0123456789';
  const basic = Buffer.from(`AC${'5'.repeat(32)}:${secret}`).toString('base64');
  const link = 'https://store.example/f?X-Amz-Signature=planted-signature';
  for (const status of [400, 401, 403, 404, 405, 429, 500]) {
    const apiUrl = await startApi(t, (_request, response) => {
      const message = `${secret} ${encodeURIComponent(secret)} ${basic} ${link} `.repeat(100);
      response
        .writeHead(status, { 'twilio-request-id': secret })
        .end(JSON.stringify({ code: 20_001, message }));
    });
    const { run } = await startRig(t, { twilioUrl: apiUrl, password: secret });
    const day = { ...identity, destination: 'default', day: '2026-10-01', status: 'Completed' } as const;
    const ran = [
      await run('createExportJob', input),
      await run('watchExportJob', watch),
      await run('downloadExportDay', day),
      await run('deleteExportJob', { ...identity, jobSid: watch.jobSid }),
      await run('sweepExportJobs', { ...identity, keep: [], createInDoubt: false }),
    ];
    for (const { failure, result, heartbeats } of ran) {
      assert.ok(failure !== null || result !== null);
      const wire =
        failure === null
          ? {}
          : new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter);
      const text = JSON.stringify([wire, result, heartbeats]);
      assert.ok(text.length < 2_000, `${text.length}`);
      for (const form of [secret, encodeURIComponent(secret), basic, 'planted-signature']) {
        assert.ok(!text.includes(form), text);
      }
    }
  }
});

test('faulty options are named', () => {
  const accounts = { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } };
  const destinations = { default: createFileStorage('file:./exports') };
  for (const [options, words] of [
    [{ twilioUrl: 'http://example.com' }, /twilioUrl/],
    [{ twilioUrl: 'https://u:p@example.com' }, /twilioUrl/],
    [{ downloadSlots: 0 }, /downloadSlots/],
    [{ accounts: { emea: { accountSid: 'x', username: 'u', password: 'p' } } }, /accounts\.emea\.accountSid/],
  ] as const) {
    assert.throws(() => createActivities({ accounts, destinations, ...options }), words);
  }
});

async function startApi(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
