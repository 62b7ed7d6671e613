import type { Fact } from '../fact.ts';

const filesTest = 'test/simulator/files.test.ts';

const RANGES = 'a Range gives 206 and the part, and a range behind the end gives 416';
const EXPECTED = 'a download gives exactly the file that is expected: a record a line, compressed';
const HABITS = 'the store may give weak ETags or none, ignore ranges and claim an encoding';

/** Habits of the file store. */
export const STORE_FACTS: readonly Fact[] = [
  {
    fact: 'The store gives a part for a Range.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'parseByteRange(header, file.sizeBytes)',
      replace: 'parseByteRange(undefined, file.sizeBytes)',
    },
    test: filesTest,
    title: RANGES,
  },
  {
    fact: 'The store answers 416 to a range behind the end.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/byte-range.ts',
      find: "start >= sizeBytes ? 'unsatisfiable' : { start, end }",
      replace: "start >= sizeBytes ? 'whole' : { start, end }",
    },
    test: filesTest,
    title: RANGES,
  },
  {
    fact: 'The store answers 412 when the file is another one.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: "ifMatch !== undefined && ifMatch !== '*'",
      replace: "ifMatch === ''",
    },
    test: filesTest,
    title: 'If-Match with another ETag gives 412',
  },
  {
    fact: 'A file has a strong ETag.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: "habits.etag ?? 'strong'",
      replace: "habits.etag ?? 'weak'",
    },
    test: filesTest,
    title: EXPECTED,
  },
  {
    fact: 'The store may give weak ETags.',
    mark: 'issue',
    switchedOff: { file: 'simulator/store-server.ts', find: 'W/${file.etag}', replace: '${file.etag}' },
    test: filesTest,
    title: HABITS,
  },
  {
    fact: 'The store may give no ETags.',
    mark: 'issue',
    switchedOff: { file: 'simulator/store-server.ts', find: 'none: undefined', replace: 'none: file.etag' },
    test: filesTest,
    title: HABITS,
  },
  {
    fact: 'The store may ignore ranges.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: "habits.ranges === 'ignored' ? undefined : ",
      replace: '',
    },
    test: filesTest,
    title: HABITS,
  },
];
