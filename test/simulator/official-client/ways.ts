import assert from 'node:assert/strict';

/** The four ways to fetch: by a context and by what it gave, each without and with the HTTP around it. */
export async function fetchEachWay<T extends Fetchable<T>>(
  context: Fetchable<T>,
  status: number,
  check: (shown: T) => void,
): Promise<T> {
  const fetched = await context.fetch();
  check(fetched);
  check(await fetched.fetch());
  for (const each of [context, fetched]) {
    const { statusCode, headers, body } = await each.fetchWithHttpInfo();
    assert.equal(statusCode, status);
    assertTwilioHeaders(headers);
    check(body);
  }
  return fetched;
}

interface Fetchable<T> {
  fetch: () => Promise<T>;
  fetchWithHttpInfo: () => Promise<WithHttp<T>>;
}

interface WithHttp<T> {
  body: T;
  statusCode: number;
  headers: Record<string, string>;
}

/** Reads a list of at least five by all ways: whole, limited, one by one, and page after page in both directions. */
export async function walkList<T>(
  list: PagedList<T>,
  nameOf: (item: T) => string,
  expected: string[],
): Promise<void> {
  const names = (items: T[]): string[] => items.map(nameOf);
  assert.deepEqual(names(await list.list({})), expected);
  assert.deepEqual(names(await list.list({ pageSize: 2 })), expected);
  assert.deepEqual(names(await list.list({ limit: 3, pageSize: 2 })), expected.slice(0, 3));
  const listed = await list.listWithHttpInfo({ pageSize: 2 });
  assert.deepEqual([listed.statusCode, names(listed.body)], [200, expected]);
  assertTwilioHeaders(listed.headers);
  assert.deepEqual(names(await collect(list.each)), expected);
  assert.deepEqual(names(await collect(list.eachWithHttpInfo)), expected);

  const first = await list.page({ pageSize: 2 });
  assert.deepEqual([names(first.instances), first.previousPageUrl], [expected.slice(0, 2), undefined]);
  const { nextPageUrl = '' } = first;
  const second = await list.getPage(nextPageUrl);
  const pageToken = new URL(nextPageUrl).searchParams.get('PageToken') ?? '';
  const again = await list.pageWithHttpInfo({ pageSize: 2, pageNumber: 1, pageToken });
  const answered = await list.getPageWithHttpInfo(nextPageUrl);
  for (const { statusCode, headers, body } of [again, answered]) {
    assert.equal(statusCode, 200);
    assertTwilioHeaders(headers);
    assert.deepEqual(names(body.instances), names(second.instances));
  }
  const back = await second.previousPage();
  assert.deepEqual(back && names(back.instances), expected.slice(0, 2));
  const pages = [first.instances];
  for (let page = await first.nextPage(); page !== undefined; page = await page.nextPage()) {
    pages.push(page.instances);
  }
  assert.equal(pages.length, Math.ceil(expected.length / 2));
  assert.deepEqual(names(pages.flat()), expected);
}

interface PagedList<T> {
  list: (options: { limit?: number; pageSize?: number }) => Promise<T[]>;
  listWithHttpInfo: (options: { pageSize: number }) => Promise<WithHttp<T[]>>;
  each: (options: EachOptions<T>) => void;
  eachWithHttpInfo: (options: EachOptions<T>) => void;
  page: (options: PageOptions) => Promise<Page<T>>;
  pageWithHttpInfo: (options: PageOptions) => Promise<WithHttp<Page<T>>>;
  getPage: (url: string) => Promise<Page<T>>;
  getPageWithHttpInfo: (url: string) => Promise<WithHttp<Page<T>>>;
}

interface EachOptions<T> {
  pageSize: number;
  callback: (item: T) => void;
  done: (error?: Error) => void;
}

interface PageOptions {
  pageSize: number;
  pageNumber?: number;
  pageToken?: string;
}

interface Page<T> {
  instances: T[];
  nextPageUrl?: string;
  previousPageUrl?: string;
  nextPage: () => Promise<Page<T>> | undefined;
  previousPage: () => Promise<Page<T>> | undefined;
}

function collect<T>(each: PagedList<T>['each']): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const items: T[] = [];
    each({
      pageSize: 2,
      callback: (item) => items.push(item),
      done: (error) => {
        if (error) {
          reject(error);
        } else {
          resolve(items);
        }
      },
    });
  });
}

/** The headers that every answer has. */
export function assertTwilioHeaders(headers: Record<string, string>): void {
  assert.match(headers['twilio-request-id'] ?? '', /^RQ[0-9a-f]{32}$/);
  assert.equal(headers['twilio-concurrent-requests'], '1');
}
