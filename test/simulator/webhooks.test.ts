import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { signWebhook } from '../../simulator/webhook-signature.ts';
import { startTwilio } from './caller.ts';
import { startReceiver } from './receiver.ts';
import type { Twilio } from './caller.ts';
import type { LedgerWebhook, WebhookScript } from '../../simulator/index.ts';

const DAY = '2026-10-01';

/** For tests that wait for something to happen. */
const LIMITED = { timeout: 20_000 };

/** Runs one job with a webhook to its end and gives what was received. */
async function deliver(input: { method: 'GET' | 'POST'; webhook?: WebhookScript; count?: number }) {
  await using receiver = await startReceiver();
  await using twilio = await startTwilio(input.webhook ? { script: { webhook: input.webhook } } : {});
  const { authToken } = twilio.simulator;
  await twilio.createJob(DAY, DAY, { WebhookUrl: receiver.url, WebhookMethod: input.method });
  twilio.minutes(60);
  assert.equal(twilio.simulator.ledger().webhooks.length, input.count ?? 1);
  const webhooks = await receiver.received(input.count ?? 1);
  return { webhooks, url: receiver.url, authToken, ledger: twilio.simulator.ledger() };
}

test('the signature is the one of the published vector', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  };
  const url = 'https://example.com/myapp.php?foo=1&bar=2';
  const shuffled = Object.fromEntries(Object.entries(fields).toReversed());
  for (const sent of [fields, shuffled]) {
    assert.equal(signWebhook({ authToken: '12345', url, fields: sent }), 'L/OH5YylLD5NRKLltdqwSvS0BnU=');
  }
});

test('a job that is over is told by a signed POST of form fields', async () => {
  const { webhooks, url, authToken } = await deliver({ method: 'POST' });
  const [webhook] = webhooks;
  assert.equal(webhook?.method, 'POST');
  assert.equal(webhook?.headers['content-type'], 'application/x-www-form-urlencoded');
  const fields = Object.fromEntries(new URLSearchParams(webhook?.body));
  assert.equal(fields['status'], 'completed');
  assert.match(fields['job_sid'] ?? '', /^JS/);
  assert.equal(webhook?.headers['x-twilio-signature'], signWebhook({ authToken, url, fields }));
});

test('a GET carries the fields in its query, and the signature covers the whole URL', async () => {
  const { webhooks, url, authToken } = await deliver({ method: 'GET' });
  const [webhook] = webhooks;
  assert.equal(webhook?.method, 'GET');
  const called = new URL(webhook?.path ?? '', url);
  assert.equal(called.searchParams.get('status'), 'completed');
  const expected = signWebhook({ authToken, url: called.href, fields: {} });
  assert.equal(webhook?.headers['x-twilio-signature'], expected);
});

test('a JSON body is covered by bodySHA256 in the signed URL', async () => {
  const { webhooks, url, authToken } = await deliver({ method: 'POST', webhook: { body: 'json' } });
  const [webhook] = webhooks;
  const called = new URL(webhook?.path ?? '', url);
  const hash = createHash('sha256')
    .update(webhook?.body ?? '')
    .digest('hex');
  assert.equal(called.searchParams.get('bodySHA256'), hash);
  const expected = signWebhook({ authToken, url: called.href, fields: {} });
  assert.equal(webhook?.headers['x-twilio-signature'], expected);
});

test('one event may be delivered four times', LIMITED, async () => {
  const { webhooks } = await deliver({ method: 'POST', webhook: { times: 4 }, count: 4 });
  assert.equal(new Set(webhooks.map(({ body }) => body)).size, 1);
  assert.equal(webhooks.length, 4);
});

test('the webhook may never come', async () => {
  const { webhooks, ledger } = await deliver({ method: 'POST', webhook: { times: 0 }, count: 0 });
  assert.deepEqual([webhooks, ledger.webhooks], [[], []]);
});

test('the signature may be forged or missing', async () => {
  const forged = await deliver({ method: 'POST', webhook: { signature: 'forged' } });
  const fields = Object.fromEntries(new URLSearchParams(forged.webhooks[0]?.body));
  const right = signWebhook({ authToken: forged.authToken, url: forged.url, fields });
  assert.notEqual(forged.webhooks[0]?.headers['x-twilio-signature'], right);
  const none = await deliver({ method: 'POST', webhook: { signature: 'none' } });
  assert.equal(none.webhooks[0]?.headers['x-twilio-signature'], undefined);
});

test('a late webhook is sent when its delay has passed', async () => {
  await using receiver = await startReceiver();
  await using twilio = await startTwilio({ script: { webhook: { delay: '1 hour' } } });
  await twilio.createJob(DAY, DAY, { WebhookUrl: receiver.url, WebhookMethod: 'POST' });
  twilio.minutes(12 + 59);
  assert.deepEqual(twilio.simulator.ledger().webhooks, []);
  twilio.minutes(1);
  assert.equal(twilio.simulator.ledger().webhooks[0]?.sentAt, '2026-11-22T11:12:00.000Z');
  await receiver.received(1);
});

