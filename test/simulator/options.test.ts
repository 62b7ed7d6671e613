import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSimulator } from '../../simulator/index.ts';

/** The message with which these options are refused. They come from a program without types. */
async function refusal(options: Record<string, unknown>): Promise<string> {
  try {
    await (await startSimulator(options)).stop();
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

test('options that can not be used are refused, all at once', async () => {
  const message = await refusal({
    port: -1,
    storePort: 65_536,
    clock: { kind: 'faster', speed: 0 },
    credentials: [{ accountSid: 'x', authToken: '' }],
    seed: '',
    quotaDays: Number.NaN,
    quotaRejection: { status: 9999, code: 1 },
    webhookTargets: 'all',
    linkMinimumMs: -1,
    speed: 5,
  });
  for (const fault of [
    'options.port must be a whole number from 0 to 65535, got -1',
    'options.storePort must be',
    'options.clock.speed must be a number above 0, at most 1000000, got 0',
    'options.credentials[0].accountSid must be AC and 32 hexadecimal digits',
    'options.credentials[0].authToken must be a text that is not empty',
    'options.seed must be a text',
    'options.quotaDays must be a whole number of at least 0, got NaN',
    'options.quotaRejection.status must be a whole number from 400 to 499, got 9999',
    'options.webhookTargets must be one of loopback, any, got "all"',
    'options.linkMinimumMs must be milliseconds, at least 0, got -1',
    'options.speed is not known; known are',
  ]) {
    assert.ok(message.includes(fault), `${fault}\n${message}`);
  }
});

test('a clock is of a kind that there is, with what belongs to it', async () => {
  for (const [clock, fault] of [
    [{ kind: 'fast', speed: 5 }, /clock\.kind must be one of real, faster, manual, got "fast"/],
    [{ speed: 5 }, /clock\.kind must be given/],
    [{ kind: 'faster' }, /clock\.speed must be given/],
    [{ kind: 'faster', speed: Number.POSITIVE_INFINITY }, /clock\.speed must be/],
    [{ kind: 'real', start: '2026-11-22' }, /clock\.start is not known/],
    [{ kind: 'manual', start: 'soon' }, /clock\.start must be an instant .*, got "soon"/],
    [{ kind: 'manual', start: 9e15 }, /clock\.start must be an instant/],
    [5, /clock must be an object, got 5/],
  ] as const) {
    assert.match(await refusal({ clock }), fault);
  }
  assert.equal(await refusal({ clock: { kind: 'manual', start: '2026-11-22' } }), 'taken');
});

test('a value that is nothing like an option is refused in words', async () => {
  for (const [options, fault] of [
    [{ seed: () => 1 }, /seed must be a text, got \[Function/],
    [{ port: 10n }, /port must be .*, got 10n/],
    [{ clock: Symbol('x') }, /clock must be an object, got Symbol\(x\)/],
    [{ credentials: [] }, /credentials must name at least one/],
    [{ quotaDays: Number.POSITIVE_INFINITY }, /quotaDays must be .*, got Infinity/],
  ] as const) {
    assert.match(await refusal(options), fault);
  }
});

test('a refusal of credentials does not show them', async () => {
  const token = 'f00d'.repeat(8);
  const message = await refusal({
    credentials: [{ accountSid: token, authToken: 5, apiKeys: [{ sid: 7, secret: '' }] }],
  });
  assert.match(message, /accountSid must be AC .*authToken must be a text .*apiKeys\[0\]\.sid .*\.secret /);
  assert.ok(!message.includes(token), 'the token is not shown');
});
