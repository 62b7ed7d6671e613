import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { download, sha256 } from './download.ts';
import { startReceiver } from './receiver.ts';

/** Switches the configuration of Messages on or off, and sets what else is given. */
async function enable(twilio: Twilio, enabled: boolean, form: Record<string, string> = {}): Promise<void> {
  await twilio.api('Messages/Configuration', { form: { Enabled: String(enabled), ...form } });
}

/** The days of Messages that have a file, in the order of the list. */
async function listedDays(twilio: Twilio): Promise<string[]> {
  return (await twilio.api('Messages/Days')).json.days.map(({ day }) => day);
}

test('a configuration starts disabled, with a webhook of empty texts', async () => {
  await using twilio = await startTwilio();
  const { json } = await twilio.api('Calls/Configuration');
  assert.deepEqual(json, {
    enabled: false,
    webhook_url: '',
    webhook_method: '',
    resource_type: 'Calls',
    url: `${twilio.simulator.apiUrl}/v1/Exports/Calls/Configuration`,
  });
});

test('an update changes what is given and keeps the rest, for its type alone', async () => {
  await using twilio = await startTwilio();
  const form = { WebhookUrl: 'https://example.com/hook', WebhookMethod: 'GET' };
  const updated = await twilio.api('Messages/Configuration', { form });
  assert.deepEqual([updated.status, updated.json.webhook_url], [200, form.WebhookUrl]);
  await twilio.api('Messages/Configuration', { form: { Enabled: 'true' } });
  const { json } = await twilio.api('Messages/Configuration');
  assert.deepEqual([json.enabled, json.webhook_url, json.webhook_method], [true, ...Object.values(form)]);
  assert.equal((await twilio.api('Calls/Configuration')).json.enabled, false);
});

test('an update that makes no sense is refused and changes nothing', async () => {
  await using twilio = await startTwilio();
  const changes: Record<string, string>[] = [
    { Enabled: 'yes' },
    { WebhookUrl: 'here' },
    { WebhookMethod: 'PUT' },
  ];
  for (const change of changes) {
    const form = { Enabled: 'true', ...change };
    const reply = await twilio.api('Messages/Configuration', { form });
    assert.deepEqual([reply.status, reply.json.code], [400, 20_001]);
  }
  assert.equal((await twilio.api('Messages/Configuration')).json.enabled, false);
});

test('while it is enabled, the file of each day appears after the day is over, and the webhook is called', async () => {
  await using receiver = await startReceiver();
  await using twilio = await startTwilio();
  const form = { Enabled: 'true', WebhookUrl: receiver.url, WebhookMethod: 'POST' };
  await twilio.api('Messages/Configuration', { form });
  twilio.minutes(2 * 24 * 60);
  await twilio.api('Messages/Configuration', { form: { Enabled: 'false' } });
  twilio.minutes(2 * 24 * 60);
  const { json } = await twilio.api('Messages/Days');
  assert.deepEqual(
    json.days.map(({ day, create_date: created }) => [day, created]),
    [
      ['2026-11-22', '2026-11-23'],
      ['2026-11-23', '2026-11-24'],
    ],
  );
  assert.equal(twilio.simulator.ledger().webhooks.length, 2);
  const webhooks = await receiver.received(2);
  assert.equal(new URLSearchParams(webhooks[0]?.body).get('status'), 'completed');
});

test('a configuration that is switched off and on again makes one file a day and calls once', async () => {
  await using twilio = await startTwilio();
  await enable(twilio, true, { WebhookUrl: 'http://example.invalid/', WebhookMethod: 'POST' });
  for (const enabled of [false, true, true, false, true]) {
    await enable(twilio, enabled);
  }
  twilio.minutes(15 * 60);
  await enable(twilio, false);
  await enable(twilio, true);
  twilio.minutes(24 * 60);
  await enable(twilio, true);
  twilio.minutes(24 * 60);
  assert.deepEqual(await listedDays(twilio), ['2026-11-22', '2026-11-23']);
  assert.equal(twilio.simulator.ledger().webhooks.length, 2);
});

test('a day that is made by itself is one that ended while it was enabled, and bears no name', async () => {
  await using twilio = await startTwilio();
  const atMidnight = 14 * 60;
  twilio.minutes(atMidnight);
  await enable(twilio, true);
  twilio.minutes(24 * 60);
  assert.deepEqual(await listedDays(twilio), []);
  twilio.minutes(3 * 60);
  const { days } = (await twilio.api('Messages/Days')).json;
  assert.deepEqual(
    days.map((each) => [each.day, each.create_date, each.friendly_name]),
    [['2026-11-23', '2026-11-24', null]],
  );
});

