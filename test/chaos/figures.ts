import type { Ledger } from '../../simulator/index.ts';
import type { Evidence } from './check/evidence.ts';
import { resultOf } from './check/receipt.ts';
import type { Driven } from './drive-all.ts';
import type { WorkerFleet } from './worker-fleet.ts';

/** What happened in a run, for people. */
export interface ChaosFigures {
  /** By how they ended. */
  exports: Record<string, number>;
  /** By outcome, of the exports that say it. */
  days: Record<string, number>;
  kills: number;
  /** Workers that were held for a while. */
  held: number;
  /** Workers that ended by themselves. */
  ownEnds: number;
  serverRestarts: number;
  /** How often the destination was away. */
  storeOutages: number;
  /** Workflows that were reset to an earlier point. */
  resets: number;
  /** Activities that were paused. */
  pauses: number;
  faults: Record<string, number>;
  /** Creates that were refused, as the quota of the day was spent. */
  quotaRefusals: number;
  /** `reaped`: of those deleted, the ones that the reaper deleted. `strangers`: of those made, somebody else's. */
  jobs: { made: number; adopted: number; deleted: number; reaped: number; alive: number; strangers: number };
  /** Files of terminated exports that the last export found beside days and manifests. */
  filesSwept: number;
  /** Bytes of files that Twilio's side sent; answers that went on in the middle of a file. */
  bytesSent: number;
  resumes: number;
  webhooks: number;
  /** Of all workflows; those that go on in a new run have more than one. */
  runs: number;
  events: number;
  seconds: number;
}

/** What the figures are made of. */
export interface CountFiguresInput {
  evidence: Evidence;
  ledger: Ledger;
  driven: Driven;
  fleet: WorkerFleet;
  webhooks: number;
  seconds: number;
}

/** Counts it all. */
export function countFigures(input: CountFiguresInput): ChaosFigures {
  const { evidence, ledger, driven, fleet, webhooks, seconds } = input;
  const workflows = [...evidence.workflows.values()];
  return {
    exports: count(workflows.map((one) => one.failure?.type ?? resultOf(one)?.outcome ?? one.status)),
    days: count(workflows.flatMap((one) => resultOf(one)?.days.map(({ outcome }) => outcome) ?? [])),
    kills: fleet.kills(),
    held: fleet.pauses(),
    ownEnds: fleet.ownEnds(),
    serverRestarts: driven.serverRestarts,
    storeOutages: driven.storeOutages,
    resets: workflows.reduce((sum, { abandoned }) => sum + abandoned.length, 0),
    pauses: driven.activityPauses,
    faults: { ...ledger.faults },
    quotaRefusals: workflows.reduce((sum, { events }) => sum + events.filter(isQuotaRefusal).length, 0),
    jobs: {
      made: ledger.jobsMade,
      adopted: workflows.reduce((sum, { events }) => sum + events.filter(isAdoption).length, 0),
      deleted: ledger.jobsDeleted,
      reaped: evidence.reaping.reaped.length,
      alive: ledger.jobsAlive,
      strangers: evidence.strangers.size,
    },
    filesSwept: evidence.leftBeforeLast.filter((path) => /\/_[a-z]+-[^/]*$/.test(`/${path}`)).length,
    bytesSent: ledger.bytesSent.total,
    resumes: ledger.answers['206'] ?? 0,
    webhooks,
    runs: workflows.reduce((sum, one) => sum + one.runs, 0),
    events: workflows.reduce((sum, { events }) => sum + events.length, 0),
    seconds,
  };
}

/** What is read of an event here. */
interface FigureEvent {
  activityTaskCompletedEventAttributes?: { result?: { payloads?: { data?: Uint8Array }[] } };
  activityTaskFailedEventAttributes?: {
    failure?: { applicationFailureInfo?: { type?: string | null } | null } | null;
  } | null;
}

/** A create that found its job made already. */
function isAdoption(event: unknown): boolean {
  const { activityTaskCompletedEventAttributes: completed } = event as FigureEvent;
  const bytes = completed?.result?.payloads?.[0]?.data;
  return bytes !== undefined && /"adopted":\s*true/.test(Buffer.from(bytes).toString());
}

function isQuotaRefusal(event: unknown): boolean {
  const { activityTaskFailedEventAttributes: failed } = event as FigureEvent;
  return failed?.failure?.applicationFailureInfo?.type === 'QuotaExhausted';
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
