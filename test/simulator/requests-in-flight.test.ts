import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, requestsArrive, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';

test('a request is in flight no longer once it was reset or answered with an error', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [
        { kind: 'resetBefore', operation: 'listJobs' },
        { kind: 'resetAfter', operation: 'listDays' },
        { kind: 'carriedOutLate', operation: 'fetchConfiguration', delay: '1 hour' },
        { kind: 'status503', operation: 'fetchJob' },
      ],
    },
  });
  for (const path of ['Messages/Jobs', 'Messages/Days', 'Messages/Configuration']) {
    await assert.rejects(twilio.api(path), { code: 'ECONNRESET' }, path);
    assert.equal(await inFlight(twilio), '1', `after a reset of ${path}`);
  }
  assert.equal((await twilio.api('Jobs/JS1')).status, 503);
  assert.equal(await inFlight(twilio), '1', 'after a 503');
});

test('while an answer is under way, its request counts for its account', { timeout: 20_000 }, async () => {
  const slow = { kind: 'slow', delayMs: 3_600_000, operation: 'listJobs' } as const;
  await using twilio = await startTwilio({ script: { faults: [slow] } });
  const ended = assert.rejects(twilio.api('Messages/Jobs'), { code: 'ECONNRESET' });
  await requestsArrive(twilio, 'listJobs', 1);
  assert.equal(await inFlight(twilio), '2');
  const { headers } = await call(`${twilio.simulator.apiUrl}/v1/Exports/Messages`);
  assert.equal(headers['twilio-concurrent-requests'], undefined, 'without credentials there is no account');
  await twilio.simulator.stop();
  await ended;
});

test('of many requests that come together, a limit lets so many through', async () => {
  await using twilio = await startTwilio({ script: { concurrentRequests: 1 } });
  await twilio.api('Messages');
  const replies = await Promise.all(Array.from({ length: 40 }, () => twilio.api('Messages')));
  const good = replies.filter(({ status }) => status === 200).length;
  const refused = replies.filter(({ status }) => status === 429).length;
  // How many come within the same few milliseconds is the machine's affair; that they are seen together is not.
  assert.ok(refused > good && good + refused === 40, `${good} good, ${refused} refused`);
  assert.equal((await twilio.api('Messages')).status, 200);
});

/** What a further request is told, which counts itself. */
async function inFlight(twilio: Twilio): Promise<unknown> {
  return (await twilio.api('Messages')).headers['twilio-concurrent-requests'];
}
