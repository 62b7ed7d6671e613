import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import { isPrivateHost } from './download/link-check.ts';
import { createPublicLookup } from './download/private-address.ts';

/** What carries the requests, and its end. */
export interface HttpAgents {
  /** For the API. */
  api: Dispatcher;
  /** For the links that Twilio gives: unless the API itself is on a private address, they lead to none. */
  store: Dispatcher;
  close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Agents of our own, or the user's dispatcher for both. They hold as many connections as there are requests: how many
 * there may be is counted by account, and one agent for all accounts would let one of them wait for another.
 */
export function createHttpAgents(apiUrl: URL, dispatcher?: Dispatcher): HttpAgents {
  if (dispatcher !== undefined) {
    return { api: dispatcher, store: dispatcher, close: async () => {} };
  }
  const api = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const lookup = isPrivateHost(apiUrl.hostname) ? undefined : createPublicLookup();
  const store = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS, lookup } });
  return {
    api,
    store,
    close: async () => {
      await Promise.all([api.destroy(), store.destroy()]);
    },
  };
}
