import type { Fact } from '../switch-off.ts';

const jobsTest = 'test/simulator/jobs.test.ts';
const listsTest = 'test/simulator/lists.test.ts';

const CLAMPED = 'a page size above the limit is clamped: 1000 for jobs, 400 for days; without one it is 50';
const PAGES = 'jobs are listed in pages that follow one another by absolute URLs, the latest first';
const OWN_PAGE = 'a page tells its own number, size and URL';

/** Lists and their pages. */
export const PAGE_FACTS: readonly Fact[] = [
  {
    fact: 'The jobs list gives pages of 1,000 at most; a larger page size is clamped.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'LARGEST_JOBS_PAGE = 1000',
      replace: 'LARGEST_JOBS_PAGE = 10_000',
    },
    test: listsTest,
    title: CLAMPED,
  },
  {
    fact: 'The days list gives pages of 400 at most.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'LARGEST_DAYS_PAGE = 400',
      replace: 'LARGEST_DAYS_PAGE = 1000',
    },
    test: listsTest,
    title: CLAMPED,
  },
  {
    fact: 'A page holds 50 where no size is asked for.',
    mark: 'D',
    switchedOff: { file: 'simulator/paging.ts', find: 'USUAL_PAGE = 50', replace: 'USUAL_PAGE = 100' },
    test: listsTest,
    title: CLAMPED,
  },
  {
    fact: 'The page size that is asked for is that of the page.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'Math.min(askedSize, largestPage)',
      replace: 'largestPage',
    },
    test: listsTest,
    title: PAGES,
  },
  {
    fact: 'The URL of the next page is absolute.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'return `${listUrl}?${parameters.toString()}`;',
      replace: 'return `${new URL(listUrl).pathname}?${parameters.toString()}`;',
    },
    test: listsTest,
    title: PAGES,
  },
  {
    fact: 'The last page has no next one: null.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'pageUrl(page + 1, `PA${last.number}`) : null',
      replace: "pageUrl(page + 1, `PA${last.number}`) : ''",
    },
    test: listsTest,
    title: OWN_PAGE,
  },
  {
    fact: 'The key of meta names the list.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: '        key,\n      },',
      replace: "        key: 'items',\n      },",
    },
    test: listsTest,
    title: PAGES,
  },
  {
    fact: 'A page tells its number.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: '        page,\n        page_size',
      replace: '        page: 0,\n        page_size',
    },
    test: listsTest,
    title: OWN_PAGE,
  },
  {
    fact: 'A page tells its own URL.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: "url: pageUrl(page, query.get('PageToken') ?? '')",
      replace: "url: pageUrl(page, '')",
    },
    test: listsTest,
    title: OWN_PAGE,
  },
  {
    fact: 'A page names the first one.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: "first_page_url: pageUrl(0, '')",
      replace: "first_page_url: pageUrl(1, '')",
    },
    test: listsTest,
    title: PAGES,
  },
  {
    fact: 'A page names the one before it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'hasPrevious ? pageUrl',
      replace: 'hasPrevious && !hasPrevious ? pageUrl',
    },
    test: listsTest,
    title: 'the previous page can be reached from the next',
  },
  {
    fact: 'The days list has pages that follow one another too.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: "query,\n    key: 'days',",
      replace: "query: new URLSearchParams(),\n    key: 'days',",
    },
    test: listsTest,
    title: 'days are listed in pages that follow one another by absolute URLs',
  },
  {
    fact: 'A page token stays good while jobs come and go.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'const start = startOf({ items, order, token, pageSize });',
      replace: "const start = token === 'none' ? 0 : page * pageSize;",
    },
    test: listsTest,
    title: 'a page token stays good when a job comes or goes in between',
  },
  {
    fact: 'A page token that was never given out is refused.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: "match && { side: match[1] === 'A' ? 'after' : 'before', number: Number(match[2]) }",
      replace: "match ? { side: match[1] === 'A' ? 'after' : 'before', number: Number(match[2]) } : 'none'",
    },
    test: listsTest,
    title: 'a page size or a token that makes no sense is refused',
  },
  {
    fact: 'A page size that makes no sense is refused.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/paging.ts',
      find: 'askedSize === null || askedSize < 1 || page === null || token === null',
      replace: 'askedSize === null || page === null || token === null',
    },
    test: listsTest,
    title: 'a page size or a token that makes no sense is refused',
  },
  {
    fact: 'A list holds what is of its type alone.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'job.resourceType === resourceType && isListed(world, job)',
      replace: 'isListed(world, job)',
    },
    test: jobsTest,
    title: 'a list holds the jobs of one type alone',
  },
];