test('a day that is made by itself follows the rules of the script', async () => {
  await using twilio = await startTwilio({ script: { days: [{ records: 7 }] } });
  const expected = (day: string) => twilio.simulator.expectedFile({ resourceType: 'Messages', day })?.sha256;
  const [days, empty] = [['2026-11-22', '2026-11-23'] as const, '2026-11-24'];
  const usual = days.map(expected);
  twilio.simulator.setScript({
    days: [
      { records: 7 },
      { days: days[1], version: 2 },
      { days: empty, statuses: [{ status: 'CompletedEmptyRecords' }] },
    ],
  });
  await enable(twilio, true);
  twilio.minutes(3 * 24 * 60);
  const files = await Promise.all(
    [...days, empty].map(async (day) => (await download(await twilio.link(day))).bytes),
  );
  const lines = files.map((bytes) => gunzipSync(bytes).toString('utf8').split('\n').length - 1);
  assert.deepEqual(lines, [7, 7, 0]);
  assert.deepEqual(
    usual.map((sha, index) => sha === sha256(files[index] ?? Buffer.of())),
    [true, false],
  );
});

test('a configuration that was off over a midnight and is on again goes on', async () => {
  await using twilio = await startTwilio();
  await enable(twilio, true);
  await enable(twilio, false);
  twilio.minutes(24 * 60);
  await enable(twilio, true);
  twilio.minutes(24 * 60);
  assert.deepEqual(await listedDays(twilio), ['2026-11-23']);
});

test('rates hold for days that are made by themselves', async () => {
  await using twilio = await startTwilio({ script: { life: { failedRate: 1 } } });
  await enable(twilio, true);
  twilio.minutes(24 * 60);
  assert.deepEqual(await listedDays(twilio), []);
});

test('a day that is made by itself and has no file calls nobody, and a late file is told of when it is there', async () => {
  await using twilio = await startTwilio({
    script: {
      days: [
        { days: '2026-11-22', statuses: [{ status: 'Failed' }] },
        { days: '2026-11-23', file: 'missing' },
        { days: '2026-11-24', fileDelay: '5 hours' },
      ],
    },
  });
  await enable(twilio, true, { WebhookUrl: 'http://example.invalid/', WebhookMethod: 'POST' });
  const calls = () => twilio.simulator.ledger().webhooks.map(({ sentAt }) => sentAt);
  twilio.minutes((2 * 24 + 20) * 60);
  assert.deepEqual([await listedDays(twilio), calls()], [[], []]);
  twilio.minutes(60);
  assert.deepEqual([await listedDays(twilio), calls()], [['2026-11-24'], ['2026-11-25T07:00:00.000Z']]);
});

test('who has switched a configuration off meanwhile is not called for a file that was late', async () => {
  await using twilio = await startTwilio({ script: { days: [{ fileDelay: '5 hours' }] } });
  await enable(twilio, true, { WebhookUrl: 'http://example.invalid/', WebhookMethod: 'POST' });
  twilio.minutes(17 * 60);
  await enable(twilio, false);
  twilio.minutes(5 * 60);
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 1);
  assert.deepEqual(twilio.simulator.ledger().webhooks, []);
});

test('the webhook of a configuration is called by GET where it says so, with its fields in the query', async () => {
  await using receiver = await startReceiver();
  await using twilio = await startTwilio();
  await enable(twilio, true, { WebhookUrl: `${receiver.url}?own=1`, WebhookMethod: 'GET' });
  twilio.minutes(24 * 60);
  const told = twilio.simulator.ledger().webhooks;
  assert.deepEqual(
    told.map(({ method, jobSid, outcome }) => [method, jobSid, outcome]),
    [['GET', null, 'sent']],
  );
  const [webhook] = await receiver.received(1);
  assert.deepEqual([webhook?.method, webhook?.body], ['GET', '']);
  assert.deepEqual(Object.fromEntries(new URL(webhook?.path ?? '', receiver.url).searchParams), {
    own: '1',
    status: 'completed',
    resource_type: 'Messages',
    day: '2026-11-22',
  });
});
