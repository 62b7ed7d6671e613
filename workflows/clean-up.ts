/** Every way out leads through here: nothing of ours runs on at Twilio, nothing half lies in the destination. */
import { workflowInfo } from '@temporalio/workflow';
import type { ExportManifest, JobFate } from '../activities/api.ts';
import {
  CLEAN_UP_MS,
  deleteExportJob,
  sweepExportFiles,
  sweepExportJobs,
  writeExportManifest,
} from './activity-options.ts';
import type { ExportJobResult } from './api.ts';
import { formatRange } from './calendar.ts';
import type { Ending } from './ending.ts';
import { type ExportRun, now } from './export-run.ts';
import { problemOf } from './failures.ts';
import { isAbandoned, type JobRecord, type Ledger } from './ledger.ts';
import { resultOf } from './result.ts';

/**
 * Cleans up within its bounded time, writes the manifest last, and returns the result. Never throws: what could
 * not be done is named in the result. To be called where no cancellation reaches it, once every day has its
 * outcome.
 */
export async function cleanUp(run: ExportRun, ending: Ending): Promise<ExportJobResult> {
  const notCleaned: string[] = [];
  if (hasJobs(run.ledger) || reusesDays(run.ledger)) {
    await Promise.all([deleteJobs(run, notCleaned), sweepJobs(run, notCleaned), sweepFiles(run, notCleaned)]);
  }
  const result = resultOf(run.ledger, run.request, {
    sweptJobs: run.sweptJobs,
    notCleaned,
    ...(run.cancelReason !== undefined && { cancelReason: run.cancelReason }),
  });
  return ending.kind === 'refused' ? result : { ...result, manifest: await writeManifest(run, result) };
}

/** Whether a job of the export is known, or may be on its way. */
function hasJobs({ jobs }: Ledger): boolean {
  return jobs.some(({ jobSid, inDoubt }) => jobSid !== null || inDoubt);
}

/**
 * A day that is reused takes the place of a job: one that the export had made for it, before a reset, is known to nobody
 * but Twilio.
 */
function reusesDays({ days }: Ledger): boolean {
  return days.some(({ reused }) => reused !== null);
}

/** Pending activities of a workflow are limited, and so are Twilio's concurrent requests. */
const DELETES_AT_ONCE = 10;

/** Kept back for each job, so that also those that others have kept waiting until the end are asked for once. */
const LAST_TRY_MS = 5_000;

/** All in the time of one: a job that cannot be deleted keeps neither the others waiting nor the end. */
async function deleteJobs(run: ExportRun, notCleaned: string[]): Promise<void> {
  const jobs = run.ledger.jobs.filter((job) => job.jobSid !== null && job.fate === null);
  const lastTriesMs = Math.ceil(jobs.length / DELETES_AT_ONCE) * LAST_TRY_MS;
  const endsAtMs = Date.now() + CLEAN_UP_MS - lastTriesMs;
  const deleteNext = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift())
      await deleteJob(run, job, { notCleaned, withinMs: Math.max(LAST_TRY_MS, endsAtMs - Date.now()) });
  };
  await Promise.all(Array.from({ length: DELETES_AT_ONCE }, deleteNext));
}

async function deleteJob(
  run: ExportRun,
  job: JobRecord,
  { notCleaned, withinMs }: { notCleaned: string[]; withinMs: number },
): Promise<void> {
  if (job.jobSid === null) return;
  // One that was given up, so that its days could go out again, is not among those that the caller wants to keep.
  if (!run.deleteJob && !isAbandoned(job)) {
    job.fate = 'kept';
    return;
  }
  try {
    const { fate } = await deleteExportJob.executeWithOptions(
      { summary: formatRange(job), scheduleToCloseTimeout: withinMs },
      [{ ...run.identity, jobSid: job.jobSid }],
    );
    job.fate = fate satisfies JobFate;
  } catch (error) {
    job.fate = 'unknown';
    notCleaned.push(`Job ${job.jobSid} may still run at Twilio: ${problemOf(error)}`);
  }
}

/** Finds what a lost answer left behind. The caller's wish to keep the jobs holds for a job in doubt too. */
async function sweepJobs(run: ExportRun, notCleaned: string[]): Promise<void> {
  const { ledger, identity } = run;
  const createInDoubt = ledger.jobs.some((job) => job.inDoubt);
  if (createInDoubt && !run.deleteJob) {
    notCleaned.push('A create was under way: a job that is not named here may run on at Twilio, as asked');
    return;
  }
  // Without a job of its own, all that could be found was made before a reset: it is among what the caller wants to keep.
  if (!hasJobs(ledger) && !run.deleteJob) return;
  try {
    const keep = ledger.jobs.flatMap(({ jobSid }) => jobSid ?? []);
    const { startDay, endDay } = run.request;
    const { swept, spared = [] } = await sweepExportJobs.executeWithOptions(
      { summary: 'jobs that no answer told of' },
      [{ ...identity, startDay, endDay, keep, createInDoubt }],
    );
    run.sweptJobs.push(...swept);
    for (const job of spared)
      notCleaned.push(
        `Job ${job.jobSid} bears the marker of this export, and days that it never asked for (${formatRange(job)}): ` +
          'somebody has copied its name, and it was left as it is',
      );
  } catch (error) {
    notCleaned.push(`A job of this export that nobody knows of may run at Twilio: ${problemOf(error)}`);
  }
}

async function sweepFiles(run: ExportRun, notCleaned: string[]): Promise<void> {
  const { destination } = run.request;
  try {
    await sweepExportFiles.executeWithOptions({ summary: 'half files' }, [
      { ...run.identity, destination, days: [formatRange(run.request)] },
    ]);
  } catch (error) {
    notCleaned.push(
      `Half files, named _half…, may lie in the destination ${destination}: ${problemOf(error)}`,
    );
  }
}

async function writeManifest(run: ExportRun, result: ExportJobResult): Promise<string | null> {
  const { request, identity, ledger } = run;
  const { account, exportId, resourceType } = identity;
  const { workflowId } = workflowInfo();
  const { outcome, startDay, endDay, days, jobs, totals, notCleaned, cancelReason } = result;
  const manifest: ExportManifest = {
    schemaVersion: 1,
    workflowId,
    exportId,
    account,
    destination: request.destination,
    resourceType,
    startDay,
    endDay,
    outcome,
    startedAt: ledger.startedAt,
    endedAt: now(),
    days,
    jobs,
    totals,
    notCleaned,
    ...(cancelReason !== undefined && { cancelReason }),
  };
  try {
    const { location } = await writeExportManifest.executeWithOptions({ summary: outcome }, [
      { ...identity, destination: request.destination, workflowId, manifest },
    ]);
    return location;
  } catch (error) {
    result.notCleaned.push(`The manifest could not be written: ${problemOf(error)}`);
    return null;
  }
}
