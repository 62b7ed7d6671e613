import { isLoopbackHost, isPrivateAddress } from './private-address.ts';

/** A link that may be followed, or why it may not. The reason names no part of the link but its host. */
export type CheckedLink = { url: URL } | { refused: string };

/**
 * Whether a link that Twilio gave may be followed: by https, to a host that is no private address, without
 * credentials in it. An API on this machine, as in tests, may lead to this machine by http.
 */
export function checkLink(link: string, apiUrl: URL): CheckedLink {
  const url = URL.canParse(link, apiUrl.href) ? new URL(link, apiUrl) : null;
  if (url === null) {
    return { refused: 'the link is no URL' };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(apiUrl.hostname))) {
    return { refused: `the link to ${url.hostname} is not https` };
  }
  if (url.username !== '' || url.password !== '') {
    return { refused: `the link to ${url.hostname} carries a user name or a password` };
  }
  if (isPrivateHost(url.hostname) && !isPrivateHost(apiUrl.hostname)) {
    return { refused: `the link leads to the private address ${url.hostname}` };
  }
  return { url };
}

/** Whether a host is private by what it is called; where its name leads is known at connecting alone. */
export function isPrivateHost(hostname: string): boolean {
  return isLoopbackHost(hostname) || hostname.endsWith('.localhost') || isPrivateAddress(hostname);
}
