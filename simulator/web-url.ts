/**
 * Whether this is an absolute URL that can be called and shown: http or https, in the characters of RFC 3986. A
 * browser's reading of URLs, which Node shares, takes `http:0`, spaces and line ends as well, and would leave
 * answers with a URL that is none.
 */
export function isWebUrl(url: string): boolean {
  return WEB_URL.test(url) && URL.canParse(url) && hasReadableUser(new URL(url));
}

const CHARACTER = String.raw`[\w.~!$&'()*+,;=-]|%[0-9a-f]{2}`;
const USER = `(?:(?:${CHARACTER}|:)*@)?`;
const HOST = String.raw`(?:\[[0-9a-f:.]+\]|(?:${CHARACTER})+)(?::\d+)?`;
const PATH = `(?:/(?:${CHARACTER}|[:@/])*)?`;
const QUERY_AND_FRAGMENT = String.raw`(?:\?(?:${CHARACTER}|[:@/?])*)?(?:#(?:${CHARACTER}|[:@/?])*)?`;
const WEB_URL = new RegExp(`^https?://${USER}${HOST}${PATH}${QUERY_AND_FRAGMENT}$`, 'i');

/** Node decodes the user and the password of a URL when it is called, and throws where they are no text. */
function hasReadableUser({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}
