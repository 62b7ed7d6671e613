import type { Ledger } from '../../simulator/index.ts';
import type { Evidence } from './check/evidence.ts';
import { resultOf } from './check/receipt.ts';

/** What happened in a run, for people. */
export interface ChaosFigures {
  /** By how they ended. */
  exports: Record<string, number>;
  /** By outcome, of the exports that say it. */
  days: Record<string, number>;
  kills: number;
  /** Workers that were held for a while. */
  pauses: number;
  /** Workers that ended by themselves. */
  ownEnds: number;
  serverRestarts: number;
  faults: Record<string, number>;
  jobs: { made: number; adopted: number; deleted: number; leftByTerminated: number };
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
  kills: number;
  /** Workers that were held for a while. */
  pauses: number;
  ownEnds: number;
  serverRestarts: number;
  webhooks: number;
  seconds: number;
}

/** Counts it all. */
export function countFigures(input: CountFiguresInput): ChaosFigures {
  const { evidence, ledger, kills, pauses, ownEnds, serverRestarts, webhooks, seconds } = input;
  const workflows = [...evidence.workflows.values()];
  const terminated = new Set(
    evidence.asked
      .filter(({ workflowId }) => evidence.workflows.get(workflowId)?.status === 'TERMINATED')
      .map(({ accountSid }) => accountSid),
  );
  return {
    exports: count(workflows.map((one) => resultOf(one)?.outcome ?? one.failure?.type ?? one.status)),
    days: count(workflows.flatMap((one) => resultOf(one)?.days.map(({ outcome }) => outcome) ?? [])),
    kills,
    pauses,
    ownEnds,
    serverRestarts,
    faults: { ...ledger.faults },
    jobs: {
      made: ledger.jobsMade,
      adopted: workflows.reduce((sum, { events }) => sum + adoptions(events), 0),
      deleted: ledger.jobsDeleted,
      leftByTerminated: ledger.jobs.filter(
        ({ state, accountSid }) => state === 'alive' && terminated.has(accountSid),
      ).length,
    },
    bytesSent: ledger.bytesSent.total,
    resumes: ledger.answers['206'] ?? 0,
    webhooks,
    runs: workflows.reduce((sum, one) => sum + one.runs, 0),
    events: workflows.reduce((sum, { events }) => sum + events.length, 0),
    seconds,
  };
}

/** The creates that found their job made already. */
function adoptions(events: readonly unknown[]): number {
  return events.filter((event) => {
    const { activityTaskCompletedEventAttributes: completed } = event as {
      activityTaskCompletedEventAttributes?: { result?: { payloads?: { data?: Uint8Array }[] } };
    };
    const bytes = completed?.result?.payloads?.[0]?.data;
    return bytes !== undefined && /"adopted":\s*true/.test(Buffer.from(bytes).toString());
  }).length;
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
