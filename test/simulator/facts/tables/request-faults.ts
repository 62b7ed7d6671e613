import type { Fact } from '../switch-off.ts';

const faultsTest = 'test/simulator/faults.test.ts';

const TOO_MANY = '429 comes with and without Retry-After, and the create is not carried out';
const RESETS = 'a reset before loses the request, a reset after only its answer';
const LATE = 'a request that was given up may be carried out later';

/** Faults of requests to the API. */
export const REQUEST_FAULT_FACTS: readonly Fact[] = [
  {
    fact: 'A request may be refused with 429.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'if (tooMany !== undefined) {',
      replace: 'if (tooMany === null) {',
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
      find: 'if (refused !== null) {',
      replace: 'if (refused !== null) { if (refused.status === 429) carryOut(admitted);',
    },
    test: faultsTest,
    title: TOO_MANY,
  },
  {
    fact: 'A create whose answer was lost may have been carried out.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'const answer = carryOut(admitted);',
      replace:
        "if (faults.play('resetAfter') !== undefined) return 'reset'; const answer = carryOut(admitted);",
    },
    test: faultsTest,
    title: RESETS,
  },
  {
    fact: 'The answer to a request that was carried out may be lost.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: "faults.play('resetAfter') === undefined ? answer : 'reset'",
      replace: 'answer',
    },
    test: faultsTest,
    title: RESETS,
  },
  {
    fact: 'A request that was given up may be carried out later.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/api-server.ts',
      find: 'world.clock.schedule(world.clock.now() + durationMs(late.delay, 0), () => carryOut(admitted));',
      replace: '',
    },
    test: faultsTest,
    title: LATE,
  },
];
