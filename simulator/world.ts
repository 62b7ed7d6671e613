import type { Account } from './accounts.ts';
import type { QuotaRejection } from './api.ts';
import type { EventClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { LedgerCounts } from './ledger.ts';
import type { Links } from './links.ts';
import type { SimulatorScript } from './script.ts';

/** All that one simulator holds. Its parts are functions over it. */
export interface World {
  clock: EventClock;
  seed: string;
  /** Replaced as a whole by `setScript`. */
  script: SimulatorScript;
  limits: {
    quotaDays: number;
    quotaRejection: QuotaRejection;
    webhookTargets: 'loopback' | 'any';
    linkMinimumMs: number;
  };
  accounts: Account[];
  /** Requested days, by the account that pays and the UTC day. */
  quotaUsed: Record<string, Record<string, number>>;
  counts: LedgerCounts;
  faults: Faults;
  links: Links;
  /** Whose signature the links bear: nobody's. */
  accessKeyId: string;
  /** Known once the servers listen. */
  urls: { api: string; store: string };
  /** Fires when the simulator stops. */
  stopping: AbortSignal;
  /** 1, 2, 3, … of each kind, for ids: how much there is of one kind changes no id of another. */
  nextNumber: (kind: string) => number;
}
