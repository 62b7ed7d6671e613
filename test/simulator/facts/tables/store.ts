import type { Fact } from '../switch-off.ts';

const filesTest = 'test/simulator/files.test.ts';

const RANGES = 'a Range gives 206 and the part, and a range behind the end gives 416';
const EXPECTED = 'a download gives exactly the file that is expected: a record a line, compressed';

/** What the file store does beside giving a file. */
export const STORE_FACTS: readonly Fact[] = [
  {
    fact: 'The store gives a part for a Range.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/asked-bytes.ts',
      find: 'parseByteRange(headers.range, sizeBytes)',
      replace: 'parseByteRange(undefined, sizeBytes)',
    },
    test: filesTest,
    title: RANGES,
  },
  {
    fact: 'The store answers 416 to a range behind the end.',
    mark: 'I',
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
    mark: 'I',
    switchedOff: {
      file: 'simulator/asked-bytes.ts',
      find: 'header.split(',
      replace: 'true || header.split(',
    },
    test: filesTest,
    title: 'If-Match with another ETag gives 412',
  },
  {
    fact: 'The store gives the whole file where If-Range names another one.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/asked-bytes.ts',
      find: 'return isThis ? parseByteRange',
      replace: 'return isThis || true ? parseByteRange',
    },
    test: 'test/simulator/partial-files.test.ts',
    title: 'If-Range gives the part of the same file, and the whole of another one',
  },
  {
    fact: 'A file has a strong ETag.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: "habits.etag ?? 'strong'",
      replace: "habits.etag ?? 'weak'",
    },
    test: filesTest,
    title: EXPECTED,
  },
];
