import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { signWebhook } from '../../../simulator/webhook-signature.ts';
import type { Twilio } from '../caller.ts';
import { startReceiver } from '../receiver.ts';
import type { ReceivedWebhook } from '../receiver.ts';
import { DAY } from '../one-day.ts';
import type { Shows } from './show.ts';

/** Examples about the webhook of a job. */
export const webhookShows: Shows = {
  'webhook-four-times': async (twilio) => {
    for (const method of ['GET', 'POST']) {
      await using receiver = await startReceiver();
      await completeWithWebhook(twilio, receiver.url, method);
      const sent = twilio.simulator.ledger().webhooks.filter(({ url }) => url === receiver.url);
      assert.equal(sent.length, 4);
      const received = await receiver.received(4);
      assert.deepEqual(new Set(received.map(({ method: used }) => used)), new Set([method]));
      assert.equal(new Set(received.map(({ path, body }) => path + body)).size, 1);
    }
  },

  'webhook-never': async (twilio) => {
    await using receiver = await startReceiver();
    await completeWithWebhook(twilio, receiver.url, 'POST');
    assert.deepEqual(twilio.simulator.ledger().webhooks, []);
  },

  'webhook-late': async (twilio) => {
    await using receiver = await startReceiver();
    await completeWithWebhook(twilio, receiver.url, 'POST');
    twilio.minutes(5 * 60);
    assert.deepEqual(twilio.simulator.ledger().webhooks, []);
    twilio.minutes(60);
    assert.equal((await receiver.received(1)).length, 1);
  },

  'webhook-forged': async (twilio) => {
    const { signature, right } = await receiveSigned(twilio);
    assert.match(signature ?? '', /^[\w+/]{27}=$/);
    assert.notEqual(signature, right);
  },

  'webhook-unsigned': async (twilio) => {
    const { signature } = await receiveSigned(twilio);
    assert.equal(signature, undefined);
  },

  'webhook-as-json': async (twilio) => {
    const { webhook, url } = await receiveOne(twilio);
    assert.equal(webhook.headers['content-type'], 'application/json');
    assert.equal((JSON.parse(webhook.body) as { status: string }).status, 'completed');
    const called = new URL(webhook.path, url);
    const hash = createHash('sha256').update(webhook.body).digest('hex');
    assert.equal(called.searchParams.get('bodySHA256'), hash);
    const right = signWebhook({ authToken: twilio.simulator.authToken, url: called.href, fields: {} });
    assert.equal(webhook.headers['x-twilio-signature'], right);
  },
};

async function completeWithWebhook(twilio: Twilio, url: string, method: string): Promise<void> {
  await twilio.createJob(DAY, DAY, { WebhookUrl: url, WebhookMethod: method });
  twilio.minutes(60);
}

async function receiveOne(twilio: Twilio): Promise<{ webhook: ReceivedWebhook; url: string }> {
  await using receiver = await startReceiver();
  await completeWithWebhook(twilio, receiver.url, 'POST');
  const [webhook] = await receiver.received(1);
  assert.ok(webhook, 'a webhook');
  return { webhook, url: receiver.url };
}

/** The signature of a POST as it came, and the one that the account's token gives. */
async function receiveSigned(twilio: Twilio): Promise<{ signature: string | undefined; right: string }> {
  const { webhook, url } = await receiveOne(twilio);
  const fields = Object.fromEntries(new URLSearchParams(webhook.body));
  const right = signWebhook({ authToken: twilio.simulator.authToken, url, fields });
  const signature = webhook.headers['x-twilio-signature'];
  return { signature: signature?.toString(), right };
}
