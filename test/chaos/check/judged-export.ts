import type { AskedExport, Evidence, JobEvidence, Violation, WorkflowEvidence } from './evidence.ts';
import type { DiskFile } from './read-disk.ts';
import { isReceipt, manifestPath, resultOf, type Receipt } from './receipt.ts';

/** One export with all that belongs to it: what the rules look at. */
export interface JudgedExport {
  asked: AskedExport;
  workflow: WorkflowEvidence;
  /** Of the workflow. */
  result: Receipt | null;
  manifest: Receipt | null;
  /** Of its account and not somebody else's, and so its own. */
  jobs: JobEvidence[];
  /** When it was last reset, by Twilio's clock; null where it never was. */
  resetAt: string | null;
}

/** The evidence with what was read of the disk, export by export. */
export interface JudgedWorld {
  evidence: Evidence;
  exports: JudgedExport[];
  disk: ReadonlyMap<string, DiskFile>;
}

/** A rule: what is not as it says. */
export type Rule = (world: JudgedWorld) => Violation[];

/** Puts together what belongs together. An export of which the engine knows nothing is left out here. */
export function judgedWorld(evidence: Evidence, disk: ReadonlyMap<string, DiskFile>): JudgedWorld {
  const exports = evidence.asked.flatMap((asked): JudgedExport[] => {
    const workflow = evidence.workflows.get(asked.workflowId);
    if (workflow === undefined) return [];
    const manifest: unknown = parse(disk.get(manifestPath(asked, workflow))?.text);
    return [
      {
        asked,
        workflow,
        result: resultOf(workflow),
        manifest: isReceipt(manifest) ? manifest : null,
        jobs: evidence.ledger.jobs.filter(
          ({ accountSid, jobSid }) => accountSid === asked.accountSid && !evidence.strangers.has(jobSid),
        ),
        resetAt: evidence.resets.get(asked.workflowId)?.at(-1) ?? null,
      },
    ];
  });
  return { evidence, exports, disk };
}

/** The receipt that counts: the manifest is written on every way but a refusal at the start. */
export function receiptOf({ manifest, result }: JudgedExport): Receipt | null {
  return manifest ?? result;
}

/**
 * Whether it never came to its clean-up: a terminated workflow is left to an operator, and to the next export that
 * comes by; one that still runs is another rule's matter.
 */
export function hasNotCleanedUp({ workflow }: JudgedExport): boolean {
  return workflow.status === 'TERMINATED' || workflow.status === 'RUNNING';
}

/** An attempt that a reset put aside goes on until it hears of it: five seconds of ours, fifty minutes of Twilio's. */
const HEARS_OF_RESET_MS = 50 * 60_000;

/** The instant from which on nothing of the runs before a reset is under way any more. */
export function after(resetAt: string): string {
  return new Date(Date.parse(resetAt) + HEARS_OF_RESET_MS).toISOString();
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
