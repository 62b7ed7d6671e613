import { sleep } from '@temporalio/workflow';
import type { CreateExportJobInput, CreateRefusedDetails, Instant } from '../activities/api.ts';
import { createExportJob } from './activity-options.ts';
import { tryAgain } from './bookkeeping.ts';
import { formatRange } from './calendar.ts';
import { applicationFailureOf, problemOf } from './failures.ts';
import { type ExportRun, msUntil, now } from './export-run.ts';
import { type JobRecord, waitingDays } from './ledger.ts';

/** Until the next try where Twilio's refusal does not say when the quota begins anew. */
const QUOTA_RETRY_MS = 3_600_000;

/**
 * Makes the job of a submission, through the quota of as many days as it takes, and says whether it came to be. A
 * refusal fails an export that has made no job yet; in one that is under way it costs its days one of their attempts.
 */
export async function createJob(run: ExportRun, job: JobRecord): Promise<boolean> {
  const isUnderWay = run.ledger.jobs.some(({ jobSid }) => jobSid !== null);
  const summary = `${run.request.resourceType} ${formatRange(job)}`;
  for (;;) {
    if (job.quotaWait) await waitForQuota(run, job.quotaWait);
    // Until Twilio has answered: a create whose answer is lost, or that nobody waits for, may have made a job.
    job.inDoubt = true;
    try {
      const input = createInput(run, job, isUnderWay);
      const work = { name: `create ${job.submission}`, day: formatRange(job) };
      const { jobSid, friendlyName, createdAt, inRun } = await run.troubles.tryOn(work, (persistence) =>
        createExportJob.executeWithOptions({ summary }, [{ ...input, ...persistence }]),
      );
      Object.assign(job, { jobSid, friendlyName, createdAt, workedAt: createdAt, inRun: inRun ?? null });
      Object.assign(job, { quotaWait: null, inDoubt: false });
      run.announce();
      return true;
    } catch (error) {
      const failure = applicationFailureOf(error);
      if (!failure || run.isStopped) throw error;
      const details = failure.details?.[0] as CreateRefusedDetails | undefined;
      job.inDoubt = details?.inDoubt ?? true;
      if (failure.type === 'QuotaExhausted') enterQuotaWait(run, job, error, details?.retryAfterMs);
      else if (isUnderWay) return giveUp(run, job, error);
      else throw error;
    }
  }
}

function createInput(
  { request, identity }: ExportRun,
  job: JobRecord,
  isUnderWay: boolean,
): CreateExportJobInput {
  const { destination, friendlyName, webhook, email } = request;
  const { startDay, endDay, submission } = job;
  return {
    ...identity,
    destination,
    startDay,
    endDay,
    friendlyName,
    submission,
    isUnderWay,
    ...(webhook && { webhook }),
    ...(email !== undefined && { email }),
  };
}

function enterQuotaWait(run: ExportRun, job: JobRecord, error: unknown, retryAfterMs = QUOTA_RETRY_MS): void {
  const endsAt = new Date(Date.parse(now()) + retryAfterMs).toISOString();
  job.quotaWait = { problem: problemOf(error), since: job.quotaWait?.since ?? now(), endsAt };
  run.announce();
}

async function waitForQuota(run: ExportRun, { endsAt }: { endsAt: Instant }): Promise<void> {
  const summary = "waiting for Twilio's next quota";
  await run.waits.wait(() => sleep(msUntil(endsAt), { summary }));
}

/** Another of the day's attempts may fare better, after the cool-down. */
function giveUp({ ledger, request }: ExportRun, job: JobRecord, error: unknown): false {
  const problem = problemOf(error);
  for (const record of waitingDays(ledger, job)) tryAgain(record, { problem, request, now: now() });
  job.over = true;
  return false;
}
