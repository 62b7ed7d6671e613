/** One job at Twilio, from the asking to the last day that it still owes. */
import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import type { QuotaExhaustedDetails } from '../activities/api.ts';
import { createExportJob, deleteExportJob, watchExportJob } from './activity-options.ts';
import { formatRange, type Range } from './calendar.ts';
import { applicationFailureOf, isFailureOfType, problemOf } from './failures.ts';
import { type ExportRun, msUntil, now } from './export-run.ts';
import { closeDay, closeJob, enterPicture, enterSubmission, type JobRecord, waitingDays } from './ledger.ts';
import { isHopeless, nextPatienceEnd } from './plan.ts';

/** Submits a range and follows its job. The days come and go in the ledger while it runs. */
export async function followJob(run: ExportRun, range: Range): Promise<void> {
  const job = enterSubmission(run.ledger, range, now());
  const isCreated = await create(run, job);
  if (!isCreated) return;

  const isOver = await firstOf(
    () => lookUntilOver(run, job).then(() => true),
    () => losePatience(run, job).then(() => false),
  );
  if (isOver) closeJob(run.ledger, job, { request: run.request, now: now(), abandoned: false });
  else await abandon(run, job);
}

/** How long to wait where an export that is under way can not go on submitting: a person has to act. */
const OBSTACLE_RETRY_MS = 5 * 60_000;

/** Whether the job came to be. A refusal is final for an export that begins, and an obstacle for one under way. */
async function create(run: ExportRun, job: JobRecord): Promise<boolean> {
  const { request, identity, ledger } = run;
  const isFirst = ledger.jobs.every(({ jobSid }) => jobSid === null);
  for (;;) {
    try {
      job.inDoubt = true;
      const { jobSid, friendlyName, createdAt } = await createExportJob.executeWithOptions(
        { summary: `${request.resourceType} ${formatRange(job)}` },
        [
          {
            ...identity,
            destination: request.destination,
            startDay: job.startDay,
            endDay: job.endDay,
            friendlyName: request.friendlyName,
            submission: job.submission,
            ...(request.webhook && { webhook: request.webhook }),
            ...(request.email !== undefined && { email: request.email }),
          },
        ],
      );
      Object.assign(job, {
        jobSid,
        friendlyName,
        createdAt,
        lastSeenAt: createdAt,
        obstacle: null,
        inDoubt: false,
      });
      run.announce();
      return true;
    } catch (error) {
      const failure = applicationFailureOf(error);
      if (!isRefusal(error)) throw error;
      job.inDoubt = false;
      const quota = isFailureOfType(error, 'QuotaExhausted');
      if (isFirst && !quota) throw error;
      if (isFailureOfType(error, 'ExportRejected')) {
        for (const record of waitingDays(ledger, job))
          closeDay(record, { outcome: 'failed', problem: problemOf(error) });
        job.over = true;
        return false;
      }
      job.obstacle = { problem: problemOf(error), since: job.obstacle?.since ?? now(), quota };
      run.announce();
      const details = failure?.details?.[0] as QuotaExhaustedDetails | undefined;
      await run.waits.wait(() =>
        quota
          ? sleep(details?.retryAfterMs ?? OBSTACLE_RETRY_MS, {
              summary: "waiting for Twilio's quota of tomorrow",
            })
          : sleep(OBSTACLE_RETRY_MS, { summary: `waiting before asking again: ${failure?.type}` }),
      );
    }
  }
}

/** Each look is an activity that returns on a change; between looks it waits in the engine, at no cost. */
async function lookUntilOver(run: ExportRun, job: JobRecord): Promise<void> {
  let lookNow = false;
  while (!job.picture?.over) {
    const look = await run.waits.wait(() =>
      watchExportJob.executeWithOptions({ summary: `${run.request.resourceType} ${formatRange(job)}` }, [
        {
          ...run.identity,
          jobSid: job.jobSid ?? '',
          friendlyName: job.friendlyName,
          startDay: job.startDay,
          endDay: job.endDay,
          createdAt: job.createdAt,
          seen: job.picture,
          lookNow,
          poll: run.request.poll,
        },
      ]),
    );
    lookNow = look.interrupted;
    if (look.interrupted) continue;
    enterPicture(run.ledger, job, look.value, now());
    run.announce();
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

/** Deletes a job of which nothing more is hoped. Its days go out again only once it is gone: never two for one day. */
async function abandon(run: ExportRun, job: JobRecord): Promise<void> {
  const { fate } = await deleteExportJob
    .executeWithOptions({ summary: `out of patience with ${formatRange(job)}` }, [
      { ...run.identity, jobSid: job.jobSid ?? '' },
    ])
    .catch((error: unknown) => {
      if (run.isStopped) throw error;
      return { fate: 'unknown' as const };
    });
  job.fate = fate;
  if (fate === 'notDeletable' || fate === 'unknown') {
    const problem = `Day ran out of patience, and its job could not be deleted (${fate}) [job ${job.jobSid}]`;
    for (const record of waitingDays(run.ledger, job)) closeDay(record, { outcome: 'failed', problem });
  }
  closeJob(run.ledger, job, { request: run.request, now: now(), abandoned: true });
}

/** Whether Twilio, or our own worker, has said no: then nothing of this create is still on its way. */
function isRefusal(error: unknown): boolean {
  return (
    isFailureOfType(error, 'QuotaExhausted') ||
    isFailureOfType(error, 'ExportRejected') ||
    isFailureOfType(error, 'AuthenticationRejected') ||
    isFailureOfType(error, 'InvalidInput') ||
    isFailureOfType(error, 'StorageRejected')
  );
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
