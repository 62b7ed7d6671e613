import type { FaultKind, Operation } from './script.ts';

/**
 * What happened at the simulator so far. Holds no credential and no link to a file; the URLs of webhooks stand in it
 * without user and password.
 *
 * @example
 * ```ts
 * const { jobsAlive, requests, links }: Ledger = simulator.ledger();
 * console.log(`${jobsAlive} jobs left, ${requests.createJob ?? 0} creates, ${links.usedTwice} links used twice`);
 * ```
 */
export interface Ledger {
  /** ISO 8601 in UTC, by the simulator's clock, as all instants here. */
  now: string;
  jobs: LedgerJob[];
  jobsMade: number;
  /** Jobs with a day that is not final. */
  jobsAlive: number;
  /** Jobs for which a DELETE was accepted. */
  jobsDeleted: number;
  /** Requested days, by account (its parent, where it has one) and UTC day. */
  quotaUsed: Record<string, Record<string, number>>;
  /** Requests that arrived, by operation, refused and faulty ones included. */
  requests: Partial<Record<Operation, number>>;
  /** Requests to paths and methods that do not exist. */
  requestsToNowhere: number;
  /** Answers of the API and of the file store, by HTTP status. */
  answers: Record<string, number>;
  links: {
    issued: number;
    /** Links that gave a file, or a part of it. */
    used: number;
    /** Requests with a link that had been used already. */
    usedTwice: number;
    /** Requests with a link that was too old. */
    expired: number;
    /** Requests to the file store without a link that it ever gave out. */
    unknown: number;
  };
  /** Requests to the file store that carried an Authorization header. */
  authorizationAtStore: number;
  /** Bytes of files handed to the network: all, and by `{ResourceType} {day}`. */
  bytesSent: { total: number; byDay: Record<string, number> };
  emails: LedgerEmail[];
  webhooks: LedgerWebhook[];
  /** Faults that were played, by kind. */
  faults: Partial<Record<FaultKind, number>>;
}

/**
 * One job that was made.
 *
 * @example
 * ```ts
 * const leftOver = simulator.ledger().jobs.filter(({ state }: LedgerJob) => state === 'alive');
 * ```
 */
export interface LedgerJob {
  jobSid: string;
  accountSid: string;
  resourceType: string;
  friendlyName: string;
  startDay: string;
  endDay: string;
  createdAt: string;
  /** `alive`: a day is not final; `over`: all are; `deleted`: a DELETE was accepted and all are. */
  state: 'alive' | 'over' | 'deleted';
  /** When a DELETE was accepted. */
  deletedAt: string | null;
  byStatus: Record<string, number>;
}

/**
 * One mail that would have been sent.
 *
 * @example
 * ```ts
 * const mails: LedgerEmail[] = simulator.ledger().emails;
 * console.log(mails.map(({ to, subject }) => `${to}: ${subject}`));
 * ```
 */
export interface LedgerEmail {
  /** The address that the job names, or `owners and admins of AC…`. */
  to: string;
  subject: string;
  jobSid: string;
  sentAt: string;
}

/**
 * One delivery of a webhook.
 *
 * @example
 * ```ts
 * const isAnswered = ({ outcome, status }: LedgerWebhook) => outcome === 'answered' && status === 204;
 * console.log(simulator.ledger().webhooks.every(isAnswered));
 * ```
 */
export interface LedgerWebhook {
  url: string;
  method: string;
  /** Null for the webhook of a configuration. */
  jobSid: string | null;
  sentAt: string;
  /** `notSent`: not to a loopback address. `sent`: no answer yet. `failed`: no answer ever. */
  outcome: 'notSent' | 'sent' | 'answered' | 'failed';
  /** Of the receiver's answer. */
  status: number | null;
}

/** The counts that the parts of the simulator add to. */
export type LedgerCounts = Omit<
  Ledger,
  'now' | 'jobs' | 'jobsMade' | 'jobsAlive' | 'jobsDeleted' | 'quotaUsed'
>;

/** Counts of nothing yet. */
export function createLedgerCounts(): LedgerCounts {
  return {
    requests: {},
    requestsToNowhere: 0,
    answers: {},
    links: { issued: 0, used: 0, usedTwice: 0, expired: 0, unknown: 0 },
    authorizationAtStore: 0,
    bytesSent: { total: 0, byDay: {} },
    emails: [],
    webhooks: [],
    faults: {},
  };
}

/** Adds to the count of that name. */
export function addTo<K extends string>(counts: Partial<Record<K, number>>, name: K, amount = 1): void {
  const before: number | undefined = counts[name];
  counts[name] = (before ?? 0) + amount;
}
