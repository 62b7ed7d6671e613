import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlToHttpOptions } from 'node:url';
import formats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { isWebUrl } from '../../simulator/web-url.ts';
import { startTwilio } from './caller.ts';

const isUri = formats.default(new Ajv2020()).compile({ type: 'string', format: 'uri' });

const NOT_CALLABLE = [
  'here',
  'ftp://example.com/',
  'http:0',
  String.raw`http:\\127.0.0.1`,
  ' http://127.0.0.1/ ',
  'http://127.0.0.1/a b',
  'http://127.0.0.1/"<>',
  'http://127.0.0.1/\0',
  'http://127.0.0.1/\r\nx',
  'http://127.0.0.1/é',
  'http://127.0.0.1/%',
  'http://127.0.0.1/[',
  'http://127.0.0.1/##',
  'http://127.0.0.1:65536/',
  'http://[::1/',
];

test('a webhook is refused whose URL can not be called or shown', async () => {
  await using twilio = await startTwilio();
  for (const WebhookUrl of NOT_CALLABLE) {
    const form = { StartDay: '2026-10-01', EndDay: '2026-10-01', FriendlyName: 'x', WebhookUrl };
    const created = await twilio.api('Messages/Jobs', { form: { ...form, WebhookMethod: 'POST' } });
    assert.equal(created.status, 400, WebhookUrl);
    const updated = await twilio.api('Messages/Configuration', { form: { WebhookUrl } });
    assert.equal(updated.status, 400, WebhookUrl);
  }
});

test('usual forms of a URL are taken', () => {
  for (const url of [
    'https://www.example.com/bulkexporthook',
    'HTTP://EXAMPLE.COM',
    'http://127.0.0.1:4010/a/b;c=1?d=%20&e=',
    'http://[::1]:4010/#end',
    'https://user:p%40ss@example.com/?',
  ]) {
    assert.ok(isWebUrl(url), url);
  }
});

// A job whose webhook had such a user once ended the whole process when it was over, in a timer.
test('a webhook whose user is no text when it is decoded is refused, and harms no later request', async () => {
  await using twilio = await startTwilio();
  for (const user of ['%ff', 'x:%ff', '%C3:%A9']) {
    const WebhookUrl = `http://${user}@127.0.0.1:9/`;
    const form = { StartDay: '2026-10-01', EndDay: '2026-10-01', FriendlyName: 'x', WebhookUrl };
    const { status } = await twilio.api('Messages/Jobs', { form: { ...form, WebhookMethod: 'GET' } });
    assert.equal(status, 400, user);
  }
  twilio.minutes(60);
  assert.equal((await twilio.api('Messages/Jobs')).status, 200);
});

test('whatever URL is taken, Node can call it and the documents would call it a URI', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '%ff',
      '%C3%A9',
      '@',
      ':',
      '/',
      '?',
      '#',
      '[::1]',
      '%',
      ' ',
      '\\',
      'é',
      '127.0.0.1',
      '..',
    ),
    fc.string({ maxLength: 3 }),
  );
  const address = fc.tuple(fc.constantFrom('http://', 'https://', 'http:', 'HTTP://'), fc.array(part));
  fc.assert(
    fc.property(address, ([scheme, parts]) => {
      const url = scheme + parts.join('');
      if (isWebUrl(url)) {
        assert.doesNotThrow(() => urlToHttpOptions(new URL(url)), url);
        assert.ok(isUri(url), url);
      }
    }),
    { numRuns: 5000 },
  );
});
