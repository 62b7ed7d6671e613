/** What a request is for. */
export interface RequestTarget {
  path: string;
  query: URLSearchParams;
}

const NO_QUERY = new URLSearchParams();
const NOWHERE: RequestTarget = { path: '/', query: NO_QUERY };

/** Reads the target of a request, with or without an origin before it. What is no path is the root, where nothing is. */
export function parseTarget(target = '/'): RequestTarget {
  // Most are of this kind, and a URL takes as long to make as some of the answers.
  if (/^(?:\/[\w-]+)+$/.test(target)) {
    return { path: target, query: NO_QUERY };
  }
  try {
    const url = new URL(target.startsWith('/') ? `http://simulator.invalid${target}` : target);
    return { path: url.pathname, query: url.searchParams };
  } catch {
    return NOWHERE;
  }
}
