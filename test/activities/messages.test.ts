import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFailure } from '../../activities/failures.ts';
import { createRedactor, redactText } from '../../activities/redact.ts';
import { isQuotaRejection } from '../../activities/twilio/quota-rejection.ts';

test('text from outside loses its links with a query, its line breaks and its length', () => {
  const text = redactText(
    `see https://store.example/f?X-Amz-Signature=abc\nor https://u:p@host/ and https://twilio.com/docs`,
  );
  assert.equal(text, 'see [link removed] or [link removed] and https://twilio.com/docs');
  assert.equal(redactText('x'.repeat(1_000)).length, 200);
  const redact = createRedactor(['to/ken+1']);
  assert.equal(redact('bad to/ken+1 and to%2Fken%2B1'), 'bad [secret removed] and [secret removed]');
});

test('every failure stays small, its stack left out and its cause cut', () => {
  const failure = createFailure('TwilioUnavailable', {
    message: '日'.repeat(5_000),
    cause: new Error('y'.repeat(5_000)),
    nextRetryDelayMs: 10.4,
  });
  const size = Buffer.byteLength(
    `${failure.message}${failure.stack}${failure.cause?.message}${failure.cause?.stack}`,
  );
  assert.ok(size < 1_500, `${size}`);
  assert.equal(failure.nextRetryDelay, 11);
  assert.equal(failure.nonRetryable, false);
  assert.equal(createFailure('InvalidInput', { message: '' }).nonRetryable, true);
});

test('a spent quota is told from other refusals by its words', () => {
  assert.ok(isQuotaRejection({ status: 400, message: 'Only 366 days may be requested per day' }));
  assert.ok(isQuotaRejection({ status: 429, message: 'Daily limit of export days reached' }));
  assert.ok(isQuotaRejection({ status: 403, message: 'Export quota exceeded' }));
  assert.ok(
    !isQuotaRejection({ status: 400, message: 'End day must be 2 days earlier than the current UTC day' }),
  );
  assert.ok(!isQuotaRejection({ status: 429, message: 'Too Many Requests' }));
  assert.ok(!isQuotaRejection({ status: 500, message: 'quota backend failed' }));
});
