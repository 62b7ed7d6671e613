import type { ActivityParts } from './activity-parts.ts';
import type { Day, Instant, JobPicture, WatchExportJobInput } from './api.ts';
import { drawPicture, readFinalDays, readPicture, saysTheSame } from './picture/job-picture.ts';
import type { DayAccount } from './picture/read-details.ts';
import { readDetails } from './picture/read-details.ts';
import { settlePicture } from './settle-picture.ts';
import { isFinalStatus } from './twilio/day-status.ts';
import { pauseBeforeGet } from './twilio/get-pause.ts';
import type { Told, TwilioApi } from './twilio/twilio-api.ts';
import { TwilioProblem } from './twilio/twilio-problem.ts';
import type { TwilioJob } from './twilio/twilio-shapes.ts';

type LookParts = Pick<ActivityParts, 'settings' | 'random'>;

/**
 * Asks Twilio once and draws what it says. Further requests are made only for days of which a job that is over,
 * gone, or silent for an hour says nothing, and for a job that is said to be gone.
 *
 * @throws a `TwilioProblem`; of the kind `notFound` for a job that was made just now and is not to be seen yet.
 */
export async function lookAtJob(
  parts: LookParts,
  api: TwilioApi,
  watch: WatchExportJobInput,
  signal: AbortSignal,
): Promise<JobPicture> {
  const { startDay, endDay } = watch;
  const { value: job, atMs } = await fetchJob(parts, api, watch, signal);
  if (job === null) {
    return drawGoneJob(parts, { api, watch, atMs, signal });
  }
  const account = readDetails(job.details, startDay, endDay);
  const sayingSince = readSayingSince(watch, account, atMs);
  const state = judgeJob(parts, { account, watch, sayingSince, atMs });
  const settled =
    account.unaccounted.length > 0 && state !== 'underWay'
      ? await settlePicture(parts, { api, watch, ...account, mayAskDays: state === 'over', signal })
      : new Map<Day, string>();
  // A final day stays what it was. Else each look would undo what the Days list had told one before, and call it news.
  const known = watch.seen === null ? [] : [...readFinalDays(watch.seen)];
  const statusOf = new Map([...known, ...account.statusOf, ...settled]);
  const isSettled = account.unaccounted.every((day) => statusOf.has(day));
  return drawPicture({
    atMs,
    sayingSince,
    startDay,
    endDay,
    statusOf,
    byStatus: account.byStatus,
    over: state === 'over' || (state === 'silent' && isSettled),
    gone: false,
    jobQueuePosition: job.jobQueuePosition,
    estimatedCompletionTime: job.estimatedCompletionTime,
  });
}

/** Null for a job that is gone: it is so if Twilio says it twice, and not of a job that it has just made. */
async function fetchJob(
  { settings, random }: LookParts,
  api: TwilioApi,
  { jobSid, createdAt }: WatchExportJobInput,
  signal: AbortSignal,
): Promise<Told<TwilioJob | null>> {
  const first = await fetchOrNull(api, jobSid, signal);
  if (first.value !== null) {
    return first;
  }
  if (first.atMs - Date.parse(createdAt) < settings.jobAppearsWithinMs) {
    throw first.problem;
  }
  await pauseBeforeGet({ settings, random, signal });
  return await fetchOrNull(api, jobSid, signal);
}

async function fetchOrNull(
  api: TwilioApi,
  jobSid: string,
  signal: AbortSignal,
): Promise<Told<TwilioJob> | { value: null; atMs: number; problem: TwilioProblem }> {
  try {
    return await api.fetchJob(jobSid, signal);
  } catch (error) {
    if (error instanceof TwilioProblem && error.kind === 'notFound') {
      return { value: null, atMs: error.atMs, problem: error };
    }
    throw error;
  }
}

/**
 * `silent`: nothing that is said of the job is still to come, and yet days are missing, for an hour at least. It
 * is never taken for the end, however long it lasts: the job may live, and whether to give it up is for the export
 * to say.
 */
type JobState = 'underWay' | 'silent' | 'over';

function judgeJob(
  { settings }: LookParts,
  {
    account,
    watch,
    sayingSince,
    atMs,
  }: { account: DayAccount; watch: WatchExportJobInput; sayingSince: Instant; atMs: number },
): JobState {
  if (account.countsAddUp) {
    return 'over';
  }
  const says = account.byStatus.size > 0 || account.statusOf.size > 0;
  const statuses = [...account.byStatus.keys(), ...account.statusOf.values()];
  if (!statuses.every(isFinalStatus)) {
    return 'underWay';
  }
  const silentMs = atMs - Date.parse(says ? sayingSince : watch.createdAt);
  // Before a job is given up its files are looked for, however short the patience with it was.
  return watch.returnUnchanged || silentMs >= settings.unaccountedAfterMs ? 'silent' : 'underWay';
}

/** Of a job that is seen for the first time nobody knows since when it says what it says: it may be from the start. */
function readSayingSince(
  { seen, createdAt }: WatchExportJobInput,
  account: DayAccount,
  atMs: number,
): Instant {
  if (seen === null) {
    return createdAt;
  }
  return saysTheSame(seen, account) ? (seen.sayingSince ?? seen.asOf) : new Date(atMs).toISOString();
}

/** What Twilio does not know any more: final days stay what they were, the Days list tells of the others. */
async function drawGoneJob(
  parts: LookParts,
  {
    api,
    watch,
    atMs,
    signal,
  }: { api: TwilioApi; watch: WatchExportJobInput; atMs: number; signal: AbortSignal },
): Promise<JobPicture> {
  const { startDay, endDay, seen } = watch;
  const known = seen === null ? new Map<Day, string>() : readFinalDays(seen);
  const { unaccounted } = readDetails([], startDay, endDay);
  const open = unaccounted.filter((day) => !known.has(day));
  const settled =
    open.length === 0
      ? new Map<Day, string>()
      : await settlePicture(parts, {
          api,
          watch,
          unaccounted: open,
          // Of a job that is gone there are no counts, and none may be concluded from.
          unattributed: new Map([['Unknown', open.length]]),
          mayAskDays: false,
          signal,
        });
  const picture = drawPicture({
    atMs,
    sayingSince: new Date(atMs).toISOString(),
    startDay,
    endDay,
    statusOf: new Map([...known, ...settled]),
    byStatus: new Map(),
    over: true,
    gone: true,
    jobQueuePosition: null,
    estimatedCompletionTime: null,
  });
  return { ...picture, byStatus: countDays(picture) };
}

function countDays(picture: JobPicture): Record<string, number> {
  const counts = new Map<string, number>();
  for (const status of readPicture(picture).values()) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
