import type { Violation } from './evidence.ts';
import type { JudgedExport, Rule } from './judged-export.ts';
import { receiptOf } from './judged-export.ts';

/** Every workflow is closed, and as it should be: by what was asked, what was done to it and what its days are. */
export const everyWorkflowIsClosedAsItShould: Rule = ({ evidence, exports }) => [
  ...evidence.asked
    .filter(({ workflowId }) => !evidence.workflows.has(workflowId))
    .map(({ workflowId }) => violation(workflowId, 'the engine does not know it')),
  ...exports.flatMap((judged) => {
    const isLate = evidence.openAtLimit.has(judged.asked.workflowId);
    const fault = isLate ? 'it was not closed when the run was given up' : faultOf(judged);
    return fault === null ? [] : [violation(judged.asked.workflowId, fault)];
  }),
];

function faultOf(judged: JudgedExport): string | null {
  const { asked, workflow, manifest } = judged;
  const { status, failure } = workflow;
  const receipt = receiptOf(judged);
  const outcome = receipt === null ? null : outcomeOf(receipt.days);
  if (receipt !== null && failure === null && receipt.outcome !== outcome)
    return `its outcome is ${receipt.outcome}, its days make ${outcome}`;
  switch (status) {
    case 'COMPLETED':
      if (outcome === 'complete') return null;
      if (outcome === 'incomplete')
        return asked.allowIncomplete ? null : 'it completed with failed days, which was not allowed';
      if (outcome === 'cancelled')
        return workflow.signals.includes('cancel') && !workflow.cancelRequested
          ? null
          : 'it completed as cancelled, and nobody had signalled it to';
      return 'it completed without a result';
    case 'FAILED':
      return failureFault(judged, outcome);
    case 'CANCELLED':
      if (!workflow.cancelRequested) return 'it is canceled, and nobody had asked the engine to';
      return manifest?.outcome === 'cancelled' ? null : 'it is canceled, and no manifest says so';
    case 'TERMINATED':
      return asked.disturbance === 'terminate' ? null : 'it is terminated, and nobody had asked for it';
    default:
      return `it is ${status}`;
  }
}

function failureFault({ asked, workflow, result }: JudgedExport, outcome: string | null): string | null {
  const { type = '', message = '' } = workflow.failure ?? {};
  switch (type) {
    case 'ExportIncomplete':
      if (result === null) return 'its failure carries no result';
      return outcome === 'incomplete' && !asked.allowIncomplete
        ? null
        : `it failed as incomplete, its days make ${outcome}, and incomplete was ${asked.allowIncomplete ? '' : 'not '}allowed`;
    case 'ExportTimedOut':
      if (result === null) return 'its failure carries no result';
      return asked.disturbance === 'shortTimeout' && outcome === 'incomplete'
        ? null
        : `it timed out, and its days make ${outcome}`;
    case 'AuthenticationRejected':
      return asked.mayBeRefused ? null : 'it was refused, though its credentials were good at its start';
    default:
      return `it failed with ${type}: ${message}`;
  }
}

function outcomeOf(days: readonly { outcome: string }[]): string {
  const has = (outcome: string): boolean => days.some((day) => day.outcome === outcome);
  if (has('cancelled')) return 'cancelled';
  return has('failed') || has('deleted') ? 'incomplete' : 'complete';
}

function violation(where: string, what: string): Violation {
  return { rule: 'every workflow is closed as it should', where, what };
}
