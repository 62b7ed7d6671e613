import type { Fact } from '../switch-off.ts';

const filesTest = 'test/simulator/files.test.ts';

const REDIRECT = 'a day answers 307 with the same link in Location and in the body, on another origin';
const ONCE = 'a link works once';
const FOUR_MINUTES = 'a link works for four minutes';
const CHANGED_LINK = 'a link whose path or signature was changed opens nothing';
const AUTHORIZATION =
  'the store answers 400 to an Authorization header, counts it, and leaves the link unused';

/** Links, and the store that they open. */
export const LINK_FACTS: readonly Fact[] = [
  {
    fact: 'The link leads to another host than that of the API.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: '`${world.urls.store}${path}?',
      replace: '`${world.urls.api}${path}?',
    },
    test: filesTest,
    title: REDIRECT,
  },
  {
    fact: 'The link is signed, and says that it lives for 240 seconds.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: '&X-Amz-Expires=${LINK_LIFETIME_SECONDS}',
      replace: '',
    },
    test: filesTest,
    title: REDIRECT,
  },
  {
    fact: 'A link works once.',
    mark: 'D',
    switchedOff: { file: 'simulator/store-server.ts', find: 'now.link.isUsed = true;', replace: '' },
    test: filesTest,
    title: ONCE,
  },
  {
    fact: 'A link works for four minutes.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: 'LINK_LIFETIME_SECONDS = 240',
      replace: 'LINK_LIFETIME_SECONDS = 230',
    },
    test: filesTest,
    title: FOUR_MINUTES,
  },
  {
    fact: 'A link works no longer than four minutes.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: 'LINK_LIFETIME_SECONDS = 240',
      replace: 'LINK_LIFETIME_SECONDS = 250',
    },
    test: filesTest,
    title: FOUR_MINUTES,
  },
  {
    fact: 'A new link may be had at any time, whatever becomes of those before it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: 'world.nextNumber(`links to ${path}`)',
      replace: '1',
    },
    test: filesTest,
    title: FOUR_MINUTES,
  },
  {
    fact: 'A link opens what it was signed for, and nothing else.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: 'link?.path !== asked.path',
      replace: 'link === undefined',
    },
    test: filesTest,
    title: CHANGED_LINK,
  },
  {
    fact: 'The store answers 400 to an Authorization header.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'if (request.headers.authorization !== undefined) {',
      replace: "if (request.headers.authorization === '') {",
    },
    test: filesTest,
    title: AUTHORIZATION,
  },
  {
    fact: 'A link that was used is refused.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/links.ts',
      find: 'if (link.isUsed) {',
      replace: 'if (link.isUsed === null) {',
    },
    test: filesTest,
    title: 'a link works once',
  },
];
