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
  /** Of its account, and so its own. */
  jobs: JobEvidence[];
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
        jobs: evidence.ledger.jobs.filter(({ accountSid }) => accountSid === asked.accountSid),
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
 * Whether it never came to its clean-up: a terminated workflow is left to an operator, and one that still runs is
 * another rule's matter.
 */
export function hasNotCleanedUp({ workflow }: JudgedExport): boolean {
  return workflow.status === 'TERMINATED' || workflow.status === 'RUNNING';
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
