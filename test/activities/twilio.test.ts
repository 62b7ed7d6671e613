import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { readActivitiesOptions } from '../../activities/activities-options.ts';
import { createActivities, createFileStorage, defaultSettings } from '../../activities/index.ts';
import { listenOnLoopback } from './loopback.ts';
import { download } from './complete-days.ts';
import { create, watch, days, identity, startRig } from './rig.ts';

test('every page of the jobs list is searched', async (t) => {
  const { run } = await startRig(t);
  const { result: made } = await run('createExportJob', create);
  let pages = 0;
  const apiUrl = await listenOnLoopback(t, (request, response) => {
    pages++;
    const isLast = request.url?.includes('Page=2');
    const job = { job_sid: `JS${'a'.repeat(32)}`, friendly_name: made?.friendlyName };
    const next = `http://${request.headers.host}/v1/Exports/Messages/Jobs?Page=2`;
    const meta = { key: 'jobs', next_page_url: isLast ? null : next };
    response.end(JSON.stringify({ jobs: isLast ? [job] : [null, 7, {}], meta }));
  });
  const paged = await startRig(t, { twilioUrl: apiUrl });
  const { result } = await paged.run('createExportJob', create);
  assert.equal(result?.jobSid, `JS${'a'.repeat(32)}`);
  assert.equal(pages, 2);
});

test('a next page at another origin is not followed: it would be sent the credentials', async (t) => {
  const asked: string[] = [];
  const elsewhere = await listenOnLoopback(t, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  const apiUrl = await listenOnLoopback(t, (_request, response) => {
    response.end(JSON.stringify({ jobs: [], meta: { next_page_url: `${elsewhere}/v1/x` } }));
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl });
  const { failure } = await run('createExportJob', create);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /not on the origin of the API/);
  assert.deepEqual(asked, []);
});

test('a redirect of the API itself is not followed: it would be sent the credentials', async (t) => {
  const asked: string[] = [];
  const elsewhere = await listenOnLoopback(t, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const apiUrl = await listenOnLoopback(t, (_request, response) => {
      response.writeHead(status, { location: `${elsewhere}/v1/x` }).end();
    });
    const { run } = await startRig(t, { twilioUrl: apiUrl });
    for (const { failure } of [
      await run('watchExportJob', watch),
      await run('deleteExportJob', { ...identity, jobSid: watch.jobSid }),
      await run('createExportJob', create),
    ]) {
      assert.equal(failure?.type, 'TwilioUnavailable', `${status}`);
    }
  }
  assert.deepEqual(asked, []);
});

test('a list without end is given up', async (t) => {
  const apiUrl = await listenOnLoopback(t, (request, response) => {
    response.end(
      JSON.stringify({ jobs: [], meta: { next_page_url: `http://${request.headers.host}/again` } }),
    );
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { listPages: 5 } });
  const { failure } = await run('createExportJob', create);
  assert.match(failure?.message ?? '', /more than 5 pages/);
});

test('a page of far more entries than were asked for is no page of this API', async (t) => {
  let count = 2_000;
  const apiUrl = await listenOnLoopback(t, (_request, response) => {
    response.end(JSON.stringify({ jobs: Array.from({ length: count }, () => ({})), meta: {} }));
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl });
  const sweep = { ...identity, ...days, keep: [], createInDoubt: false };
  assert.deepEqual((await run('sweepExportJobs', sweep)).result, { swept: [] });
  count = 300_000;
  const { failure } = await run('sweepExportJobs', sweep);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /page of 300000 jobs where 1000 were asked for/);
});

test('of an error that is longer than any of Twilio only a little is read', async (t) => {
  let sentBytes = 0;
  const apiUrl = await listenOnLoopback(t, (_request, response) => {
    response.writeHead(404);
    const timer = setInterval(() => {
      sentBytes += 32 * 1024;
      response.write(' '.repeat(32 * 1024));
    }, 1);
    response.on('close', () => clearInterval(timer));
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl });
  const { failure } = await run('deleteExportJob', { ...identity, jobSid: watch.jobSid });
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.ok(sentBytes < 8 * 1024 * 1024, `${sentBytes} bytes were sent`);
});

test('answers that are none of this API are an outage, never a crash', async (t) => {
  for (const body of ['', 'null', '[]', '<html>', '"x"', 'x'.repeat(2_000)]) {
    const apiUrl = await listenOnLoopback(t, (_request, response) => response.end(body));
    const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { answerLimitBytes: 1_000 } });
    const { failure } = await run('watchExportJob', watch);
    assert.equal(failure?.type, 'TwilioUnavailable', body.slice(0, 9));
  }
});

test('a Twilio that keeps the connection and says nothing is given up in time', async (t) => {
  const apiUrl = await listenOnLoopback(t, () => {});
  const { run } = await startRig(t, { twilioUrl: apiUrl, settings: { requestTimeoutMs: 40, getTries: 1 } });
  const { failure } = await run('watchExportJob', watch);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /no answer came in time/);
});

