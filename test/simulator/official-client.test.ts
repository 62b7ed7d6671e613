import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import type { SimulatorScript } from '../../simulator/index.ts';
import { startReceiver } from './receiver.ts';
import {
  connectLibrary,
  EXAMPLE,
  NOBODYS_JOB,
  OPERATIONS,
  startIn2019,
  stayOnThisMachine,
} from './official-client/connect.ts';
import type { Library } from './official-client/connect.ts';
import { surveySurface } from './official-client/surface.ts';
import { walkToFile } from './official-client/walk-to-file.ts';
import { walkLibrary } from './official-client/walk.ts';

stayOnThisMachine();

test('the library reads every answer, and nothing that it offers was left out', async () => {
  await using started = await startIn2019();
  const surface = surveySurface();
  const bulkexports = surface.watch(started.library.bulkexports);
  await walkLibrary({ twilio: started, v1: bulkexports.v1, type: 'Messages' });
  walkOldNames(bulkexports);
  assert.deepEqual(surface.unused(), []);
  const { requests, requestsToNowhere, webhooks } = started.simulator.ledger();
  assert.deepEqual(Object.keys(requests).toSorted(), [...Object.keys(OPERATIONS), 'getFile'].toSorted());
  assert.equal(requestsToNowhere, 0);
  assert.deepEqual(
    webhooks.map(({ url, outcome }) => [url, outcome]),
    [[EXAMPLE.webhookUrl, 'notSent']],
  );
});

for (const type of ['Calls', 'Conferences', 'Participants'] as const) {
  test(`${type}: the library leads from the export to the file`, async () => {
    await using started = await startIn2019();
    await walkToFile({ twilio: started, v1: started.v1, type });
    assert.equal(started.simulator.ledger().requestsToNowhere, 0);
  });
}

/** Two getters of old that the library warns of: the same resources. */
function walkOldNames(bulkexports: Library['bulkexports']): void {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    assert.equal(bulkexports.exports, bulkexports.v1.exports);
    assert.equal(bulkexports.exportConfiguration, bulkexports.v1.exportConfiguration);
  } finally {
    console.warn = warn;
  }
}

test('what a walk leaves out is named, though the library itself called it on the way', async () => {
  await using started = await startIn2019();
  const { bulkexports } = started.library;
  // As a later version of the library may have it.
  Object.assign(bulkexports.v1.exports.jobs, { pause: () => undefined });
  const surface = surveySurface();
  const { exports } = surface.watch(bulkexports).v1;
  await exports('Messages').days.list();
  await exports.jobs
    .get(NOBODYS_JOB)
    .fetch()
    .catch(() => undefined);
  for (const name of ['jobs.pause', 'days.page', 'JobContextImpl.remove', 'V1.exportConfiguration']) {
    assert.ok(surface.unused().includes(name), name);
  }
  for (const name of ['days.list', 'exports()', 'exports.jobs', 'jobs.get', 'JobContextImpl.fetch']) {
    assert.ok(!surface.unused().includes(name), name);
  }
});

test('an empty list is the one of the documents', async () => {
  await using started = await startIn2019();
  const { _payload: payload } = await started.jobs.page();
  const url = `${started.simulator.apiUrl}/v1/Exports/Messages/Jobs?PageSize=50&Page=0`;
  assert.deepEqual(payload, {
    meta: {
      previous_page_url: null,
      url,
      page_size: 50,
      key: 'jobs',
      first_page_url: url,
      next_page_url: null,
      page: 0,
    },
    jobs: [],
  });
});