test('a webhook to the outside is recorded and not sent', async () => {
  await using twilio = await startTwilio();
  const url = 'https://www.example.com/bulkexporthook';
  await twilio.createJob(DAY, DAY, { WebhookUrl: url, WebhookMethod: 'POST' });
  twilio.minutes(60);
  const [webhook] = twilio.simulator.ledger().webhooks;
  assert.deepEqual([webhook?.url, webhook?.outcome], [url, 'notSent']);
});

test('only addresses that are loopback by their own writing are called by default', async () => {
  await using twilio = await startTwilio();
  const outside = ['example.invalid', '127.0.0.1.example.invalid', '127.0.0.1@example.invalid', '192.0.2.1'];
  const inside = ['127.0.0.1:9', '127.0.0.2:9', 'localhost:9', '[::1]:9'];
  for (const host of [...outside, ...inside]) {
    await twilio.createJob(DAY, DAY, { WebhookUrl: `http://${host}/x`, WebhookMethod: 'GET' });
  }
  twilio.minutes(60);
  assert.deepEqual(
    twilio.simulator.ledger().webhooks.map(({ outcome }) => outcome === 'notSent'),
    [...outside.map(() => true), ...inside.map(() => false)],
  );
});

test('any address is called where the options say so', LIMITED, async () => {
  await using receiver = await startReceiver();
  // Of the addresses that do not leave the machine, this one does not look like a loopback address.
  const url = receiver.url.replace('127.0.0.1', '0.0.0.0');
  await using twilio = await startTwilio({ webhookTargets: 'any' });
  await twilio.createJob(DAY, DAY, { WebhookUrl: url, WebhookMethod: 'GET' });
  twilio.minutes(60);
  const webhook = await delivered(twilio);
  assert.deepEqual([webhook?.url, webhook?.outcome], [url, 'answered']);
});

test('a receiver that does not listen stops nothing', LIMITED, async () => {
  const receiver = await startReceiver();
  await receiver[Symbol.asyncDispose]();
  await using twilio = await startTwilio();
  await twilio.createJob(DAY, DAY, { WebhookUrl: receiver.url, WebhookMethod: 'POST' });
  twilio.minutes(60);
  assert.equal((await delivered(twilio))?.outcome, 'failed');
  assert.equal((await twilio.api('Messages/Days')).json.days.length, 1);
});

test(
  'of each webhook the ledger tells where it went, for which job, when, and the answer',
  LIMITED,
  async () => {
    await using receiver = await startReceiver();
    await using twilio = await startTwilio();
    const jobSid = await twilio.createJob(DAY, DAY, { WebhookUrl: receiver.url, WebhookMethod: 'GET' });
    twilio.minutes(60);
    assert.deepEqual(await delivered(twilio), {
      url: receiver.url,
      method: 'GET',
      jobSid,
      sentAt: '2026-11-22T10:12:00.000Z',
      outcome: 'answered',
      status: 200,
    });
  },
);

test('the ledger tells of a webhook without the user and the password of its URL', LIMITED, async () => {
  await using receiver = await startReceiver();
  await using twilio = await startTwilio();
  const url = `${receiver.url}/a@b?mail=a@b.example`;
  const secret = url.replace('http://', 'http://user:p%40ss@');
  await twilio.createJob(DAY, DAY, { WebhookUrl: secret, WebhookMethod: 'POST' });
  twilio.minutes(60);
  const [webhook] = await receiver.received(1);
  assert.equal(twilio.simulator.ledger().webhooks[0]?.url, url);
  assert.equal(webhook?.headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

test('a user may get no webhook and no mail at all', async () => {
  await using twilio = await startTwilio({ script: { webhook: { times: 0 }, emails: 'never' } });
  const form = { WebhookUrl: 'http://127.0.0.1:9/', WebhookMethod: 'POST', Email: 'someone@example.com' };
  await twilio.createJob(DAY, DAY, form);
  twilio.minutes(60);
  const { webhooks, emails, jobs } = twilio.simulator.ledger();
  assert.deepEqual([webhooks, emails, jobs[0]?.state], [[], [], 'over']);
});

test('each job mails the owners and admins, and the address that it names', async () => {
  await using twilio = await startTwilio();
  const jobSid = await twilio.createJob(DAY, DAY, { Email: 'someone@example.com', FriendlyName: 'October' });
  twilio.minutes(60);
  const { emails } = twilio.simulator.ledger();
  assert.deepEqual(
    emails,
    [`owners and admins of ${twilio.simulator.accountSid}`, 'someone@example.com'].map((to) => ({
      to,
      subject: 'Your bulk export "October" is complete',
      jobSid,
      sentAt: '2026-11-22T10:12:00.000Z',
    })),
  );
});

/** The first webhook, once its delivery has ended in one way or another. */
async function delivered(twilio: Twilio): Promise<LedgerWebhook | undefined> {
  for (let asked = 0; asked < 1000 && twilio.simulator.ledger().webhooks[0]?.outcome === 'sent'; asked += 1) {
    await twilio.api('Messages');
  }
  return twilio.simulator.ledger().webhooks[0];
}