const trickles: Record<string, (response: ServerResponse, piece: string) => void> = {
  'a good answer': (response, piece) => response.write(piece),
  'an answer that is an error': (response, piece) => {
    if (!response.headersSent) response.writeHead(503);
    response.write(piece);
  },
};
for (const [kind, send] of Object.entries(trickles)) {
  test(`${kind} that trickles for ever is given up: by a look, a delete and a create`, async (t) => {
    const apiUrl = await listenOnLoopback(t, ({ method, url }, response) => {
      // The list before the create has to come, or there is none.
      if (method === 'GET' && url?.includes('/Messages/')) {
        response.end(JSON.stringify({ jobs: [] }));
        return;
      }
      send(response, '{');
      const timer = setInterval(() => send(response, ' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    const settings = { answerTimeoutMs: 100, requestTimeoutMs: 60_000, getTries: 1 };
    const { run } = await startRig(t, { twilioUrl: apiUrl, settings });
    const ends = [
      await run('watchExportJob', watch),
      await run('deleteExportJob', { ...identity, jobSid: watch.jobSid }),
      await run('createExportJob', create),
    ];
    for (const { failure } of ends) {
      assert.equal(failure?.type, 'TwilioUnavailable');
      assert.match(failure?.message ?? '', /came a little at a time, and was not whole after 0\.1 seconds/);
    }
    assert.match(ends[2]?.failure?.message ?? '', /Twilio may have made the job/);
  });
}

test('no failure shows a credential or a signed link, even if Twilio repeats them, and none is over 2 kB', async (t) => {
  const secret = 'planted+secret/0123456789';
  const basic = Buffer.from(`AC${'5'.repeat(32)}:${secret}`).toString('base64');
  const link = 'https://store.example/f?X-Amz-Signature=planted-signature';
  for (const status of [400, 401, 403, 404, 405, 429, 500]) {
    const apiUrl = await listenOnLoopback(t, (_request, response) => {
      const message = `${secret} ${encodeURIComponent(secret)} ${basic} ${link} `.repeat(100);
      response
        .writeHead(status, { 'twilio-request-id': secret })
        .end(JSON.stringify({ code: 20_001, message }));
    });
    const { run } = await startRig(t, { twilioUrl: apiUrl, password: secret });
    const ran = [
      await run('createExportJob', create),
      await run('watchExportJob', watch),
      await run('downloadExportDay', download),
      await run('deleteExportJob', { ...identity, jobSid: watch.jobSid }),
      await run('sweepExportJobs', { ...identity, ...days, keep: [], createInDoubt: false }),
    ];
    for (const { failure, result, heartbeats } of ran) {
      assert.ok(failure !== null || result !== null, 'a failure or a result');
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

test('the options that were left out are what the settings say', () => {
  const accounts = { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } };
  const { settings, requestsPerAccount } = readActivitiesOptions({
    accounts,
    destinations: { default: createFileStorage('file:./exports') },
  });
  assert.deepEqual(settings, defaultSettings);
  assert.equal(requestsPerAccount, 8);
});

test('faulty options are named, all at once and without a credential', () => {
  const accounts = { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } };
  const destinations = { default: createFileStorage('file:./exports') };
  for (const [options, words] of [
    [{ twilioUrl: 'http://example.com' }, /twilioUrl must be an origin .*plain http only to this machine/],
    [{ twilioUrl: 'https://planted@example.com' }, /twilioUrl .*credentials/],
    [{ twilioUrl: 'https://:planted@example.com' }, /twilioUrl .*credentials/],
    [{ twilioUrl: 'https://example.com/?planted' }, /twilioUrl .*without a path/],
    [{ downloadSlots: 0 }, /downloadSlots/],
    [{ requestsPerAccount: 0 }, /requestsPerAccount must be a whole number of at least 1, got 0/],
    [{ stallTimeout: 999 }, /stallTimeout must be a duration of 1 second to 1 hour .*got 999/],
    [{ quotaDay: '8 days' as const }, /quotaDay must be a duration of 1 second to 7 days .*got "8 days"/],
    [{ stallTimeout: 'soon' as never, quotaDay: 0 }, /stallTimeout [^]*got "soon"[^]*quotaDay [^]*got 0/],
    [{ accounts: {} }, /accounts must hold at least one/],
    [{ destinations: {} }, /destinations must hold at least one/],
    [
      { accounts: { emea: { accountSid: 'planted', username: 'u', password: 'p' } } },
      /accounts\.emea\.accountSid must be .*got another text/,
    ],
    [
      { accounts: { emea: { password: '' } as never }, downloadSlots: 0.5 },
      /emea\.accountSid .*got nothing[^]*emea\.username .*got nothing[^]*emea\.password .*empty text[^]*downloadSlots/,
    ],
  ] as const) {
    assert.throws(
      () => createActivities({ accounts, destinations, ...options }),
      (error) =>
        error instanceof TypeError && words.test(error.message) && !error.message.includes('planted'),
      String(words),
    );
  }
});
