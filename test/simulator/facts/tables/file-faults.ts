import type { Fact } from '../fact.ts';

const faultsTest = 'test/simulator/faults.test.ts';

const STORE = 'the file store fails in its own forms, and the link is not used up';
const TRUNCATED = 'a truncated file is no whole gzip, and its length does not betray it';
const LINKS = 'a link may have expired when it is given out, or lead elsewhere';
const CHANGED = 'a file may change between two fetches of its day';

/** Faults of the file store and of files. */
export const FILE_FAULT_FACTS: readonly Fact[] = [
  ...(
    [
      ['answer with 500', 'if (faults.status500 !== undefined) {', STORE],
      ['answer with 503', 'if (faults.status503 !== undefined) {', STORE],
      ['reset the connection before it answers', 'if (faults.resetBefore !== undefined) {', STORE],
      [
        'lose its answer',
        'if (faults.resetAfter !== undefined) {',
        'an answer of the file store may be lost, and then the link is used up',
      ],
      [
        'be slow',
        'if (faults.slow !== undefined) {',
        'the file store may be slow, and keeps nobody else waiting',
      ],
    ] as const
  ).map(([what, find, title]): Fact => ({
    fact: `The file store may ${what}.`,
    mark: 'issue',
    switchedOff: { file: 'simulator/store-server.ts', find, replace: find.replace('(', '(false && ') },
    test: faultsTest,
    title,
  })),
  {
    fact: 'A file may be cut.',
    mark: 'issue',
    about: 'fault truncated',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'return fault === undefined ? file',
      replace: 'return true ? file',
    },
    test: faultsTest,
    title: TRUNCATED,
  },
  {
    fact: 'A byte of a file may be another one.',
    mark: 'issue',
    about: 'fault corrupt',
    switchedOff: {
      file: 'simulator/send-file.ts',
      find: 'changed[index] = (changed[index] ?? 0) ^ 0xff;',
      replace: '',
    },
    test: faultsTest,
    title: 'a corrupt file differs in one byte, and gzip notices',
  },
  {
    fact: 'A wrong length may be promised.',
    mark: 'issue',
    about: 'fault wrongLength',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'faults.wrongLength ? (faults.wrongLength.extraBytes ?? 1000) : 0',
      replace: '0',
    },
    test: faultsTest,
    title: 'a wrong length promises more bytes than come',
  },
  {
    fact: 'A connection may end in the middle of a file.',
    mark: 'issue',
    about: 'fault resetMidBody',
    switchedOff: {
      file: 'simulator/send-file.ts',
      find: 'resetMidBody ? offsetAt(sending, resetMidBody.at ?? 0.5) : end',
      replace: 'end',
    },
    test: faultsTest,
    title: 'a connection that ends in the middle has sent the bytes before it',
  },
  {
    fact: 'A file may stall: nothing more comes, and the connection stays open.',
    mark: 'issue',
    about: 'fault stall',
    switchedOff: {
      file: 'simulator/send-file.ts',
      find: 'stall ? offsetAt(sending, stall.at ?? 0.5) : end',
      replace: 'end',
    },
    test: faultsTest,
    title: 'a stall sends a part and then nothing, and leaves the connection open',
  },
  {
    fact: 'A link may have expired when it is given out.',
    mark: 'issue',
    about: 'fault expiredLink',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'const isExpired = faults.expiredLink !== undefined;',
      replace: 'const isExpired = false;',
    },
    test: faultsTest,
    title: LINKS,
  },
  {
    fact: 'A link may lead elsewhere.',
    mark: 'issue',
    about: 'fault foreignLink',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: '(faults.foreignLink && new URL(faults.foreignLink.url).href) ??',
      replace: '',
    },
    test: faultsTest,
    title: LINKS,
  },
  {
    fact: 'A file may change between two attempts.',
    mark: 'issue',
    about: 'fault changedFile',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'version: version + CHANGED_VERSIONS',
      replace: 'version',
    },
    test: faultsTest,
    title: CHANGED,
  },
  {
    fact: 'A file that has changed has another ETag.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/file-bytes.ts',
      find: "hexOf(32, 'etag', ...Object.values(of), JSON.stringify(amount))",
      replace: "hexOf(32, 'etag')",
    },
    test: faultsTest,
    title: CHANGED,
  },
];
