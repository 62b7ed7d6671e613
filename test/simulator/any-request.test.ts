import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { startTwilio } from './caller.ts';

const word = fc.oneof(
  fc.constantFrom('Messages', 'Jobs', 'Days', 'Configuration', '2026-10-01', '..', `JS${'0'.repeat(32)}`),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const form = fc.dictionary(
  fc.constantFrom(
    'StartDay',
    'EndDay',
    'FriendlyName',
    'WebhookUrl',
    'WebhookMethod',
    'Email',
    'Enabled',
    'x',
  ),
  fc.oneof(
    fc.constantFrom(
      '2026-10-01',
      '2026-10-03',
      'POST',
      'true',
      'http://127.0.0.1:9/',
      'http://[',
      '9999-12-31',
    ),
    fc.string({ maxLength: 20, unit: 'binary' }),
  ),
);
const query = fc.dictionary(
  fc.constantFrom('PageSize', 'Page', 'PageToken'),
  fc.oneof(
    fc.constantFrom('1', '0', '-1', '99999999999999999999', 'PA1', 'PB999999999999'),
    fc.string({ maxLength: 8 }),
  ),
);

test('no request is answered with a 5xx, whatever its path, query and form', async () => {
  await using twilio = await startTwilio();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
      fc.array(word, { maxLength: 4 }),
      query,
      form,
      async (method, words, parameters, fields) => {
        const path = words.map(encodeURIComponent).join('/');
        const reply = await twilio.api(`${path}?${new URLSearchParams(parameters).toString()}`, {
          method,
          agent,

          ...(method === 'POST' ? { form: fields } : {}),
        });
        assert.ok(reply.status < 500, `${method} ${path}`);
      },
    ),
    { numRuns: 300 },
  );
  agent.destroy();
  twilio.minutes(24 * 60);
  assert.equal((await twilio.api('Messages')).status, 200);
});
