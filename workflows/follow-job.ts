/** One job at Twilio, from the asking to the last day that it still owes. */
import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import type { FirstLook, JobFate } from '../activities/api.ts';
import { deleteExportJob, watchExportJob } from './activity-options.ts';
import {
  closeDeletedDays,
  closeJob,
  closeStuckDays,
  enterPicture,
  setUntoldDaysApart,
} from './bookkeeping.ts';
import { formatRange } from './calendar.ts';
import { createJob } from './create-job.ts';
import { type ExportRun, msUntil, now } from './export-run.ts';
import { type JobRecord, saysOnlyEnds } from './ledger.ts';
import { isExpected, isHopeless, nextPatienceEnd } from './plan.ts';

/** Follows a job, from the asking on or from where the run before left it. */
export async function followJob(run: ExportRun, job: JobRecord): Promise<void> {
  // A wish for a look that came while the runs changed is not lost: the new one begins with a look.
  let firstLook: FirstLook = job.jobSid === null ? 'planned' : 'soon';
  if (job.jobSid === null && !(await createJob(run, job))) return;

  let isGivenUp = false;
  while (!isGivenUp && isExpected(run.ledger, job)) {
    const isOver = await firstOf(
      () => lookUntilOver(run, job, firstLook).then(() => true),
      () => losePatience(run, job).then(() => false),
    );
    firstLook = 'planned';
    if (isOver) continue;
    isGivenUp = job.abandonedAt !== null || !(await abandon(run, job));
    // Twilio took the DELETE, and does not say that it was carried out: the clean-up asks once more.
    if (job.abandonedAt !== null && isGivenUp && !saysOnlyEnds(job)) job.fate = null;
  }
  closeJob(run.ledger, job, run.request, now());
}

/** Each look is an activity that returns on a change; between looks it waits in the engine, at no cost. */
async function lookUntilOver(run: ExportRun, job: JobRecord, begin: FirstLook): Promise<void> {
  let firstLook = begin;
  while (isExpected(run.ledger, job)) {
    const wasInterrupted = await look(run, job, { firstLook, returnUnchanged: false });
    firstLook = wasInterrupted ? 'now' : run.isLookWanted ? 'soon' : 'planned';
  }
}

/** Returns when all that the job still owes are days that have been stuck for too long. */
async function losePatience(run: ExportRun, job: JobRecord): Promise<void> {
  const { ledger, request } = run;
  while (!isHopeless(ledger, job, now(), request)) {
    const endsAt = nextPatienceEnd(ledger, job, now(), request);
    const isOtherwise = () =>
      isHopeless(ledger, job, now(), request) || nextPatienceEnd(ledger, job, now(), request) !== endsAt;
    if (endsAt === null) await condition(isOtherwise);
    else await condition(isOtherwise, msUntil(endsAt), { summary: `patience with ${formatRange(job)}` });
    run.announce();
  }
}

/**
 * Deletes a job of which nothing more is hoped, and says whether more is expected of it all the same: that it goes
 * away. Its days go out again only once it lives no more, so that there are never two live jobs for one day; or, where
 * Twilio took the DELETE and tells of the job as before, after an hour. A job whose DELETE is refused keeps the days on
 * which it may be at work.
 */
