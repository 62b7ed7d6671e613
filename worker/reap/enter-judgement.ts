import type { FoundExport } from './find-exports.ts';
import type { ExportJudgement } from './judge-export.ts';
import type { ReapedJob } from './report.ts';

/** Writes down what the judgement on its export means for a job that lives. */
export function enterJudgement(job: ReapedJob, found: FoundExport, judgement: ExportJudgement): void {
  const isClosed = judgement.kind === 'closed' || judgement.kind === 'justClosed';
  Object.assign(job, {
    verdict: verdictOf(job, judgement),
    reason: judgement.kind === 'unreadable' ? judgement.reason : null,
    workflowId: found.workflowId,
    exportId: found.firstRunId,
    status: isClosed ? judgement.status : null,
    closedAt: isClosed ? new Date(judgement.closedAtMs).toISOString() : null,
  } satisfies Partial<ReapedJob>);
}

function verdictOf({ jobSid }: ReapedJob, judgement: ExportJudgement): ReapedJob['verdict'] {
  if (judgement.kind !== 'closed') return judgement.kind;
  const { keepsJobs, keptJobs } = judgement.wishes;
  return keepsJobs || keptJobs.has(jobSid) ? 'kept' : 'orphan';
}
