import type { Fact } from '../switch-off.ts';

const apiTest = 'test/simulator/api.test.ts';
const faultsTest = 'test/simulator/faults.test.ts';
const jobsTest = 'test/simulator/jobs.test.ts';

const HEADERS = 'every answer of the API has a request id of its own and the Date of the simulator';
const PATHS = 'paths that do not exist answer 404, and methods that a path has not answer 405';
const ERROR_BODY =
  'an error says what is wrong with code, message, more_info and status, or with two of them';
const REFUSED = 'without credentials, and with wrong ones, every path answers 401 with WWW-Authenticate';

/** Headers and errors of all answers. */
export const ANSWER_FACTS: readonly Fact[] = [
  {
    fact: 'Every answer has a Twilio-Request-Id of its own.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "hexOf(32, world.seed, 'request', asker, world.nextNumber(`requests of ${asker}`))",
      replace: "hexOf(32, world.seed, 'request')",
    },
    test: apiTest,
    title: HEADERS,
  },
  {
    fact: 'A refusal has a Twilio-Request-Id too.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/send-answer.ts',
      find: '    ...headers,',
      replace: '    ...(answer.status < 400 ? headers : {}),',
    },
    test: apiTest,
    title: 'an answer that refuses has its request id too',
  },
  {
    fact: 'Answers tell the concurrent requests of the account in Twilio-Concurrent-Requests.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: ", 'Twilio-Concurrent-Requests': String(account.requestsInFlight)",
      replace: '',
    },
    test: apiTest,
    title: HEADERS,
  },
  {
    fact: 'A create answers with the CORS headers of its document.',
    mark: 'D',
    switchedOff: { file: 'simulator/send-answer.ts', find: '    ...CORS_HEADERS,\n', replace: '' },
    test: apiTest,
    title: 'a create carries the CORS headers of the documents',
  },
  {
    fact: 'A path that does not exist answers 404.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: '? notFound(path)',
      replace: '? { status: 200, body: {} }',
    },
    test: apiTest,
    title: PATHS,
  },
  {
    fact: 'A method that a path has not answers 405 and names those that it has.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "refusal(405, 'Method Not Allowed', { headers })",
      replace: "refusal(404, 'Method Not Allowed')",
    },
    test: apiTest,
    title: PATHS,
  },
  {
    fact: 'A browser may ask for the methods of a path, without credentials.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "if (method === 'OPTIONS' && allowed.length > 0) {",
      replace: "if (method === 'OPTIONS' && allowed.length > 0 && account !== null) {",
    },
    test: apiTest,
    title: 'a browser may ask for the methods of a path, without credentials',
  },
  ...(['code', 'message', 'more_info', 'status'] as const).map((field): Fact => ({
    fact: `An error's body has ${field}.`,
    mark: 'D',
    switchedOff: {
      file: 'simulator/answer.ts',
      find: 'body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },\n    headers,',
      replace: `body: { code, message, more_info: \`https://www.twilio.com/docs/errors/\${code}\`, status, ${field}: undefined },\n    headers,`,
    },
    test: apiTest,
    title: ERROR_BODY,
  })),
  {
    fact: 'An error may come without code and more_info.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/send-answer.ts',
      find: "world.script.errorBodies === 'bare' && answer.status >= 400",
      replace: 'false',
    },
    test: apiTest,
    title: ERROR_BODY,
  },
  ...(
    [
      ['400: 20_001', 'I', jobsTest, 'a create without a StartDay is refused with 400 and makes nothing'],
      ['401: 20_003', 'D', apiTest, REFUSED],
      ['404: 20_404', 'D', apiTest, PATHS],
      [
        '429: 20_429',
        'D',
        faultsTest,
        '429 comes with and without Retry-After, and the create is not carried out',
      ],
      ['500: 20_500', 'D', faultsTest, '401, 500 and a 503 of HTML are answered in their forms'],
    ] as const
  ).map(([entry, mark, file, title]): Fact => ({
    fact: `A ${entry.slice(0, 3)} has the code ${entry.slice(5).replace('_', '')}.`,
    mark,
    switchedOff: { file: 'simulator/answer.ts', find: entry, replace: `${entry.slice(0, 3)}: 1` },
    test: file,
    title,
  })),
  {
    fact: 'A 5xx may be a page of HTML.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'unavailablePage();',
      replace: "refusal(503, 'Service unavailable');",
    },
    test: faultsTest,
    title: '401, 500 and a 503 of HTML are answered in their forms',
  },
  {
    fact: 'Too many requests at once answer 429.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'account.requestsInFlight > limit',
      replace: 'account.requestsInFlight < 0',
    },
    test: faultsTest,
    title: 'more requests at once than the script allows answer 429',
  },
  {
    fact: 'Concurrent requests are limited for the whole account, and for each account by itself.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (limit !== undefined && account.requestsInFlight > limit) {',
      replace:
        'if (limit !== undefined && world.accounts.reduce((sum, each) => sum + each.requestsInFlight, 0) > limit) {',
    },
    test: faultsTest,
    title: 'requests at once count for the whole account, whatever its credential, and for no other account',
  },
  {
    fact: 'Any field of an answer may be null, as resource_type was.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/null-fields.ts',
      find: 'shown[name] = null;',
      replace: '',
    },
    test: apiTest,
    title: 'any field of an answer may be null',
  },
];
