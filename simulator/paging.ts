import { refusal } from './answer.ts';
import type { Answer } from './answer.ts';

/** One list and how it is asked for. */
export interface PageRequest<T extends { number: number }> {
  /** The absolute URL of the list, without its query. */
  listUrl: string;
  query: URLSearchParams;
  /** The name of the list in the answer. */
  key: 'jobs' | 'days';
  /** A page size above it is clamped. */
  largestPage: number;
  /** In the order of the list. Each keeps its number for ever: tokens stay good when others come or go. */
  items: readonly T[];
  /** Which way the numbers go. */
  order: 'rising' | 'falling';
  show: (item: T) => unknown;
}

/** The page size where none is asked for. */
const USUAL_PAGE = 50;

/** One page of a list with Twilio's `meta`, or a 400 for a query that makes no sense. */
export function answerPage<T extends { number: number }>(request: PageRequest<T>): Answer {
  const { listUrl, query, key, largestPage, items, order, show } = request;
  const askedSize = wholeNumber(query.get('PageSize') ?? String(USUAL_PAGE));
  const page = wholeNumber(query.get('Page') ?? '0');
  const token = parseToken(query.get('PageToken'));
  if (askedSize === null || askedSize < 1 || page === null || token === null) {
    return refusal(
      400,
      `PageSize must be a whole number of at least 1, Page one of at least 0, and PageToken one that the API gave out`,
    );
  }
  const pageSize = Math.min(askedSize, largestPage);
  const start = startOf({ items, order, token, pageSize });
  const shown = items.slice(start, start + pageSize);
  const pageUrl = (number: number, pageToken: string): string => {
    const parameters = new URLSearchParams({ PageSize: String(pageSize), Page: String(number) });
    if (pageToken !== '') {
      parameters.set('PageToken', pageToken);
    }
    return `${listUrl}?${parameters.toString()}`;
  };
  const [first, last] = [shown[0], shown.at(-1)];
  const hasNext = last !== undefined && start + pageSize < items.length;
  const hasPrevious = first !== undefined && start > 0;
  return {
    status: 200,
    body: {
      [key]: shown.map(show),
      meta: {
        page,
        page_size: pageSize,
        first_page_url: pageUrl(0, ''),
        previous_page_url: hasPrevious ? pageUrl(Math.max(0, page - 1), `PB${first.number}`) : null,
        next_page_url: hasNext ? pageUrl(page + 1, `PA${last.number}`) : null,
        url: pageUrl(page, query.get('PageToken') ?? ''),
        key,
      },
    },
  };
}

type Token = { side: 'after' | 'before'; number: number } | 'none';

function startOf(input: {
  items: readonly { number: number }[];
  order: 'rising' | 'falling';
  token: Token;
  pageSize: number;
}): number {
  const { items, order, token, pageSize } = input;
  if (token === 'none') {
    return 0;
  }
  // The item of the token may be gone by now: what counts is where it would stand.
  const sign = order === 'rising' ? 1 : -1;
  const found = items.findIndex(({ number }) => {
    const distance = (number - token.number) * sign;
    return token.side === 'after' ? distance > 0 : distance >= 0;
  });
  const index = found === -1 ? items.length : found;
  return token.side === 'after' ? index : Math.max(0, index - pageSize);
}

function parseToken(text: string | null): Token | null {
  if (text === null || text === '') {
    return 'none';
  }
  const match = /^P([AB])(\d{1,12})$/.exec(text);
  return match && { side: match[1] === 'A' ? 'after' : 'before', number: Number(match[2]) };
}

function wholeNumber(text: string): number | null {
  return /^\d+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER - 1) : null;
}