async function abandon(run: ExportRun, job: JobRecord): Promise<boolean> {
  const { ledger, request } = run;
  const isHoped = () => !isExpected(ledger, job) || !isHopeless(ledger, job, now(), request);
  // Patience ran on our clock, perhaps while nobody could look: the last word is Twilio's.
  await lookAfresh(run, job);
  if (isHoped()) return true;

  closeDeletedDays(ledger, job, now());
  setUntoldDaysApart(ledger, job);
  job.deleteInDoubt = true;
  const fate = await deleteJob(run, job);
  if (fate === 'unknown') return true;
  if (fate === 'deleted') {
    job.fate = fate;
    job.abandonedAt = now();
  }

  // Where the answer to a first DELETE was lost, the second one is refused or finds nothing: it was ours all the same.
  await lookAfresh(run, job);
  if (job.abandonedAt !== null) return true;
  // What was there a moment ago and is gone now went by our DELETE, whatever the answer to a second one was.
  if (fate === 'notDeletable' && !job.picture?.gone) job.deleteInDoubt = false;
  if (isHoped()) return true;
  if (saysOnlyEnds(job)) {
    // Twilio deletes no job that is over, and by all that it says of this one it is: what it leaves untold is not to come.
    job.fate = fate;
    job.deleteInDoubt = false;
    return false;
  }
  if (fate === 'alreadyGone') {
    job.abandonedAt = now();
    return true;
  }
  // ErrorDuringRun is no end: Twilio tries such a day again by itself, here by a job that nobody can stop. Submitted
  // again it would have two live jobs, and longer than this its caller is not patient: so it has failed.
  const problem = `The day was stuck, and its job could not be deleted [job ${job.jobSid}]`;
  closeStuckDays(ledger, job, problem, now());
  return false;
}

/** Looks until Twilio itself has answered, whatever the answer is; never faster than at the minimum interval. */
async function lookAfresh(run: ExportRun, job: JobRecord): Promise<void> {
  let firstLook: FirstLook = 'now';
  let isAnswered = false;
  while (!isAnswered) {
    const wasInterrupted = await look(run, job, { firstLook, returnUnchanged: true });
    isAnswered = !wasInterrupted && !job.picture?.problems.some(({ type }) => type !== 'UnknownStatus');
    // A problem that differs from the one before ends a look at once.
    firstLook = wasInterrupted ? 'now' : 'soon';
  }
}

/** Where the DELETE finds no end in its time, it is tried again, and at last by the clean-up, which tells of it. */
async function deleteJob(run: ExportRun, job: JobRecord): Promise<JobFate> {
  const summary = `out of patience with ${formatRange(job)}`;
  try {
    const input = { ...run.identity, jobSid: job.jobSid ?? '' };
    const { fate } = await deleteExportJob.executeWithOptions({ summary }, [input]);
    return fate;
  } catch (error) {
    if (run.isStopped) throw error;
    // A failure may also come at once.
    await run.waits.wait(() => sleep(run.request.poll.maximumIntervalMs, { summary }));
    return 'unknown';
  }
}

/** One look, and what it has shown in the ledger; says whether somebody has cut it short. */
async function look(
  run: ExportRun,
  job: JobRecord,
  how: { firstLook: FirstLook; returnUnchanged: boolean },
): Promise<boolean> {
  const { jobSid, friendlyName, startDay, endDay, createdAt, picture, inRun } = job;
  const summary = `${run.request.resourceType} ${formatRange(job)}`;
  const { poll } = run.request;
  const seen = {
    ...run.identity,
    jobSid: jobSid ?? '',
    friendlyName,
    startDay,
    endDay,
    createdAt,
    seen: picture,
    inRun,
  };
  const input = { ...seen, ...how, poll };
  const work = { name: `look ${job.submission}`, jobSid: input.jobSid };
  const watched = await run.waits.wait(() =>
    run.troubles.tryOn(work, (persistence) =>
      watchExportJob.executeWithOptions({ summary }, [{ ...input, ...persistence }]),
    ),
  );
  if (watched.interrupted) return true;
  enterPicture(run.ledger, job, watched.value, now());
  run.announce();
  return false;
}

/** The first to end; the others are cancelled, and have ended when this returns. */
async function firstOf<T>(...tasks: (() => Promise<T>)[]): Promise<T> {
  const scope = new CancellationScope();
  return scope.run(async () => {
    const running = tasks.map((task) => task());
    try {
      return await Promise.race(running);
    } finally {
      scope.cancel();
      await Promise.allSettled(running);
    }
  });
}
