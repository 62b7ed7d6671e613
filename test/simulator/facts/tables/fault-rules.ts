import type { Fact } from '../fact.ts';

const faultsTest = 'test/simulator/faults.test.ts';

const FORMS = '401, 500 and a 503 of HTML are answered in their forms';
const SOME = 'a fault meets its days and its type alone';
const NTH = 'a fault with an nth spares the requests around it, for each day by itself';
const RATE = 'a rate meets the same requests whenever the seed is the same';
const ADDED = 'faults can be added and taken out while the simulator runs';

/** Which requests meet a fault. */
export const FAULT_RULE_FACTS: readonly Fact[] = [
  {
    fact: 'A fault meets its operations alone.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: 'operationsOf(rule).includes(occasion.operation) &&',
      replace: '',
    },
    test: faultsTest,
    title: FORMS,
  },
  {
    fact: 'A fault may meet some days alone.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: 'occasion.day !== undefined && daysInclude(rule.days, occasion.day)',
      replace: 'occasion.day !== undefined',
    },
    test: faultsTest,
    title: SOME,
  },
  {
    fact: 'A fault may meet one type alone.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: 'rule.resourceType === undefined || rule.resourceType === occasion.resourceType',
      replace: 'true',
    },
    test: faultsTest,
    title: SOME,
  },
  {
    fact: 'A fault may meet the n-th requests alone.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: '(rule.nth === undefined || [rule.nth].flat().includes(count)) &&',
      replace: '',
    },
    test: faultsTest,
    title: NTH,
  },
  {
    fact: 'The n-th request is counted for each day by itself.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: "occasion.resourceType ?? '', occasion.day ?? ''",
      replace: "occasion.resourceType ?? ''",
    },
    test: faultsTest,
    title: NTH,
  },
  {
    fact: 'A fault may be over after a number of times.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: '(rule.times === undefined || one.played < rule.times) &&',
      replace: '',
    },
    test: faultsTest,
    title: 'a fault with a number of times is over after them, over all that it meets',
  },
  {
    fact: 'A fault may meet a share of the requests.',
    mark: 'issue',
    switchedOff: { file: 'simulator/faults.ts', find: '< rule.rate)', replace: '< 1)' },
    test: faultsTest,
    title: RATE,
  },
  {
    fact: 'Which requests a rate meets follows from the seed.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: "fractionOf(seed, 'fault',",
      replace: "fractionOf(Math.random(), 'fault',",
    },
    test: faultsTest,
    title: RATE,
  },
  {
    fact: 'Another seed lets a rate meet other requests.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: "fractionOf(seed, 'fault',",
      replace: "fractionOf('fault',",
    },
    test: faultsTest,
    title: RATE,
  },
  {
    fact: 'A fault can be added while the simulator runs.',
    mark: 'issue',
    switchedOff: { file: 'simulator/faults.ts', find: '    active.push(one);\n', replace: '' },
    test: faultsTest,
    title: ADDED,
  },
  {
    fact: 'A fault can be taken out while the simulator runs.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/faults.ts',
      find: 'active = active.filter((other) => other !== one);',
      replace: '',
    },
    test: faultsTest,
    title: ADDED,
  },
];
