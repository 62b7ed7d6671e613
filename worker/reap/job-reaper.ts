import type { Client } from '@temporalio/client';
import { inParallel, openMarkedJobs } from '../../activities/for-worker.ts';
import {
  RESOURCE_TYPES,
  type ActivitySettings,
  type ResourceType,
  type TwilioAccount,
} from '../../activities/index.ts';
import { deleteOrphans } from './delete-orphans.ts';
import { enterJudgement } from './enter-judgement.ts';
import { findExports, SEARCH_LIMITS, type SearchLimits } from './find-exports.ts';
import { judgeExport } from './judge-export.ts';
import { listMarkedJobs } from './list-marked-jobs.ts';
import type { ReapReport } from './report.ts';

/**
 * What a reaper works with. A `WorkerConfig` has the first two.
 *
 * @example
 * ```ts
 * const { accounts, twilioUrl } = readWorkerConfig();
 * const options: JobReaperOptions = { accounts, twilioUrl, client, resourceTypes: ['Messages'], closedForMs: 3_600_000 };
 * ```
 */
export interface JobReaperOptions {
  /** By their names. */
  accounts: Record<string, TwilioAccount>;
  /** The origin of the Bulk Exports API. */
  twilioUrl: string;
  /** Its namespace is the one whose jobs are looked for; its data converter reads what callers wanted. */
  client: Client;
  /** Of `accounts`, where to look; the others tell whether a job lies in the right one. Default: all. */
  accountNames?: readonly string[];
  /** Default: all four. */
  resourceTypes?: readonly ResourceType[];
  /** How long an export has to be closed before its jobs count as orphans. Default {@link DEFAULT_CLOSED_FOR_MS}. */
  closedForMs?: number;
  /** Ends the work where it is; what is under way at that moment may be carried out. */
  signal?: AbortSignal;
  /** How much the search for exports may cost. */
  limits?: Partial<SearchLimits>;
  /** Overrides of the tuning numbers, for tests. */
  settings?: Partial<ActivitySettings>;
}

/**
 * For how many milliseconds an export has to be closed before its jobs count as orphans. Twilio tells no age of a job;
 * the end of its export stands in for it. Some minutes are for a create that was still under way then, and for a standby
 * cluster that does not know of a reset yet.
 *
 * @example
 * ```ts
 * const closedForMs = 2 * DEFAULT_CLOSED_FOR_MS; // in a cluster whose standby is far behind
 * ```
 */
export const DEFAULT_CLOSED_FOR_MS = 5 * 60_000;

/** A few requests of Temporal for each of them. */
const EXPORTS_AT_ONCE = 8;

/**
 * Finds the jobs at Twilio that exports have left behind, and deletes them.
 *
 * @example
 * ```ts
 * const reaper: JobReaper = createJobReaper({ ...readWorkerConfig(), client });
 * const { jobs } = await reaper.find();
 * console.log(`${jobs.filter(({ verdict }) => verdict === 'orphan').length} orphans`);
 * await reaper.close();
 * ```
 */
export interface JobReaper {
  /**
   * Looks at every job that carries a marker and changes nothing. One account's failure keeps none of the others
   * from it.
   *
   * @throws what the client throws where Temporal does not answer: without it, nothing can be told.
   */
  find: () => Promise<ReapReport>;
  /**
   * Deletes the orphans of a report, each after another look at its export: what has come to life meanwhile is left
   * alone, and has another verdict in the report that comes back.
   */
  delete: (report: ReapReport) => Promise<ReapReport>;
  /** Closes the connections to Twilio; the client belongs to the caller. */
  close: () => Promise<void>;
}

/**
 * Makes a reaper of what exports have left at Twilio. Nothing is connected to before the first call.
 *
 * @throws `TypeError` for a `twilioUrl` that is no URL.
 *
 * @example
 * ```ts
 * const reaper = createJobReaper({ ...readWorkerConfig(), client });
 * const { jobs, failures } = await reaper.delete(await reaper.find());
 * await reaper.close();
 * ```
 */
export function createJobReaper(options: JobReaperOptions): JobReaper {
  const { accounts, twilioUrl, client, settings, closedForMs = DEFAULT_CLOSED_FOR_MS } = options;
  const { signal = new AbortController().signal, resourceTypes = RESOURCE_TYPES } = options;
  const limits = { ...SEARCH_LIMITS, ...options.limits };
  const { namespace } = client.options;
  const { accountNames = Object.keys(accounts) } = options;
  const twilios = new Map(
    Object.entries(accounts)
      .filter(([name]) => accountNames.includes(name))
      .map(([name, account]) => [
        name,
        openMarkedJobs({ account, twilioUrl, ...(settings && { settings }) }),
      ]),
  );

  return {
    find: async () => {
      // Twilio first: of a job that is seen, the export has begun before, so it is listed by now or soon.
      const { jobs, sought, failures } = await listMarkedJobs({ namespace, twilios, resourceTypes, signal });
      const { byHash, isCut } = await findExports(client, sought, { limits, signal });
      await inParallel([...byHash], EXPORTS_AT_ONCE, async ([hash, found]) => {
        signal.throwIfAborted();
        const judgement = await judgeExport(client, found, { nowMs: Date.now(), closedForMs });
        for (const { job, exportHash } of sought)
          if (exportHash === hash) enterJudgement(job, found, judgement, accounts);
      });
      return {
        namespace,
        accounts: [...twilios.keys()],
        resourceTypes: [...resourceTypes],
        jobs,
        failures,
        isSearchCut: isCut,
      };
    },
    delete: async (report) => {
      const after = structuredClone(report);
      await deleteOrphans(after, { client, twilios, accounts, closedForMs, signal });
      return after;
    },
    close: async () => {
      await Promise.all([...twilios.values()].map((twilio) => twilio.close()));
    },
  };
}
