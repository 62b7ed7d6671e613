/** Whether the jobs of an export are still somebody's. */
import type { Client, WorkflowExecutionStatusName } from '@temporalio/client';
import type { FoundExport } from './find-exports.ts';
import { readWishes, type Wishes } from './read-wishes.ts';
import { describeRun, listRuns, type DescribedRun } from './runs.ts';

/** What is to be said of an export. */
export type ExportJudgement =
  | { kind: 'running' }
  /** Closed so short a time ago that it may be about to be reset, or a request of it still under way. */
  | { kind: 'justClosed'; status: WorkflowExecutionStatusName; closedAtMs: number }
  | {
      kind: 'closed';
      status: WorkflowExecutionStatusName;
      closedAtMs: number;
      wishes: Wishes;
      latest: LatestRun;
    }
  /** The server has forgotten it. */
  | { kind: 'notFound' }
  /** It is there, and nobody can tell what its callers wanted. */
  | { kind: 'unreadable'; reason: string };

/** The latest run of the workflow id, which may belong to a later export, and how it was. */
export interface LatestRun {
  runId: string;
  isOpen: boolean;
}

/** What a judgement needs. */
export interface JudgeOptions {
  nowMs: number;
  /** How long an export has to be closed. */
  closedForMs: number;
}

/** The server's own records decide, of every run that began with the export's first one: the list may be behind. */
export async function judgeExport(
  client: Client,
  found: FoundExport,
  { nowMs, closedForMs }: JudgeOptions,
): Promise<ExportJudgement> {
  const { workflowId } = found;
  const latest = await describeRun(client, { workflowId });
  if (latest === null) return { kind: 'notFound' };
  if (latest.firstRunId === null) return { kind: 'unreadable', reason: NO_FIRST_RUN };
  const runs = await runsOf(client, found, latest);
  if (runs === null) return { kind: 'unreadable', reason: TOO_MANY_RUNS };
  const last = runs.at(-1);
  if (last === undefined) return { kind: 'notFound' };
  if (runs.some(({ isOpen }) => isOpen)) return { kind: 'running' };

  const { status } = last;
  // The run that went on is forgotten, and with it how the export ended.
  if (status === 'CONTINUED_AS_NEW') return { kind: 'notFound' };
  const closedAtMs = Math.max(...runs.map((run) => run.closedAtMs ?? nowMs));
  if (nowMs - closedAtMs < closedForMs) return { kind: 'justClosed', status, closedAtMs };
  const wishes = await readWishes(
    client,
    workflowId,
    runs.map(({ runId }) => runId),
  );
  if (wishes === null) return { kind: 'unreadable', reason: NO_WISHES };
  const { runId, isOpen } = latest;
  return { kind: 'closed', status, closedAtMs, wishes, latest: { runId, isOpen } };
}

/** Whether nothing has happened to the workflow id since it was judged. */
export async function isUnchanged(
  client: Client,
  { workflowId }: FoundExport,
  latest: LatestRun,
): Promise<boolean> {
  const now = await describeRun(client, { workflowId });
  return now !== null && now.runId === latest.runId && now.isOpen === latest.isOpen;
}

const NO_FIRST_RUN = 'the server does not tell with which run it began';
const NO_WISHES =
  'its history is gone or encrypted, so it can not be seen whether its callers asked to keep their jobs';

/** Each of them is described. A workflow id that is used again every night has 365 in a year. */
const MAXIMUM_RUNS = 1_000;
const TOO_MANY_RUNS = `its workflow id has more than ${MAXIMUM_RUNS} runs`;

/** The runs of the export that the server knows, in the order in which they began; null where the id has too many. */
async function runsOf(
  client: Client,
  { workflowId, firstRunId }: FoundExport,
  latest: DescribedRun,
): Promise<DescribedRun[] | null> {
  const runIds = new Set([firstRunId]);
  for await (const run of listRuns(client, `WorkflowId = '${quoted(workflowId)}'`)) {
    runIds.add(run.runId);
    if (runIds.size > MAXIMUM_RUNS) return null;
  }
  const runs = new Map([[latest.runId, latest]]);
  for (const runId of runIds) {
    const run = runs.get(runId) ?? (await describeRun(client, { workflowId, runId }));
    if (run !== null) runs.set(runId, run);
  }
  return [...runs.values()]
    .filter((run) => run.firstRunId === firstRunId)
    .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
