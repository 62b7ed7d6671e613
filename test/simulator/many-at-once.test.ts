import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwilio } from './caller.ts';
import { startReceiver } from './receiver.ts';

// Above ten listeners Node wrote a warning about a leak to the screen of whoever ran the simulator.
test('many slow answers and webhooks at once make no warning', async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on('warning', note);
  try {
    await using receiver = await startReceiver();
    await using twilio = await startTwilio({
      script: { faults: [{ kind: 'slow', delayMs: 20 }], webhook: { times: 20 } },
    });
    await twilio.createJob('2026-10-01', '2026-10-01', { WebhookUrl: receiver.url, WebhookMethod: 'POST' });
    twilio.minutes(60);
    const pages = Array.from({ length: 20 }, () => twilio.api('Messages/Jobs'));
    const statuses = (await Promise.all(pages)).map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set([200]));
    await receiver.received(20);
  } finally {
    process.off('warning', note);
  }
  assert.deepEqual(warnings, []);
});
