import type { SimulatorCredentials } from './api.ts';
import type { DayFile } from './day-files.ts';
import type { ExportJob } from './export-job.ts';
import { RESOURCE_TYPES } from './script.ts';
import type { ResourceType } from './script.ts';

/** One account and all that is its own: nothing of it is seen by another. */
export interface Account {
  accountSid: string;
  authToken: string;
  apiKeys: readonly { sid: string; secret: string }[];
  /** Whose quota its requests spend. */
  quotaOwner: string;
  /** In the order of creation, deleted ones included. */
  jobs: ExportJob[];
  /** In the order of generation. */
  files: DayFile[];
  /** The last of each type and day, by both. */
  latestFiles: Map<string, DayFile>;
  configurations: Record<ResourceType, Configuration>;
  requestsInFlight: number;
}

/** The configuration of one resource type. What is not set is `""`. */
export interface Configuration {
  enabled: boolean;
  webhookUrl: string;
  webhookMethod: string;
  /** Whether the next day's own generation is scheduled already. */
  isScheduled: boolean;
}

/** An account that has done nothing yet. */
export function createAccount(credentials: SimulatorCredentials): Account {
  const { accountSid, authToken, apiKeys = [], parentAccountSid = accountSid } = credentials;
  const configurations = Object.fromEntries(
    RESOURCE_TYPES.map((type) => [
      type,
      { enabled: false, webhookUrl: '', webhookMethod: '', isScheduled: false } satisfies Configuration,
    ]),
  ) as Record<ResourceType, Configuration>;
  return {
    accountSid,
    authToken,
    apiKeys,
    quotaOwner: parentAccountSid,
    jobs: [],
    files: [],
    latestFiles: new Map(),
    configurations,
    requestsInFlight: 0,
  };
}

/** The account for which an Authorization header speaks, or null: HTTP Basic with the account's pair or a key's. */
export function accountFor(accounts: readonly Account[], authorization = ''): Account | null {
  const known = readBefore.get(accounts) ?? new Map<string, Account>();
  readBefore.set(accounts, known);
  const account = known.get(authorization) ?? readAuthorization(accounts, authorization);
  // Credentials that open something come in a few spellings; those that do not are not kept.
  if (account !== null && known.size < REMEMBERED_HEADERS) {
    known.set(authorization, account);
  }
  return account;
}

/** A client sends the same header with each request, and to decode it takes a good part of a short answer. */
const readBefore = new WeakMap<readonly Account[], Map<string, Account>>();
const REMEMBERED_HEADERS = 1000;

function readAuthorization(accounts: readonly Account[], authorization: string): Account | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) {
    return null;
  }
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return (
    accounts.find((account) =>
      [{ sid: account.accountSid, secret: account.authToken }, ...account.apiKeys].some(
        ({ sid, secret }) => pair === `${sid}:${secret}`,
      ),
    ) ?? null
  );
}
