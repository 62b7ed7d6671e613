import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_ACCOUNT_SID } from '../../simulator/index.ts';
import { basic, OTHER_ACCOUNT, startTwilio } from './caller.ts';

const FORM = { StartDay: '2026-10-01', EndDay: '2026-10-03', FriendlyName: 'three days' };

test('a create answers 201 with null details and without a url', async () => {
  await using twilio = await startTwilio();
  const { status, json } = await twilio.api('Messages/Jobs', { form: FORM });
  assert.equal(status, 201);
  assert.match(json.job_sid, /^JS[0-9a-f]{32}$/);
  assert.deepEqual(
    { ...json, job_sid: '' },
    {
      resource_type: 'Messages',
      friendly_name: 'three days',
      details: null,
      start_day: '2026-10-01',
      end_day: '2026-10-03',
      job_sid: '',
      webhook_url: null,
      webhook_method: null,
      email: null,
      job_queue_position: '1',
      estimated_completion_time: '2026-11-22T10:12:00.000',
    },
  );
});

test('a create takes a form and reads no JSON', async () => {
  await using twilio = await startTwilio();
  const { status, json } = await twilio.api('Messages/Jobs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(FORM),
  });
  assert.deepEqual([status, json.code], [415, 19_056]);
  assert.equal(twilio.simulator.ledger().jobsMade, 0);
});

test('a form may come in parts', async () => {
  await using twilio = await startTwilio();
  const body = Object.entries(FORM)
    .map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('');
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
  const post = { method: 'POST', headers };
  const { status, json } = await twilio.api('Messages/Jobs', { ...post, body: `${body}--x--\r\n` });
  assert.deepEqual([status, json.friendly_name], [201, FORM.FriendlyName]);
  assert.equal((await twilio.api('Messages/Jobs', { ...post, body: 'no part' })).status, 415);
});

test('a job of one day is a job', async () => {
  await using twilio = await startTwilio();
  const form = { ...FORM, EndDay: FORM.StartDay };
  const { status, json } = await twilio.api('Messages/Jobs', { form });
  assert.equal(status, 201);
  assert.deepEqual(await twilio.details(json.job_sid), [
    { status: 'Submitted', count: 1, days: ['2026-10-01'] },
  ]);
});

test('a fetch of a job gives its url, and the list does not', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  const fetched = await twilio.api(`Jobs/${jobSid}`);
  assert.equal(fetched.json.url, `${twilio.simulator.apiUrl}/v1/Exports/Jobs/${jobSid}`);
  const listed = await twilio.api('Messages/Jobs');
  assert.deepEqual(Object.keys(listed.json.jobs[0] ?? {}), Object.keys(fetched.json).slice(0, -1));
});

test('the same create twice makes two jobs, and both spend quota', async () => {
  await using twilio = await startTwilio();
  await twilio.api('Messages/Jobs', { form: FORM });
  await twilio.api('Messages/Jobs', { form: FORM });
  const { jobsMade, quotaUsed } = twilio.simulator.ledger();
  assert.equal(jobsMade, 2);
  const { jobs } = (await twilio.api('Messages/Jobs')).json;
  assert.deepEqual(
    jobs.map((job) => [job.friendly_name, job.start_day, job.end_day]),
    [
      ['three days', '2026-10-01', '2026-10-03'],
      ['three days', '2026-10-01', '2026-10-03'],
    ],
  );
  assert.notEqual(jobs[0]?.job_sid, jobs[1]?.job_sid);
  assert.deepEqual(quotaUsed, { [TEST_ACCOUNT_SID]: { '2026-11-22': 6 } });
});

for (const [title, change] of [
  ['without a StartDay', { StartDay: '' }],
  ['without an EndDay', { EndDay: '' }],
  ['without a FriendlyName', { FriendlyName: '' }],
  ['with a day that the calendar does not have', { StartDay: '2026-02-30' }],
  ['with a day in another format', { StartDay: '1/10/2026' }],
  ['with the end before the start', { StartDay: '2026-10-04' }],
  ['that ends yesterday', { EndDay: '2026-11-21' }],
  ['with a WebhookUrl alone', { WebhookUrl: 'http://127.0.0.1/' }],
  ['with a WebhookMethod alone', { WebhookMethod: 'POST' }],
  ['with a WebhookMethod that is none', { WebhookUrl: 'http://127.0.0.1/', WebhookMethod: 'PUT' }],
  ['with a WebhookUrl that is none', { WebhookUrl: 'here', WebhookMethod: 'GET' }],
] as const) {
  test(`a create ${title} is refused with 400 and makes nothing`, async () => {
    await using twilio = await startTwilio();
    const { status, json } = await twilio.api('Messages/Jobs', { form: { ...FORM, ...change } });
    assert.deepEqual([status, json.code, json.status], [400, 20_001, 400]);
    assert.equal(twilio.simulator.ledger().jobsMade, 0);
  });
}

