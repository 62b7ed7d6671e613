/** What a look at the jobs of exports says. JSON: `bulk-exports reap --json` prints it. */
import type { WorkflowExecutionStatusName } from '@temporalio/client';
import type { ResourceType } from '../../activities/index.ts';

/**
 * What is to be thought of a job.
 *
 * - `orphan`: it lives, its export is closed, and nobody asked to keep it. Only these are ever deleted.
 * - `running`: its export runs, or goes on in a later run.
 * - `justClosed`: its export is closed, and not for long enough.
 * - `kept`: its export is closed, and its callers asked to leave the job at Twilio.
 * - `doesNotFit`: the marker is that of an export which is closed and can not have made the job: somebody has copied
 *   the name.
 * - `notFound`: the marker is of this namespace, and no export here fits: its history is gone, it has only just
 *   started, or it belongs to a namespace of the same name in another cluster.
 * - `unreadable`: its export is here, and what its callers wanted can not be seen.
 * - `otherNamespace`: the marker is of another namespace.
 * - `beingDeleted`, `over`: nothing runs any more, whoever made it.
 *
 * @example
 * ```ts
 * const toBeSeen: ReapVerdict[] = ['orphan', 'unreadable', 'notFound'];
 * ```
 */
export type ReapVerdict =
  | 'orphan'
  | 'running'
  | 'justClosed'
  | 'kept'
  | 'doesNotFit'
  | 'notFound'
  | 'unreadable'
  | 'otherNamespace'
  | 'beingDeleted'
  | 'over';

/**
 * What became of an orphan that was to be deleted. `notDeletable`: Twilio refused. `unknown`: it could not be asked,
 * or gave no answer: see `failures`.
 *
 * @example
 * ```ts
 * const isGone = (fate: ReapFate | null) => fate === 'deleted' || fate === 'alreadyGone';
 * ```
 */
export type ReapFate = 'deleted' | 'alreadyGone' | 'notDeletable' | 'unknown';

/**
 * A job at Twilio that carries a marker of this package.
 *
 * @example
 * ```ts
 * const orphan: ReapedJob = {
 *   account: 'default',
 *   resourceType: 'Messages',
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   byStatus: { Completed: 12, Running: 18 },
 *   verdict: 'orphan',
 *   reason: null,
 *   workflowId: 'bulk-export-Messages-2026-10-01..2026-10-30',
 *   exportId: '0199c2f4-5b7e-7c3d-9a61-0e4f7b2d5c98',
 *   status: 'TERMINATED',
 *   closedAt: '2026-11-02T10:40:00.000Z',
 *   fate: null,
 * };
 * ```
 */
export interface ReapedJob {
  /** The name by which the worker knows the account. */
  account: string;
  resourceType: ResourceType;
  jobSid: string;
  startDay: string | null;
  endDay: string | null;
  /** Twilio's counts of its days. */
  byStatus: Record<string, number>;
  verdict: ReapVerdict;
  /** Why nobody can tell, where the verdict is `unreadable`; in what the job differs, where it is `doesNotFit`. */
  reason: string | null;
  /** Of its export; null where that is not known. */
  workflowId: string | null;
  /** The first run id of its export. */
  exportId: string | null;
  /** How its export was closed. */
  status: WorkflowExecutionStatusName | null;
  /** When it was closed: ISO 8601 in UTC. */
  closedAt: string | null;
  /** Null as long as nobody tried to delete it. */
  fate: ReapFate | null;
}

/**
 * Something that could not be done. The rest was.
 *
 * @example
 * ```ts
 * const line = ({ account, type, message }: ReapFailure) => `${account} ${type}: ${message}`;
 * ```
 */
export interface ReapFailure {
  account: string;
  /** Null where it is all of them. */
  resourceType: ResourceType | null;
  /** Null where it is about a list. */
  jobSid: string | null;
  type: 'AuthenticationRejected' | 'TwilioUnavailable' | 'TwilioRejected' | 'TemporalUnavailable';
  /** A sentence or two: what was done, what came, what to do. Never a credential. */
  message: string;
}

/**
 * What a look at the jobs of exports has found, and what it could not see.
 *
 * @example
 * ```ts
 * const { jobs, failures, isSearchCut }: ReapReport = await reaper.find();
 * if (failures.length > 0 || isSearchCut) console.warn(`More may be there than these ${jobs.length} jobs.`);
 * ```
 */
export interface ReapReport {
  namespace: string;
  /** The names of the accounts that were looked at, or tried. */
  accounts: string[];
  resourceTypes: ResourceType[];
  jobs: ReapedJob[];
  failures: ReapFailure[];
  /** Whether the search for exports was ended by its limit: `notFound` may then be too much said. */
  isSearchCut: boolean;
}
