import type { Fact } from '../switch-off.ts';

const bytesTest = 'test/simulator/file-bytes.test.ts';
const filesTest = 'test/simulator/files.test.ts';

const EXPECTED = 'a download gives exactly the file that is expected: a record a line, compressed';
const HABITS = 'the store may give weak ETags or none, ignore ranges and claim an encoding';
const SEVEN_DAYS = 'a file disappears seven days after its generation, from the list and by itself';

/** What a file is, and how long. */
export const FILE_FACTS: readonly Fact[] = [
  {
    fact: 'A file is gzip.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/file-bytes.ts',
      find: 'gzipSync(makeRecords(of, left))',
      replace: 'Buffer.from(makeRecords(of, left))',
    },
    test: filesTest,
    title: EXPECTED,
  },
  {
    fact: 'A file holds one JSON record a line.',
    mark: 'D',
    switchedOff: { file: 'simulator/records.ts', find: 'atMs }))}\\n`', replace: 'atMs }))},`' },
    test: bytesTest,
    title: 'a file of so many records has exactly so many lines, each JSON',
  },
  {
    fact: 'The store may claim an encoding, and the bytes are the same.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'habits.contentEncoding !== undefined',
      replace: 'habits.contentEncoding === undefined',
    },
    test: filesTest,
    title: HABITS,
  },
  {
    fact: 'An empty day may be an empty file.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-content.ts',
      find: "case 'emptyFile':\n      return { amount: { records: 0 }, version };",
      replace: "case 'emptyFile':\n      return null;",
    },
    test: filesTest,
    title: 'an empty day may be a gzip of nothing',
  },
  {
    fact: 'An empty day may be no Day at all.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/day-content.ts',
      find: "case 'missing':\n      return null;",
      replace: "case 'missing':\n      return { amount: { records: 0 }, version };",
    },
    test: filesTest,
    title: 'an empty day may be no Day at all',
  },
  {
    fact: 'An empty day may be 0 bytes that are no gzip.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/day-content.ts',
      find: "return { amount: 'zeroBytes', version };",
      replace: 'return { amount: { records: 0 }, version };',
    },
    test: filesTest,
    title: 'an empty day may be no bytes at all',
  },
  {
    fact: 'An empty day is CompletedEmptyRecords.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "holdsNothing(rule) || (rule.file !== undefined && rule.file !== 'records')",
      replace: 'false',
    },
    test: filesTest,
    title: 'an empty day may be a gzip of nothing',
  },
  {
    fact: 'A file is there for seven days after its generation.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-files.ts',
      find: 'FILE_LIFETIME_MS = 7 * DAY_MS',
      replace: 'FILE_LIFETIME_MS = 6 * DAY_MS',
    },
    test: filesTest,
    title: SEVEN_DAYS,
  },
  {
    fact: 'After seven days a file is gone, and its Day answers 404.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/day-files.ts',
      find: 'FILE_LIFETIME_MS = 7 * DAY_MS',
      replace: 'FILE_LIFETIME_MS = 8 * DAY_MS',
    },
    test: filesTest,
    title: SEVEN_DAYS,
  },
];