test('the last day may be the day before yesterday, by the clock of the simulator', async () => {
  await using twilio = await startTwilio();
  const form = { ...FORM, EndDay: '2026-11-21' };
  assert.equal((await twilio.api('Messages/Jobs', { form: { ...form, EndDay: '2026-11-20' } })).status, 201);
  assert.equal((await twilio.api('Messages/Jobs', { form })).status, 400);
  twilio.minutes(14 * 60);
  assert.equal((await twilio.api('Messages/Jobs', { form })).status, 201);
});

test('an account asks for at most 366 days in a UTC day, and its subaccounts count', async () => {
  const child = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'child', parentAccountSid: TEST_ACCOUNT_SID };
  const parent = { accountSid: TEST_ACCOUNT_SID, authToken: 'parent' };
  await using twilio = await startTwilio({
    credentials: [parent, child, OTHER_ACCOUNT],
    // So many files take long to compress.
    script: { days: [{ file: 'zeroBytes' }] },
  });
  const create = async (who: { accountSid: string; authToken: string }, startDay: string) => {
    const form = { StartDay: startDay, EndDay: '2026-10-01', FriendlyName: 'x' };
    const reply = await twilio.api('Messages/Jobs', {
      form,
      headers: { Authorization: basic(who.accountSid, who.authToken) },
    });
    return reply.status;
  };
  assert.equal(await create(parent, '2025-10-02'), 201);
  assert.equal(await create(child, '2026-10-01'), 201);
  assert.equal(await create(child, '2026-10-01'), 400);
  assert.equal(await create(OTHER_ACCOUNT, '2026-10-01'), 201);
  twilio.minutes(14 * 60);
  assert.equal(await create(child, '2026-10-01'), 201);
});

test('the form of the refusal for too many days is a choice', async () => {
  await using twilio = await startTwilio({ quotaDays: 2, quotaRejection: { status: 403, code: 20_008 } });
  const { status, json } = await twilio.api('Messages/Jobs', { form: FORM });
  assert.deepEqual([status, json.status, json.code], [403, 403, 20_008]);
  assert.equal(twilio.simulator.ledger().jobsMade, 0);
});

test('the refusal for too many days tells how many there are, are left and were asked for', async () => {
  await using twilio = await startTwilio({ quotaDays: 7 });
  await twilio.createJob('2026-10-01', '2026-10-02');
  const { json } = await twilio.api('Messages/Jobs', { form: { ...FORM, EndDay: '2026-10-06' } });
  for (const part of [/\b7 days\b/, /\b5 are left\b/, /\b6 were asked for\b/]) {
    assert.match(json.message, part);
  }
});

test('deleting a job gives no quota back', async () => {
  await using twilio = await startTwilio({ quotaDays: 1 });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, 204);
  const form = { ...FORM, EndDay: '2026-10-01' };
  assert.equal((await twilio.api('Messages/Jobs', { form })).status, 400);
});

test('a job stays on the list for seven days after its last day was over, then answers 404', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  twilio.minutes(12 + 7 * 24 * 60 - 1);
  assert.equal((await twilio.api('Messages/Jobs')).json.jobs.length, 1);
  twilio.minutes(1);
  assert.equal((await twilio.api('Messages/Jobs')).json.jobs.length, 0);
  const { status, json } = await twilio.api(`Jobs/${jobSid}`);
  assert.deepEqual([status, json.code], [404, 20_404]);
});

test('a list holds the jobs of one type alone', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-01');
  for (const type of ['Calls', 'Conferences', 'Participants']) {
    assert.equal((await twilio.api(`${type}/Jobs`)).json.jobs.length, 0);
  }
});

test('the fields that the script names are null wherever a job is shown', async () => {
  await using twilio = await startTwilio({ script: { nullFields: ['resource_type'] } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-01');
  assert.equal((await twilio.api(`Jobs/${jobSid}`)).json.resource_type, null);
  assert.equal((await twilio.api('Messages/Jobs')).json.jobs[0]?.resource_type, null);
});
