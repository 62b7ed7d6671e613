import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityParts } from './activity-parts.ts';
import { findAccount } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { JobPicture, JobSighting, PictureProblem, PollIntervals, WatchExportJobInput } from './api.ts';
import { createFailure } from './failures.ts';
import { lookAtJob } from './look-at-job.ts';
import type { LookResult } from './metrics.ts';
import { count } from './metrics.ts';
import { isChanged } from './picture/job-picture.ts';
import { findFilesOfUnknownAge, groupByDayMade } from './picture/made-on.ts';
import { describePicture } from './picture/picture-words.ts';
import { pollDelay } from './poll-delay.ts';
import { isUnknownStatus } from './twilio/day-status.ts';
import type { ListedFiles } from './twilio/listed-files.ts';
import { createTwilioFailure, rateLimitDelay } from './twilio/twilio-failure.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';

/** Implements `watchExportJob` of the contract. */
export async function watchExportJob(parts: ActivityParts, input: WatchExportJobInput): Promise<JobPicture> {
  const { seen, firstLook, returnUnchanged, account, jobSid, resourceType } = input;
  const doing = `Could not look at the job [${jobSid}, account ${account}]`;
  const { api, files } = findAccount(parts, input, { doing });
  const enter = (result: LookResult): void => count('looks', 1, { account, result });

  return withHeartbeats(parts.settings.heartbeatMs, async ({ context, attempt: attemptOfAll, signal }) => {
    const { attempt, workflowExecution } = context.info;
    const inRun = workflowExecution?.runId;
    const isSoon = attempt === 1 && firstLook !== 'planned';
    if (seen !== null && firstLook !== 'now' && attempt === 1) {
      // The workflow has just got this picture: the first attempt only sets the time of the next.
      throw unchanged(parts, input, { picture: seen, isSoon });
    }
    let picture: JobPicture;
    try {
      picture = { ...(await lookAtJob(parts, api, input, signal)), inRun };
    } catch (error) {
      if (error instanceof TwilioProblem) {
        enter('failed');
        return pictureOfProblem(parts, { input, problem: error, doing, attempt: attemptOfAll });
      }
      throw error;
    }
    const isNews = seen === null || isChanged(seen, picture);
    enter(isNews ? 'changed' : 'unchanged');
    // The first look since a reset is news by itself: what goes away later is then known to go away after it.
    const isFirstSinceReset = Boolean(input.inRun) && input.inRun !== inRun;
    // So is one after the workflow was told that looks fail.
    if (!isNews && !returnUnchanged && !isFirstSinceReset && !input.toldOf?.length) {
      throw unchanged(parts, input, { picture, isSoon });
    }
    return await withDaysMade(files, { resourceType, seen, picture, signal });
  });
}

/** What Twilio's list of files tells is a hint: where it is not to be had, the picture goes without. */
async function withDaysMade(
  files: ListedFiles,
  {
    resourceType,
    seen,
    picture,
    signal,
  }: Pick<WatchExportJobInput, 'resourceType' | 'seen'> & { picture: JobPicture; signal: AbortSignal },
): Promise<JobPicture> {
  const days = findFilesOfUnknownAge(seen, picture);
  if (days.length === 0) {
    return picture;
  }
  try {
    const { value: listed } = await files.recent(resourceType, signal);
    return { ...picture, madeOn: groupByDayMade(days, listed) };
  } catch (error) {
    if (error instanceof TwilioProblem) {
      return picture;
    }
    throw error;
  }
}

/** The benign failure whose message is the picture in words: it is what a person reads in the Web UI. */
function unchanged(
  parts: ActivityParts,
  input: WatchExportJobInput,
  { picture, isSoon }: { picture: JobPicture; isSoon: boolean },
): ApplicationFailure {
  const { jobSid, createdAt, seen, poll } = input;
  const { asOf, byStatus, jobQueuePosition, estimatedCompletionTime } = picture;
  const sighting: JobSighting = { jobSid, asOf, byStatus, jobQueuePosition, estimatedCompletionTime };
  return createFailure('JobUnchanged', {
    message: describePicture(picture),
    details: [sighting],
    nextRetryDelayMs: isSoon
      ? poll.minimumIntervalMs
      : pollDelay({
          nowMs: Date.parse(asOf),
          createdAtMs: Date.parse(createdAt),
          lastChangeAtMs: seen === null ? null : Date.parse(seen.asOf),
          estimatedCompletionAtMs:
            estimatedCompletionTime === null ? null : Date.parse(estimatedCompletionTime),
          hasUnknownStatus: Object.keys(byStatus).some(isUnknownStatus),
          minimumMs: poll.minimumIntervalMs,
          maximumMs: poll.maximumIntervalMs,
          random: parts.random(),
        }),
  });
}

/** What looking failed with: a change of the picture the first time, a failure to be retried from then on. */
function pictureOfProblem(
  parts: ActivityParts,
  {
    input,
    problem,
    doing,
    attempt,
  }: { input: WatchExportJobInput; problem: TwilioProblem; doing: string; attempt: number },
): JobPicture {
  const { seen, poll } = input;
  const { settings, random } = parts;
  if (problem.kind === 'notFound') {
    throw notYetThere(problem, doing, poll);
  }
  const type = problemType(problem);
  const isNew = seen !== null && type !== null && !seen.problems.some((known) => known.type === type);
  const nextRetryDelayMs =
    type === null
      ? rateLimitDelay(problem, settings, random)
      : type === 'TwilioUnavailable'
        ? Math.min(poll.minimumIntervalMs * 2 ** Math.min(attempt, 20), poll.maximumIntervalMs)
        : poll.maximumIntervalMs;
  const failure = createTwilioFailure(problem, { doing, expected: 'Expected 200', nextRetryDelayMs });
  if (!isNew) {
    throw failure;
  }
  const kept = seen.problems.filter((known) => known.type === 'UnknownStatus');
  return { ...seen, problems: [...kept, { type, problem: failure.message }] };
}

/** Of a job that was made just now 404 is no news: neither its end nor a problem to be shown. */
function notYetThere(
  problem: TwilioProblem,
  doing: string,
  { minimumIntervalMs }: PollIntervals,
): ApplicationFailure {
  return createTwilioFailure(problem, {
    doing,
    expected: 'Expected 200, as the job was made a moment ago',
    nextRetryDelayMs: minimumIntervalMs,
    forAPerson: false,
    advice: 'It is asked for again: a new job may take a while to be seen everywhere.',
  });
}

/** Null for what is no problem but a matter of pace. */
function problemType({ kind }: TwilioProblem): PictureProblem['type'] | null {
  switch (kind) {
    case 'unauthorized':
      return 'AuthenticationRejected';
    case 'rejected':
    case 'notFound':
    case 'quotaExhausted':
      return 'TwilioRejected';
    case 'unavailable':
      return 'TwilioUnavailable';
    case 'rateLimited':
      return null;
  }
}
