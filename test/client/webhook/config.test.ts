import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Client } from '@temporalio/client';
import {
  createWebhookReceiver,
  InvalidWebhookConfig,
  readWebhookConfig,
  type WebhookReceiverOptions,
} from '../../../client/index.ts';
import { readAccounts } from '../../../worker/read-accounts.ts';
import { ACCOUNT, OLD_TOKEN, OTHER_ACCOUNT, OTHER_TOKEN, PUBLIC_URL, TOKEN } from './signed-callback.ts';

const BASE = { BULK_EXPORTS_PUBLIC_URL: PUBLIC_URL, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN };

describe('the configuration of a webhook receiver', () => {
  it('is the public URL and the Auth Token of an account', () => {
    assert.deepEqual(read(BASE), {
      publicUrl: PUBLIC_URL,
      authTokens: { [ACCOUNT]: [TOKEN] },
      unchecked: [],
    });
  });

  it('has two tokens of an account while they are rotated', () => {
    const { authTokens } = read({ ...BASE, TWILIO_SECONDARY_AUTH_TOKEN: OLD_TOKEN });
    assert.deepEqual(authTokens, { [ACCOUNT]: [TOKEN, OLD_TOKEN] });
  });

  it("has the accounts of the worker's file, and says of which it has no token", () => {
    const file = {
      east: { accountSid: OTHER_ACCOUNT, authToken: OTHER_TOKEN, secondaryAuthToken: OLD_TOKEN },
      west: { accountSid: `AC${'e'.repeat(32)}`, apiKey: `SK${'1'.repeat(32)}`, apiSecret: 'secret' },
    };
    const { authTokens, unchecked } = read({ ...BASE, BULK_EXPORTS_ACCOUNTS: 'accounts.json' }, file);
    assert.deepEqual(authTokens, { [ACCOUNT]: [TOKEN], [OTHER_ACCOUNT]: [OTHER_TOKEN, OLD_TOKEN] });
    assert.deepEqual(unchecked, ['west']);
  });

  it('has every token of an account that has two names', () => {
    const file = { east: { accountSid: ACCOUNT, authToken: OLD_TOKEN } };
    const { authTokens } = read({ ...BASE, BULK_EXPORTS_ACCOUNTS: 'accounts.json' }, file);
    assert.deepEqual(authTokens, { [ACCOUNT]: [TOKEN, OLD_TOKEN] });
  });

  // Each reads the file by itself, as neither may import the other.
  it('has the fields that a worker takes, and no others', () => {
    const file = { east: { accountSid: OTHER_ACCOUNT, authToken: OTHER_TOKEN, authtoken: TOKEN } };
    const env = { ...BASE, BULK_EXPORTS_ACCOUNTS: 'accounts.json' };
    const faults: string[] = [];
    readAccounts(env, () => JSON.stringify(file), faults);
    assert.throws(
      () => read(env, file),
      (error: unknown) => {
        assert.ok(error instanceof InvalidWebhookConfig, String(error));
        const told = [error.faults, faults].map((list) =>
          list.map((fault) => /"authtoken".*/.exec(fault)?.[0]),
        );
        assert.deepEqual(told[0], told[1]);
        return true;
      },
    );
  });

  const refusals: [what: string, env: Record<string, string>, faults: RegExp[], file?: unknown][] = [
    [
      'nothing at all, with every fault at once',
      {},
      [/^BULK_EXPORTS_PUBLIC_URL must be the https URL .*got no URL/, /^TWILIO_AUTH_TOKEN must be set/],
    ],
    [
      'an API key alone',
      { ...BASE, TWILIO_AUTH_TOKEN: '', TWILIO_API_KEY: `SK${'1'.repeat(32)}`, TWILIO_API_SECRET: 'secret' },
      [/^TWILIO_AUTH_TOKEN must be set.*never with an API key/],
    ],
    [
      'a token without the SID of its account',
      { ...BASE, TWILIO_ACCOUNT_SID: '' },
      [/^TWILIO_ACCOUNT_SID must be the letters AC and 32 hexadecimal digits, got nothing$/],
    ],
    [
      'an API key without the SID of its account, beside a file',
      {
        BULK_EXPORTS_PUBLIC_URL: PUBLIC_URL,
        TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
        BULK_EXPORTS_ACCOUNTS: 'accounts.json',
      },
      [/^TWILIO_ACCOUNT_SID must be/],
      { east: { accountSid: OTHER_ACCOUNT, authToken: OTHER_TOKEN } },
    ],
    [
      'a file with a misspelt field, and with an account that is no object',
      { ...BASE, BULK_EXPORTS_ACCOUNTS: 'accounts.json' },
      [
        /^BULK_EXPORTS_ACCOUNTS, "east": "authtoken" is not a field, expected accountSid, authToken, /,
        /^BULK_EXPORTS_ACCOUNTS, "west" must be an object with accountSid and authToken/,
      ],
      { east: { accountSid: OTHER_ACCOUNT, authtoken: TOKEN }, west: TOKEN },
    ],
    [
      'a public URL by plain http',
      { ...BASE, BULK_EXPORTS_PUBLIC_URL: 'http://hooks.example.com/' },
      [/^BULK_EXPORTS_PUBLIC_URL must be .*plain http only to this machine/],
    ],
    [
      'a token with a line break',
      { ...BASE, TWILIO_AUTH_TOKEN: `${TOKEN}\n` },
      [/^TWILIO_AUTH_TOKEN must be an Auth Token, without blanks and line breaks/],
    ],
    [
      'a token in the place of the SID',
      { ...BASE, TWILIO_ACCOUNT_SID: TOKEN },
      [/^TWILIO_ACCOUNT_SID must be the letters AC and 32 hexadecimal digits/],
    ],
    [
      'a file that is none',
      { ...BASE, BULK_EXPORTS_ACCOUNTS: `{"east": "${TOKEN}"}` },
      [/^BULK_EXPORTS_ACCOUNTS must be the path of a JSON file/],
      null,
    ],
    [
      'a file with an account that is none',
      { ...BASE, BULK_EXPORTS_ACCOUNTS: 'accounts.json' },
      [/^BULK_EXPORTS_ACCOUNTS, "east": accountSid must be/],
      { east: { accountSid: 'AC', authToken: TOKEN } },
    ],
  ];
  for (const [what, env, patterns, file] of refusals)
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => read(env, file),
        (error: unknown) => {
          assert.ok(error instanceof InvalidWebhookConfig, String(error));
          assert.equal(error.faults.length, patterns.length, error.message);
          for (const [index, pattern] of patterns.entries()) assert.match(error.faults[index] ?? '', pattern);
          assert.ok(!error.message.includes(TOKEN), error.message);
          return true;
        },
      );
    });
});

