import type { Fact } from '../fact.ts';

const faultsTest = 'test/simulator/faults.test.ts';

const TOO_MANY = '429 comes with and without Retry-After, and the create is not carried out';
const FORMS = '401, 500 and a 503 of HTML are answered in their forms';
const RESETS = 'a reset before loses the request, a reset after only its answer';
const LATE = 'a request that was given up may be carried out later';

/** Faults of requests to the API. */
export const REQUEST_FAULT_FACTS: readonly Fact[] = [
  {
    fact: 'A request may be refused with 429.',
    mark: 'D',
    about: 'fault status429',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (faults.status429 !== undefined) {',
      replace: 'if (false && faults.status429 !== undefined) {',
    },
    test: faultsTest,
    title: TOO_MANY,
  },
  {
    fact: 'A 429 may come with Retry-After.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "{ 'Retry-After': String(retryAfter) }",
      replace: '{}',
    },
    test: faultsTest,
    title: TOO_MANY,
  },
  {
    fact: 'A 429 may come without Retry-After.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'retryAfter === undefined ? {} : {',
      replace: '{',
    },
    test: faultsTest,
    title: TOO_MANY,
  },
  {
    fact: 'A create that met 429 was never carried out.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'const early = earlyAnswer(world, account, form, faults);',
      replace:
        'const early = earlyAnswer(world, account, form, faults); if (account && form && faults.status429) carryOutRoute({ world, account, route, query: url.searchParams, form, faults });',
    },
    test: faultsTest,
    title: TOO_MANY,
  },
  {
    fact: 'Good credentials may be refused for a while.',
    mark: 'issue',
    about: 'fault status401',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'account === null || faults.status401 !== undefined',
      replace: 'account === null',
    },
    test: faultsTest,
    title: FORMS,
  },
  {
    fact: 'A request may be answered with 500.',
    mark: 'issue',
    about: 'fault status500',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (faults.status500 !== undefined) {',
      replace: 'if (false) {',
    },
    test: faultsTest,
    title: FORMS,
  },
  {
    fact: 'A request may be answered with 503.',
    mark: 'issue',
    about: 'fault status503',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'faults.status503 === undefined ? null : unavailablePage()',
      replace: 'null',
    },
    test: faultsTest,
    title: FORMS,
  },
  {
    fact: 'A connection may be reset before anything was carried out.',
    mark: 'issue',
    about: 'fault resetBefore',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (faults.resetBefore !== undefined) {',
      replace: 'if (false) {',
    },
    test: faultsTest,
    title: RESETS,
  },
  {
    fact: 'A create whose answer was lost may have been carried out.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'const answer = carryOut();',
      replace: 'const answer = faults.resetAfter === undefined ? carryOut() : unauthenticated();',
    },
    test: faultsTest,
    title: RESETS,
  },
  {
    fact: 'The answer to a request that was carried out may be lost.',
    mark: 'R',
    about: 'fault resetAfter',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (faults.resetAfter === undefined) {',
      replace: 'if (true) {',
    },
    test: faultsTest,
    title: RESETS,
  },
  {
    fact: 'A request that was given up may be carried out later.',
    mark: 'R',
    about: 'fault carriedOutLate',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'world.clock.schedule(world.clock.now() + durationMs(faults.carriedOutLate.delay, 0), carryOut);',
      replace: '',
    },
    test: faultsTest,
    title: LATE,
  },
  {
    fact: 'A request that is carried out later is not carried out at once.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'durationMs(faults.carriedOutLate.delay, 0)',
      replace: '0',
    },
    test: faultsTest,
    title: LATE,
  },
  {
    fact: 'An answer may be slow.',
    mark: 'issue',
    about: 'fault slow',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'await sleep(faults.slow.delayMs, undefined, { signal: world.stopping });',
      replace: '',
    },
    test: faultsTest,
    title: 'a slow answer keeps nobody else waiting',
  },
];
