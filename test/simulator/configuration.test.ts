import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwilio } from './caller.ts';
import { startReceiver } from './receiver.ts';

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