describe('the options of a webhook receiver', () => {
  const good = { publicUrl: PUBLIC_URL, authTokens: { [ACCOUNT]: TOKEN } };
  const faulty: [what: string, options: Partial<WebhookReceiverOptions>, says: RegExp][] = [
    ['no public URL', { publicUrl: '' }, /publicUrl must be the https URL/],
    ['no token', { authTokens: {} }, /authTokens must have the Auth Token of one account at least, got none/],
    [
      'an account without a token',
      { authTokens: { [ACCOUNT]: [] } },
      /account 1 must have one Auth Token or several/,
    ],
    [
      'an empty token',
      { authTokens: { [ACCOUNT]: [TOKEN, ''] } },
      /account 1 must have one Auth Token or several/,
    ],
    ['a name in place of the SID', { authTokens: { [TOKEN]: TOKEN } }, /account 1 must be called by its SID/],
    [
      'all of it at once',
      { publicUrl: 'x', authTokens: { [TOKEN]: '' } },
      /publicUrl must be[^]*by its SID[^]*must have one Auth Token/,
    ],
  ];
  for (const [what, options, says] of faulty)
    it(`are refused by name, and no token is shown: ${what}`, () => {
      assert.throws(
        () => createWebhookReceiver({ client: {} as Client, ...good, ...options }),
        (error: unknown) => {
          assert.ok(error instanceof TypeError, String(error));
          assert.match(error.message, says);
          return !error.message.includes(TOKEN);
        },
      );
    });

  it('have a listener that may fail: no callback is refused for it', async () => {
    const onEvent = () => {
      throw new Error('the listener is broken');
    };
    const receiver = createWebhookReceiver({ client: {} as Client, ...good, onEvent });
    const { status } = await receiver.fetch(new Request(`${PUBLIC_URL}?a=b`));
    assert.equal(status, 403);
  });
});

function read(env: Record<string, string>, file?: unknown): ReturnType<typeof readWebhookConfig> {
  return readWebhookConfig(env, () => {
    if (file === undefined || file === null) throw new Error('no such file');
    return JSON.stringify(file);
  });
}
