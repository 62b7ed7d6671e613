import type { TwilioAccount } from '../../activities/index.ts';
import type { FoundExport } from './find-exports.ts';
import { findMisfit } from './find-misfit.ts';
import type { ExportJudgement } from './judge-export.ts';
import type { ReapedJob } from './report.ts';

/** Writes down what the judgement on its export means for a job that lives. */
export function enterJudgement(
  job: ReapedJob,
  found: FoundExport,
  judgement: ExportJudgement,
  accounts: Readonly<Record<string, TwilioAccount>>,
): void {
  const { verdict, reason } = verdictOf(job, judgement, accounts);
  const isClosed = judgement.kind === 'closed' || judgement.kind === 'justClosed';
  Object.assign(job, {
    verdict,
    reason,
    workflowId: found.workflowId,
    exportId: found.firstRunId,
    status: isClosed ? judgement.status : null,
    closedAt: isClosed ? new Date(judgement.closedAtMs).toISOString() : null,
  } satisfies Partial<ReapedJob>);
}

function verdictOf(
  job: ReapedJob,
  judgement: ExportJudgement,
  accounts: Readonly<Record<string, TwilioAccount>>,
): Pick<ReapedJob, 'verdict' | 'reason'> {
  if (judgement.kind === 'unreadable') return { verdict: judgement.kind, reason: judgement.reason };
  if (judgement.kind !== 'closed') return { verdict: judgement.kind, reason: null };
  const { keepsJobs, keptJobs, askedFor } = judgement.wishes;
  if (keepsJobs || keptJobs.has(job.jobSid)) return { verdict: 'kept', reason: null };
  const misfit = findMisfit(job, askedFor, accounts);
  return { verdict: misfit === null ? 'orphan' : 'doesNotFit', reason: misfit };
}
