import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFailure } from '../../activities/failures.ts';
import { createRedactor, redactText } from '../../activities/redact.ts';
import { parseQuotaForm } from '../../activities/twilio/quota-form.ts';
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

test('text that is made of nothing but the beginnings of links is read in one pass', () => {
  const startMs = performance.now();
  assert.equal(redactText('https://'.repeat(200_000)).length, 200);
  assert.equal(redactText(`${'https://'.repeat(200_000)}?`), '[link removed]');
  assert.ok(performance.now() - startMs < 5_000, 'a quadratic pattern takes minutes');
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

test('a failure that is to be retried at once is retried: a delay of 0 ended the activity for good', () => {
  for (const nextRetryDelayMs of [0, -5, 0.2]) {
    assert.equal(createFailure('RateLimited', { message: '', nextRetryDelayMs }).nextRetryDelay, 1);
  }
});

test('a spent quota is told from other refusals by its words', () => {
  const isQuota = (status: number, message: string): boolean =>
    isQuotaRejection({ status, code: null, message });
  for (const message of [
    'Only 366 days may be requested per day',
    'Only 366 days may be requested per day: 3 are left until the next UTC day, 5 were asked for',
    'Daily limit of export days reached',
    'You have exceeded the maximum of 366 days per UTC day.',
    'No more than 366 days may be requested in one day. Try again tomorrow.',
    'Export quota exceeded',
  ]) {
    assert.ok(isQuota(400, message), message);
  }
  assert.ok(
    isQuota(403, 'Export quota exceeded') && isQuota(429, 'Daily limit of export days reached'),
    'a quota',
  );
  for (const message of [
    'The range must not exceed 366 days',
    'EndDay must be at least 2 days ago; the day is available on the next day',
    'Only one export per day and resource type',
    'Only days that ended 2 days ago may be exported; one export per day',
    'End day must be 2 days earlier than the current UTC day',
    'Too Many Requests',
  ]) {
    assert.ok(!isQuota(400, message), message);
  }
  assert.ok(!isQuota(500, 'quota backend failed'), 'no quota');
});

test('a spent quota is told by the form that somebody knows: all that it names has to hold', () => {
  const refused = { status: 403, code: 20_008, message: 'Your Daily Quota is spent' };
  for (const form of [
    'status=403',
    'code=20008',
    'words=daily quota',
    'status=403,code=20008',
    ' code = 20008 , words = quota is spent ',
  ]) {
    const isQuota = parseQuotaForm(form);
    assert.equal(isQuota?.(refused), true, form);
    assert.ok(!isQuota?.({ status: 400, code: null, message: 'Only one export per day' }), form);
  }
  assert.ok(!parseQuotaForm('status=403,code=20008')?.({ ...refused, code: 20_003 }), 'another code');
  assert.ok(!parseQuotaForm('status=403,code=20008')?.({ ...refused, status: 400 }), 'another status');
  assert.ok(!parseQuotaForm('status=403,words=quota')?.({ ...refused, message: '' }), 'other words');
  for (const none of [
    '',
    'status',
    'status=',
    'status=500',
    'code=x',
    'words=',
    'status=403,',
    'status=403,status=400',
    'toString=1',
    'status=403;code=20008',
  ]) {
    assert.equal(parseQuotaForm(none), null, none);
  }
});
