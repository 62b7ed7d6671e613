import { isGrpcServiceError, type Client } from '@temporalio/client';
import { inParallel, isFinalStatus, TwilioProblem, type MarkedJobs } from '../../activities/for-worker.ts';
import type { TwilioAccount } from '../../activities/index.ts';
import { enterJudgement } from './enter-judgement.ts';
import type { FoundExport } from './find-exports.ts';
import { isUnchanged, judgeExport, type ExportJudgement, type JudgeOptions } from './judge-export.ts';
import { ACCOUNTS_AT_ONCE } from './list-marked-jobs.ts';
import { deleteFailure, refusedFailure, temporalFailure } from './reap-failures.ts';
import type { ReapedJob, ReapReport } from './report.ts';

/** What deleting works with. */
export interface DeleteOrphansInput {
  client: Client;
  /** By the names of their accounts. */
  twilios: ReadonlyMap<string, MarkedJobs>;
  /** By their names. */
  accounts: Readonly<Record<string, TwilioAccount>>;
  closedForMs: JudgeOptions['closedForMs'];
  signal: AbortSignal;
}

/**
 * Deletes the orphans of a report and writes what became of them into it. The report may be old: each export is judged
 * anew, and between its jobs asked whether anything has happened to it. An account that gives no answer is left alone
 * from then on; without Temporal nothing more is deleted.
 */
export async function deleteOrphans(report: ReapReport, input: DeleteOrphansInput): Promise<void> {
  const temporal = { isSilent: false };
  await inParallel([...input.twilios], ACCOUNTS_AT_ONCE, async ([account, twilio]) => {
    await deleteOrphansOf({ account, twilio, temporal, report }, input);
  });
}

interface AccountOfReport {
  account: string;
  twilio: MarkedJobs;
  /** One for all accounts. */
  temporal: { isSilent: boolean };
  report: ReapReport;
}

/** One after the other, so that an account that gives no answer is asked once. */
async function deleteOrphansOf(
  { account, twilio, temporal, report }: AccountOfReport,
  input: DeleteOrphansInput,
): Promise<void> {
  const { signal } = input;
  const judgements = new Map<string, ExportJudgement>();
  for (const job of report.jobs) {
    if (job.verdict !== 'orphan' || job.account !== account) continue;
    if (signal.aborted || temporal.isSilent) return;
    try {
      await judgeAnew(job, judgements, input);
      if (job.verdict === 'orphan') await deleteOrphan(job, twilio, { report, signal });
    } catch (error) {
      if (signal.aborted) return;
      if (isTemporals(error)) {
        if (!temporal.isSilent) report.failures.push(temporalFailure(error, job));
        temporal.isSilent = true;
        return;
      }
      if (!(error instanceof TwilioProblem)) throw error;
      report.failures.push(deleteFailure(error, job));
      if (error.kind !== 'rejected') return;
    }
  }
}

async function judgeAnew(
  job: ReapedJob,
  judgements: Map<string, ExportJudgement>,
  { client, accounts, closedForMs }: DeleteOrphansInput,
): Promise<void> {
  const { workflowId, exportId } = job;
  if (workflowId === null || exportId === null) {
    job.verdict = 'notFound';
    return;
  }
  const found: FoundExport = { workflowId, firstRunId: exportId };
  let judgement = judgements.get(exportId);
  const holds = judgement?.kind === 'closed' && (await isUnchanged(client, found, judgement.latest));
  if (!judgement || !holds) {
    judgement = await judgeExport(client, found, { nowMs: Date.now(), closedForMs });
    judgements.set(exportId, judgement);
  }
  enterJudgement(job, found, judgement, accounts);
}

/**
 * Twilio may refuse to delete a job whose days are all over, and all is well: it has become so meanwhile, or it was so
 * and does not name each of its days. Refused in the midst of its work it is something for a person.
 */
async function deleteOrphan(
  job: ReapedJob,
  twilio: MarkedJobs,
  { report, signal }: { report: ReapReport; signal: AbortSignal },
): Promise<void> {
  job.fate = 'unknown';
  job.fate = await twilio.delete(job.jobSid, signal);
  if (job.fate !== 'notDeletable') return;
  const now = await twilio.look(job.jobSid, signal);
  if (now === null) job.fate = 'alreadyGone';
  else if (now.state !== 'live') job.verdict = now.state;
  else if (Object.keys(now.byStatus).every(isFinalStatus)) job.verdict = 'over';
  else report.failures.push(refusedFailure(job));
}

/** The client wraps some errors of the server, and not others. */
function isTemporals(error: unknown): error is Error {
  return error instanceof Error && (isGrpcServiceError(error) || isGrpcServiceError(error.cause));
}
