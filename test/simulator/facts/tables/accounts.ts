import type { Fact } from '../switch-off.ts';

const apiTest = 'test/simulator/api.test.ts';

const REFUSED = 'without credentials, and with wrong ones, every path answers 401 with WWW-Authenticate';
const PATHS = 'paths that do not exist answer 404, and methods that a path has not answer 405';
const KEYS = 'an API key opens its account, and one account sees nothing of another';

/** Credentials, and what they open. */
export const ACCOUNT_FACTS: readonly Fact[] = [
  {
    fact: 'Without good credentials the answer is 401.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: 'pair === `${sid}:${secret}`',
      replace: 'pair.startsWith(`${sid}:`)',
    },
    test: apiTest,
    title: REFUSED,
  },
  {
    fact: 'A 401 says how to prove oneself, in WWW-Authenticate.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "refusal(401, 'Authenticate', { headers: { 'WWW-Authenticate': 'Basic realm=\"Twilio API\"' } })",
      replace: "refusal(401, 'Authenticate')",
    },
    test: apiTest,
    title: REFUSED,
  },
  {
    fact: 'Account SID and Auth Token are HTTP Basic credentials.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: '[{ sid: account.accountSid, secret: account.authToken }, ...account.apiKeys]',
      replace: 'account.apiKeys',
    },
    test: apiTest,
    title: PATHS,
  },
  {
    fact: 'An API key and its secret are credentials too.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: '[{ sid: account.accountSid, secret: account.authToken }, ...account.apiKeys]',
      replace: '[{ sid: account.accountSid, secret: account.authToken }]',
    },
    test: apiTest,
    title: KEYS,
  },
  {
    fact: 'The credential decides the account, and no path names it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'const account = accountFor(world.accounts, request.headers.authorization);',
      replace:
        'const account = accountFor(world.accounts, request.headers.authorization) && (world.accounts[0] ?? null);',
    },
    test: apiTest,
    title: KEYS,
  },
  {
    fact: 'An export covers one account, never its subaccounts.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'scheduleDayFile(world, account, {',
      replace:
        'for (const each of world.accounts.filter(({ quotaOwner }) => quotaOwner === account.accountSid)) scheduleDayFile(world, each, {',
    },
    test: apiTest,
    title: 'an export covers its account alone, and neither its subaccounts nor its parent',
  },
];