test('an API key of the account opens the same jobs, and a wrong secret opens nothing', async () => {
  const [accountSid, sid] = [`AC${'1'.repeat(32)}`, `SK${'2'.repeat(32)}`];
  const credentials = [{ accountSid, authToken: 'token', apiKeys: [{ sid, secret: 'secret' }] }];
  await using started = await startIn2019({ credentials });
  const { jobSid } = await started.jobs.create(EXAMPLE);
  const byKey = connectLibrary(started.simulator, { username: sid, password: 'secret', accountSid });
  assert.equal((await byKey.bulkexports.v1.exports.jobs(jobSid).fetch()).friendlyName, 'Export1');
  const wrong = connectLibrary(started.simulator, { username: sid, password: 'wrong', accountSid });
  await assert.rejects(wrong.bulkexports.v1.exports.jobs(jobSid).fetch(), { status: 401, code: 20_003 });
});

test('neither a region nor an edge leads the library away from the address of the simulator', async () => {
  await using started = await startIn2019();
  // The library puts them into every host name, that of a base URL too. An address in digits takes none.
  const day = { startDay: '2019-11-20', endDay: '2019-11-20' };
  const [region, edge] = ['au1', 'sydney'];
  for (const [index, login] of [
    { region, edge },
    { env: { TWILIO_REGION: region } },
    { env: { TWILIO_EDGE: edge } },
    { env: { TWILIO_REGION: region, TWILIO_EDGE: edge } },
  ].entries()) {
    const { exportCustomJobs: jobs } = connectLibrary(started.simulator, login).bulkexports.v1.exports(
      'Calls',
    );
    await jobs.create({ ...day, friendlyName: 'a' });
    await jobs.create({ ...day, friendlyName: 'b' });
    assert.equal((await jobs.list({ pageSize: 1 })).length, 2 * (index + 1));
  }
});

test('all forms of details, and fields that are null, reach the reader as they are', async () => {
  const script: SimulatorScript = {
    details: [
      { form: 'daysNull', until: '1 minute' },
      { form: 'null', from: '1 minute', until: '2 minutes' },
      { form: 'emptyList', from: '2 minutes', until: '3 minutes' },
    ],
    nullFields: ['resource_type', 'friendly_name', 'job_queue_position', 'size'],
  };
  await using started = await startIn2019({ script });
  const { v1, jobs, days } = started;
  const { jobSid } = await jobs.create(EXAMPLE);
  const count = 11;
  for (const details of [
    [{ status: 'Submitted', count, days: null }],
    null,
    [],
    [{ status: 'Submitted', count, days: Array.from({ length: count }, (_, n) => `2019-11-${20 + n}`) }],
  ]) {
    assert.deepEqual((await v1.exports.jobs(jobSid).fetch()).details, details);
    assert.deepEqual((await jobs.list())[0]?.details, details);
    started.minutes(1);
  }
  const { resourceType, friendlyName, jobQueuePosition } = await v1.exports.jobs(jobSid).fetch();
  assert.deepEqual([resourceType, friendlyName, jobQueuePosition], [null, null, null]);
  started.minutes(60);
  const [day] = await days.list();
  assert.deepEqual(
    [day?.day, day?.resourceType, day?.friendlyName, day?.size],
    ['2019-11-20', null, null, null],
  );
});

for (const [method, body] of [
  ['POST', 'form'],
  ['POST', 'json'],
  ['GET', 'form'],
] as const) {
  test(`the library's own check accepts the signature of a webhook (${method}, ${body}), and no other token's`, async () => {
    await using receiver = await startReceiver();
    await using started = await startIn2019({ script: { webhook: { body } } });
    const { authToken } = started.simulator;
    await started.jobs.create({ ...EXAMPLE, webhookUrl: receiver.url, webhookMethod: method });
    started.minutes(60);
    const [webhook] = await receiver.received(1);
    assert.ok(webhook, 'a webhook');
    const url = new URL(webhook.path, receiver.url).href;
    const signature = String(webhook.headers['x-twilio-signature']);
    const isAccepted = (token: string): boolean =>
      body === 'json'
        ? twilio.validateRequestWithBody(token, signature, url, webhook.body)
        : twilio.validateRequest(
            token,
            signature,
            url,
            Object.fromEntries(new URLSearchParams(webhook.body)),
          );
    assert.equal(isAccepted(authToken), true);
    assert.equal(isAccepted('another'), false);
  });
}
