/** From the markers of jobs to the exports that made them. A marker holds a hash: it can only be tried. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { hashExportId } from '../../activities/for-worker.ts';
import { EXPORT_JOB_WORKFLOW_TYPE } from '../../workflows/api.ts';
import { describeRun, listRuns, type ListedRun } from './runs.ts';

/** A job whose export is sought. */
export interface SoughtJob {
  /** Of the first run id, as it stands in the marker. */
  exportHash: string;
  resourceType: string;
  startDay: string | null;
  endDay: string | null;
}

/** An export that this namespace knows. */
export interface FoundExport {
  workflowId: string;
  firstRunId: string;
}

/** What a search gave. */
export interface FoundExports {
  byHash: Map<string, FoundExport>;
  /** Whether a limit ended it: an export that was not found may be there all the same. */
  isCut: boolean;
}

/**
 * How much a search may cost.
 *
 * @example
 * ```ts
 * const limits: SearchLimits = { runs: 20_000, describes: 500 };
 * const reaper = createJobReaper({ ...readWorkerConfig(), client, limits });
 * ```
 */
export interface SearchLimits {
  /** Runs that are listed, 1,000 in a request. */
  runs: number;
  /** Runs that are described, one in a request. */
  describes: number;
}

/** A hundred pages of the list, and some seconds of describing. */
export const SEARCH_LIMITS: SearchLimits = { runs: 100_000, describes: 1_000 };

/**
 * Tries the runs that the namespace lists until every job has its export. A run whose own id does
 * not fit may go on with an export whose first run is forgotten, by a reset or Continue-As-New: only a description
 * tells, and is asked for at last, of those runs whose memo does not say that they are about other days.
 */
export async function findExports(
  client: Client,
  jobs: readonly SoughtJob[],
  { limits, signal }: { limits: SearchLimits; signal: AbortSignal },
): Promise<FoundExports> {
  const byHash = new Map<string, FoundExport>();
  const hashes = new Set(jobs.map(({ exportHash }) => exportHash));
  let left = [...jobs];
  const enter = (hash: string, found: FoundExport): void => {
    if (!hashes.has(hash) || byHash.has(hash)) return;
    byHash.set(hash, found);
    left = left.filter(({ exportHash }) => exportHash !== hash);
  };
  if (left.length === 0) return { byHash, isCut: false };

  const laterRuns: LaterRun[] = [];
  let listed = 0;
  let isCut = false;
  for await (const run of listRuns(client, `WorkflowType = '${EXPORT_JOB_WORKFLOW_TYPE}'`)) {
    signal.throwIfAborted();
    isCut ||= listed === limits.runs;
    if (listed === limits.runs) break;
    listed += 1;
    const { workflowId, runId } = run;
    enter(hashExportId(runId), { workflowId, firstRunId: runId });
    if (left.length === 0) return { byHash, isCut: false };
    const later = { workflowId, runId, about: readMemo(run) };
    if (!left.some((job) => mayHaveMade(later, job))) continue;
    if (laterRuns.length < limits.describes) laterRuns.push(later);
    else isCut = true;
  }
  for (const run of laterRuns) {
    signal.throwIfAborted();
    if (!left.some((job) => mayHaveMade(run, job))) continue;
    const { workflowId, runId } = run;
    const firstRunId = (await describeRun(client, { workflowId, runId }))?.firstRunId ?? null;
    if (firstRunId !== null) enter(hashExportId(firstRunId), { workflowId, firstRunId });
  }
  return { byHash, isCut: isCut && left.length > 0 };
}

/** A run whose own id is not in the marker of any job. */
interface LaterRun {
  workflowId: string;
  runId: string;
  about: AboutExport;
}

/** What the memo says of an export. Programs other than our client write none. */
interface AboutExport {
  resourceType?: unknown;
  startDay?: unknown;
  endDay?: unknown;
}

function mayHaveMade({ about }: LaterRun, job: SoughtJob): boolean {
  const { resourceType, startDay, endDay } = about;
  return (
    (typeof resourceType !== 'string' || resourceType === job.resourceType) &&
    (typeof startDay !== 'string' || job.startDay === null || startDay <= job.startDay) &&
    (typeof endDay !== 'string' || job.endDay === null || endDay >= job.endDay)
  );
}

/** As it lies there: one that a codec has encrypted rules nothing out, and is not worth a request to the codec. */
function readMemo({ memo }: ListedRun): AboutExport {
  const read = (name: keyof AboutExport): unknown => {
    try {
      return memo[name] && defaultPayloadConverter.fromPayload(memo[name]);
    } catch {
      return undefined;
    }
  };
  return { resourceType: read('resourceType'), startDay: read('startDay'), endDay: read('endDay') };
}
