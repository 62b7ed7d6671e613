import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createActivities, createFileStorage, isQuotaRejection } from '../../activities/index.ts';
import { createStorageOpener } from '../../activities/for-worker.ts';
import { InvalidWorkerConfig, readWorkerConfig } from '../../worker/config.ts';
import type { Environment, ReadFile } from '../../worker/environment.ts';

const SID = `AC${'0123456789abcdef'.repeat(2)}`;
const OTHER_SID = `AC${'f'.repeat(32)}`;
const KEY = `SK${'1'.repeat(32)}`;
const TOKEN = 'tokenTokenTokenTokenTokenToken12';
const SECRET = 'secretSecretSecretSecretSecret34';
const ANY_STORAGE = createFileStorage('file:./never-made');
const BASE = { TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN };
const EMPTY_FILE: ReadFile = (path) => {
  throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
};

describe('the configuration of a worker', () => {
  test('needs an account and nothing else', () => {
    assert.deepEqual(readWorkerConfig(BASE, EMPTY_FILE), {
      taskQueue: 'bulk-exports',
      accounts: { default: { accountSid: SID, username: SID, password: TOKEN } },
      destinations: { default: 'file:./exports' },
      spool: { folder: './exports-spool', limitBytes: 10_000_000_000 },
      twilioUrl: 'https://bulkexports.twilio.com',
      publicUrl: undefined,
      downloadSlots: 8,
      requestsPerAccount: 8,
      activitiesPerSecond: undefined,
      stallTimeout: '60 seconds',
      isQuotaRejection,
      quotaDay: '1 day',
      logFormat: 'pretty',
      healthAddress: undefined,
      metrics: undefined,
    });
  });

  test('takes an API key in place of the Auth Token, and prefers it', () => {
    const key = { TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET };
    const expected = { accountSid: SID, username: KEY, password: SECRET };
    assert.deepEqual(read({ TWILIO_ACCOUNT_SID: SID, ...key }).accounts['default'], expected);
    assert.deepEqual(read({ ...BASE, ...key }).accounts['default'], expected);
  });

  test('takes everything else from its variables', () => {
    const config = read({
      ...BASE,
      BULK_EXPORTS_TASK_QUEUE: 'exports-eu',
      BULK_EXPORTS_DESTINATIONS:
        '{"default": "file:///srv/exports", "lake": "s3://lake/days?region=eu-west-1"}',
      BULK_EXPORTS_SPOOL: '/var/spool/exports',
      BULK_EXPORTS_SPOOL_LIMIT: '1.5 GiB',
      BULK_EXPORTS_DOWNLOAD_SLOTS: '12',
      BULK_EXPORTS_REQUESTS_PER_ACCOUNT: '3',
      BULK_EXPORTS_ACTIVITIES_PER_SECOND: '0.5',
      BULK_EXPORTS_STALL_TIMEOUT: '2 minutes',
      BULK_EXPORTS_QUOTA_REJECTION: 'status=403, code=20008',
      BULK_EXPORTS_QUOTA_DAY: '5 seconds',
      BULK_EXPORTS_LOG_FORMAT: 'json',
      BULK_EXPORTS_HEALTH_ADDRESS: '0.0.0.0:8081',
      TWILIO_BULKEXPORTS_URL: 'http://127.0.0.1:4010/',
      BULK_EXPORTS_PUBLIC_URL: 'https://hooks.example.com/bulk-exports',
    });
    assert.equal(config.taskQueue, 'exports-eu');
    assert.deepEqual(config.destinations, {
      default: 'file:///srv/exports',
      lake: 's3://lake/days?region=eu-west-1',
    });
    assert.deepEqual(config.spool, { folder: '/var/spool/exports', limitBytes: 1_610_612_736 });
    assert.equal(config.downloadSlots, 12);
    assert.equal(config.requestsPerAccount, 3);
    assert.equal(config.activitiesPerSecond, 0.5);
    assert.equal(config.stallTimeout, '2 minutes');
    assert.ok(config.isQuotaRejection({ status: 403, code: 20_008, message: '' }), 'the form that was given');
    assert.ok(
      !config.isQuotaRejection({ status: 403, code: 20_003, message: 'daily quota' }),
      'no other form',
    );
    assert.equal(config.quotaDay, '5 seconds');
    assert.equal(config.logFormat, 'json');
    assert.deepEqual(config.healthAddress, { host: '0.0.0.0', port: 8081 });
    assert.equal(config.twilioUrl, 'http://127.0.0.1:4010');
    assert.equal(config.publicUrl, 'https://hooks.example.com/bulk-exports');
  });

  test('answers probes of this machine alone where it is told no more than a port', () => {
    const healthAddress = (text: string) =>
      read({ ...BASE, BULK_EXPORTS_HEALTH_ADDRESS: text }).healthAddress;
    assert.deepEqual(healthAddress('8081'), { host: '127.0.0.1', port: 8081 });
    assert.deepEqual(healthAddress('localhost:0'), { host: 'localhost', port: 0 });
    assert.deepEqual(healthAddress('[::1]:8081'), { host: '::1', port: 8081 });
  });

  test('takes an empty variable for none', () => {
    const config = read({
      ...BASE,
      BULK_EXPORTS_TASK_QUEUE: '',
      BULK_EXPORTS_DESTINATIONS: '',
      TWILIO_API_KEY: '',
    });
    assert.equal(config.taskQueue, 'bulk-exports');
    assert.equal(config.accounts['default']?.username, SID);
  });

  test('adds the accounts of the file to the account of the variables', () => {
    const file = {
      sales: { accountSid: OTHER_SID, authToken: SECRET },
      support: { accountSid: OTHER_SID, apiKey: KEY, apiSecret: SECRET },
    };
    assert.deepEqual(read({ ...BASE, BULK_EXPORTS_ACCOUNTS: '/etc/accounts.json' }, file).accounts, {
      default: { accountSid: SID, username: SID, password: TOKEN },
      sales: { accountSid: OTHER_SID, username: OTHER_SID, password: SECRET },
      support: { accountSid: OTHER_SID, username: KEY, password: SECRET },
    });
  });

  test('lets the file hold the second token of an account, which the webhook receiver reads', () => {
    const file = { sales: { accountSid: OTHER_SID, authToken: SECRET, secondaryAuthToken: TOKEN } };
    const { accounts } = read({ BULK_EXPORTS_ACCOUNTS: 'a.json' }, file);
    assert.deepEqual(accounts['sales'], { accountSid: OTHER_SID, username: OTHER_SID, password: SECRET });
  });

  test('is content with the accounts of the file alone', () => {
    const file = { sales: { accountSid: OTHER_SID, authToken: SECRET } };
    assert.deepEqual(Object.keys(read({ BULK_EXPORTS_ACCOUNTS: 'a.json' }, file).accounts), ['sales']);
  });

  const refusals: [title: string, env: Environment, faults: RegExp[], file?: unknown][] = [
    ['no account at all', {}, [/^TWILIO_ACCOUNT_SID must be set.*got none of them/]],
    ['a SID without credentials', { TWILIO_ACCOUNT_SID: SID }, [/^TWILIO_AUTH_TOKEN must be .*got nothing/]],
    [
      'credentials without a SID',
      { TWILIO_AUTH_TOKEN: TOKEN },
      [/^TWILIO_ACCOUNT_SID must be .*got nothing/],
    ],
    [
      'an API key without the account that it is of',
      { TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET },
      [/^TWILIO_ACCOUNT_SID must be/],
    ],
    [
      'half an API key beside a token',
      { ...BASE, TWILIO_API_KEY: KEY },
      [/^TWILIO_API_SECRET must be .*got nothing/],
    ],
    [
      'an API key in the place of the SID',
      { ...BASE, TWILIO_ACCOUNT_SID: KEY },
      [/^TWILIO_ACCOUNT_SID must be the letters AC and 32.*got 34 other characters that begin with SK/],
    ],
    [
      'a token that was copied with its line break',
      { ...BASE, TWILIO_AUTH_TOKEN: `${TOKEN}\n` },
      [/^TWILIO_AUTH_TOKEN must be .*blanks or a line break/],
    ],
    [
      'a number of slots that is none',
      { ...BASE, BULK_EXPORTS_DOWNLOAD_SLOTS: 'many' },
      [/^BULK_EXPORTS_DOWNLOAD_SLOTS must be a whole number from 1 to 200, got "many"/],
    ],
    [
      'a receiver that is reached by plain http',
      { ...BASE, BULK_EXPORTS_PUBLIC_URL: 'http://hooks.example.com/' },
      [/^BULK_EXPORTS_PUBLIC_URL must be the https URL .*plain http only to this machine/],
    ],
    [
      'a receiver whose URL has credentials',
      { ...BASE, BULK_EXPORTS_PUBLIC_URL: `https://me:${SECRET}@hooks.example.com/` },
      [/^BULK_EXPORTS_PUBLIC_URL must be .*got one with credentials/],
    ],
    ['no slots', { ...BASE, BULK_EXPORTS_DOWNLOAD_SLOTS: '0' }, [/^BULK_EXPORTS_DOWNLOAD_SLOTS must be/]],
    [
      'too many slots',
      { ...BASE, BULK_EXPORTS_DOWNLOAD_SLOTS: '201' },
      [/^BULK_EXPORTS_DOWNLOAD_SLOTS must be/],
    ],
    [
      'no request of an account at a time',
      { ...BASE, BULK_EXPORTS_REQUESTS_PER_ACCOUNT: '0' },
      [/^BULK_EXPORTS_REQUESTS_PER_ACCOUNT must be a whole number from 1 to 100, got "0"/],
    ],
    [
      'a rate of activities that no export would get on with',
      { ...BASE, BULK_EXPORTS_ACTIVITIES_PER_SECOND: '0.05' },
      [/^BULK_EXPORTS_ACTIVITIES_PER_SECOND must be a number from 0\.1 to 10000, got "0\.05"/],
    ],
    [
      'a rate of activities that is none',
      { ...BASE, BULK_EXPORTS_ACTIVITIES_PER_SECOND: 'Infinity' },
      [/^BULK_EXPORTS_ACTIVITIES_PER_SECOND must be a number/],
    ],
    [
      'a stall that a number without its unit makes too short',
      { ...BASE, BULK_EXPORTS_STALL_TIMEOUT: '60' },
      [/^BULK_EXPORTS_STALL_TIMEOUT must be a duration of 1 second to 1 hour such as "60 seconds", got "60"/],
    ],
    [
      'a quota day that is no duration',
      { ...BASE, BULK_EXPORTS_QUOTA_DAY: 'Friday' },
      [/^BULK_EXPORTS_QUOTA_DAY must be a duration of 1 second to 7 days such as "1 day", got "Friday"/],
    ],
    ...[
      ':8081',
      '127.0.0.1',
      'http://127.0.0.1:8081',
      '65536',
      '127.0.0.1:8081/health',
      '[localhost]:8081',
    ].map((text): [string, Environment, RegExp[]] => [
      `probes at ${text}`,
      { ...BASE, BULK_EXPORTS_HEALTH_ADDRESS: text },
      [/^BULK_EXPORTS_HEALTH_ADDRESS must be a port such as 8081, .*or an address with a port such as/],
    ]),
    [
      'a log in no known format',
      { ...BASE, BULK_EXPORTS_LOG_FORMAT: 'xml' },
      [/^BULK_EXPORTS_LOG_FORMAT must be json or pretty, got "xml"/],
    ],
    [
      'a form of the spent quota that is none',
      { ...BASE, BULK_EXPORTS_QUOTA_REJECTION: '403/20008' },
      [
        /^BULK_EXPORTS_QUOTA_REJECTION must be one or more of status=, code= and words=.*status=403,code=20008.*got "403\/20008"/,
      ],
    ],
    [
      'plain http to another machine',
      { ...BASE, TWILIO_BULKEXPORTS_URL: 'http://example.com' },
      [/^TWILIO_BULKEXPORTS_URL must be .*plain http only to this machine.*got http:\/\/example\.com/],
    ],
    [
      'an API that is no URL',
      { ...BASE, TWILIO_BULKEXPORTS_URL: 'bulkexports' },
      [/^TWILIO_BULKEXPORTS_URL must be .*got no URL/],
    ],
    [
      'an API with a path',
      { ...BASE, TWILIO_BULKEXPORTS_URL: 'https://example.com/v1' },
      [/^TWILIO_BULKEXPORTS_URL must be .*without a path/],
    ],
    [
      'credentials in the URL of the API',
      { ...BASE, TWILIO_BULKEXPORTS_URL: `https://${SID}:${SECRET}@example.com` },
      [/^TWILIO_BULKEXPORTS_URL must be .*got one with credentials/],
    ],
    [
      'destinations that are no JSON',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: 'file:./exports' },
      [/^BULK_EXPORTS_DESTINATIONS must be JSON/],
    ],
    [
      'no destination',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{}' },
      [/^BULK_EXPORTS_DESTINATIONS must be JSON/],
    ],
    [
      'a destination of a kind that there is not',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{"lake": "gs://bucket"}' },
      [/"lake" must be a file: URL.*or an s3: URL.*got a gs: URL/],
    ],
    [
      'a bucket with a parameter that is none',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{"lake": "s3://bucket/x?acl=private"}' },
      [/"lake" must be s3:\/\/BUCKET\/PREFIX.*got a parameter "acl", which is none of region/],
    ],
    [
      'a bucket with a key in its URL',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: JSON.stringify({ lake: `s3://key:${SECRET}@bucket` }) },
      [/"lake" must be s3:\/\/BUCKET\/PREFIX.*got a bucket whose name is none/],
    ],
    [
      'a spool in a bucket, and a limit without its unit',
      { ...BASE, BULK_EXPORTS_SPOOL: 's3://bucket', BULK_EXPORTS_SPOOL_LIMIT: '10000000' },
      [
        /^BULK_EXPORTS_SPOOL must be the path of a folder.*got a URL/,
        /^BULK_EXPORTS_SPOOL_LIMIT must be a size such as "10 GB".*got "10000000"/,
      ],
    ],
    [
      'a spool that holds nothing',
      { ...BASE, BULK_EXPORTS_SPOOL_LIMIT: '0 GB' },
      [/^BULK_EXPORTS_SPOOL_LIMIT must be a size/],
    ],
    [
      'a destination on another machine',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{"lake": "file://host/x"}' },
      [/"lake" must be a file: URL.*got a file: URL with a host/],
    ],
    [
      'a destination that is no text',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{"lake": 1}' },
      [/"lake" must be a file: URL.*got a value of type number/],
    ],
    [
      'a name that callers can not use',
      { ...BASE, BULK_EXPORTS_DESTINATIONS: '{"my lake": "file:./x"}' },
      [/"my lake" must be a name of 1 to 63/],
    ],
    [
      'a misspelt variable',
      { ...BASE, BULK_EXPORTS_DESTINATION: '{}' },
      [
        /^BULK_EXPORTS_DESTINATION is not a variable of the worker, expected one of .*BULK_EXPORTS_DESTINATIONS/,
      ],
    ],
    [
      'a task queue with blanks around it',
      { ...BASE, BULK_EXPORTS_TASK_QUEUE: ' exports' },
      [/^BULK_EXPORTS_TASK_QUEUE must be .*got " exports"/],
    ],
    [
      'a file of accounts that is not there',
      { BULK_EXPORTS_ACCOUNTS: '/nowhere.json' },
      [/^BULK_EXPORTS_ACCOUNTS must be .*can not be read \(ENOENT\) \[\/nowhere\.json\]/],
    ],
    [
      'a file of accounts that is a list',
      { BULK_EXPORTS_ACCOUNTS: 'a.json' },
      [/JSON that is no object/],
      [],
    ],
    ['an empty file of accounts', { BULK_EXPORTS_ACCOUNTS: 'a.json' }, [/an object without any account/], {}],
    [
      'an account in the file without credentials',
      { BULK_EXPORTS_ACCOUNTS: 'a.json' },
      [/"sales": authToken must be/],
      { sales: { accountSid: OTHER_SID } },
    ],
    [
      'an account in the file that is a text',
      { BULK_EXPORTS_ACCOUNTS: 'a.json' },
      [/"sales" must be an object/],
      { sales: SECRET },
    ],
    [
      'a misspelt field of an account',
      { BULK_EXPORTS_ACCOUNTS: 'a.json' },
      [
        /"sales": "token" is not a field, expected accountSid, authToken, apiKey, apiSecret/,
        /authToken must be/,
      ],
      { sales: { accountSid: OTHER_SID, token: SECRET } },
    ],
    [
      'the account "default" twice',
      { ...BASE, BULK_EXPORTS_ACCOUNTS: 'a.json' },
      [/must not name the account "default" while/],
      { default: { accountSid: OTHER_SID, authToken: SECRET } },
    ],
  ];
  for (const [title, env, expected, file] of refusals) {
    test(`refuses ${title}`, () => {
      const { faults } = refusalOf(env, file);
      assert.equal(faults.length, expected.length, faults.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(faults[index] ?? '', pattern);
    });
  }

  test('names every fault in one message', () => {
    const refusal = refusalOf({
      TWILIO_ACCOUNT_SID: 'nonsense',
      TWILIO_BULKEXPORTS_URL: 'ftp://example.com',
      BULK_EXPORTS_TASK_QUEUE: '\n',
      BULK_EXPORTS_DESTINATIONS: '[]',
      BULK_EXPORTS_DOWNLOAD_SLOTS: '-1',
    });
    assert.equal(refusal.faults.length, 6);
    for (const fault of refusal.faults) assert.ok(refusal.message.includes(fault), refusal.message);
  });

  test('never says a credential, wherever it was put', () => {
    const secret = fc.constantFrom(
      TOKEN,
      SECRET,
      `${TOKEN} `,
      `${SECRET}\n`,
      `https://x:${SECRET}@example.com`,
    );
    const value = fc.option(fc.oneof(secret, fc.constantFrom(SID, KEY, '', '{}', 'x')), { nil: undefined });
    const env = fc.record({
      TWILIO_ACCOUNT_SID: value,
      TWILIO_AUTH_TOKEN: value,
      TWILIO_API_KEY: value,
      TWILIO_API_SECRET: value,
      TWILIO_BULKEXPORTS_URL: value,
      BULK_EXPORTS_DESTINATIONS: fc.oneof(
        value,
        secret.map((url) => JSON.stringify({ lake: url })),
      ),
      BULK_EXPORTS_ACCOUNTS: fc.constantFrom(undefined, 'a.json', `{"sales":"${SECRET}"}`),
    });
    const text = fc.oneof(
      secret,
      fc.dictionary(fc.constantFrom('a', 'b'), secret).map((file) => JSON.stringify(file)),
    );
    const account = fc.record({ accountSid: value, authToken: value, apiKey: value, apiSecret: value });
    const file = fc.oneof(
      text,
      account.map((entry) => JSON.stringify({ sales: entry })),
    );
    fc.assert(
      fc.property(env, file, (variables, content) => {
        try {
          readWorkerConfig(variables, () => content);
        } catch (error) {
          assert.ok(error instanceof InvalidWorkerConfig, String(error));
          for (const credential of [TOKEN, SECRET])
            assert.ok(!error.message.includes(credential), error.message);
        }
      }),
    );
  });

  test('is whole, or is refused with at least one fault, for any environment', () => {
    const names = [
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_BULKEXPORTS_URL',
      'BULK_EXPORTS_TASK_QUEUE',
    ];
    names.push('BULK_EXPORTS_DESTINATIONS', 'BULK_EXPORTS_DOWNLOAD_SLOTS', 'BULK_EXPORTS_ACCOUNTS');
    names.push('BULK_EXPORTS_REQUESTS_PER_ACCOUNT', 'BULK_EXPORTS_ACTIVITIES_PER_SECOND');
    names.push('BULK_EXPORTS_SPOOL', 'BULK_EXPORTS_SPOOL_LIMIT');
    names.push('BULK_EXPORTS_STALL_TIMEOUT', 'BULK_EXPORTS_QUOTA_DAY', 'BULK_EXPORTS_QUOTA_REJECTION');
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.webUrl(),
      fc.constantFrom(SID, TOKEN, '7', '7 seconds', 'status=407', '7 GB', '{"lake":"s3://lake/x"}'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), fc.json(), (env, content) => {
        try {
          const config = readWorkerConfig({ ...BASE, ...env }, () => content);
          assert.ok(
            config.downloadSlots >= 1 && config.taskQueue !== '' && URL.canParse(config.twilioUrl),
            JSON.stringify(config),
          );
          // What a worker is made of: it refuses what this has let through.
          const { close } = createActivities({ ...config, destinations: { default: ANY_STORAGE } });
          void close();
          Object.values(config.destinations).forEach(createStorageOpener(config));
          assert.ok(
            Object.keys(config.accounts).length > 0 && Object.keys(config.destinations).length > 0,
            JSON.stringify(config),
          );
        } catch (error) {
          assert.ok(error instanceof InvalidWorkerConfig, String(error));
          assert.ok(error.faults.length > 0, error.message);
        }
      }),
    );
  });
});

function read(env: Environment, file?: unknown): ReturnType<typeof readWorkerConfig> {
  return readWorkerConfig(env, file === undefined ? EMPTY_FILE : () => JSON.stringify(file));
}

function refusalOf(env: Environment, file?: unknown): InvalidWorkerConfig {
  try {
    read(env, file);
  } catch (error) {
    assert.ok(error instanceof InvalidWorkerConfig, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'The configuration was accepted.' });
}
