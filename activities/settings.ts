/**
 * Every tuning number of the activities, with its unit and its reason. Tests pass small ones; nobody else should
 * need to.
 *
 * @example
 * ```ts
 * const settings: Partial<ActivitySettings> = { settleMs: 100, dayRecheckMs: 50, slowRetryMs: 200 };
 * ```
 */
export interface ActivitySettings {
  /**
   * How long Twilio gets after an answer that left doubt before its jobs list is believed. A request that the
   * client gave up may still be on its way, and was seen to make a second job half a minute later.
   */
  settleMs: number;
  /**
   * For how long after its begin an attempt may send a create. A worker that is cut off from the engine goes on with
   * its attempt and knows nothing of the one that follows it. That one comes once heartbeats have been missing for 30
   * seconds, and searches after `settleMs` more, 90 seconds after the begin at the earliest: half of them are left for
   * the request to arrive. An attempt that settled itself is past its time; the next one, which need not, sends it.
   */
  createWithinMs: number;
  /** From heartbeat to heartbeat, at most; a third of the activity's own heartbeat timeout where that is less. */
  heartbeatMs: number;
  /** How long a destination may take to say whether it can be written to. */
  storageCheckMs: number;
  /** How long Twilio may take for the headers of an answer, and from piece to piece of its body. */
  requestTimeoutMs: number;
  /**
   * How long an answer may take to be whole: a byte now and then is never late, and would hold an attempt until the
   * engine ends it without a word. The largest page needs seconds.
   */
  answerTimeoutMs: number;
  /** How often a GET is sent within one attempt of an activity before Twilio counts as unavailable. */
  getTries: number;
  /**
   * For how long after it was asked for a GET is sent again, waits for its turns included. Three tries that Twilio
   * leaves without an answer fit; where many wait behind each other for such answers, one has to do.
   */
  getTriesWithinMs: number;
  /**
   * How long a request may wait for its turn. With the tries it stays below the ten minutes of an attempt, which would
   * end without a word of what is wrong.
   */
  turnWithinMs: number;
  /** The shortest and the longest pause between two tries: a reset or a 502 is mostly over in a second. */
  getPauseMinimumMs: number;
  getPauseMaximumMs: number;
  /** No JSON answer of this API comes near: 20,000 jobs are 10 MB. */
  answerLimitBytes: number;
  /** Pages of a list that are followed: 50 of 1,000 jobs are more than seven days of jobs of any account. */
  listPages: number;
  /**
   * How old a reading of the list of files may be where one from before a download is asked for. A file that was made
   * later shows by its age, and has the list read anew.
   */
  filesRecentMs: number;
  /** What a 429 without Retry-After means. */
  rateLimitedMs: number;
  /** The longest that a Retry-After is obeyed: servers were seen to ask for hours. */
  retryAfterCapMs: number;
  /** From a create in doubt to its next attempt, which settles first. */
  createRetryMs: number;
  /** How long one of Twilio's quotas holds. */
  quotaDayMs: number;
  /** The quota starts anew at midnight UTC for everybody: spread the rush. A tenth of a shorter quota day. */
  quotaJitterMs: number;
  /** Until a person has mended something: credentials, a full disk, permissions. */
  slowRetryMs: number;
  /** For how long what fails is tried again before it is worth a word to whoever watches: most of it is over by then. */
  tellAfterMs: number;
  /** How long details may say nothing of a day before the Days list is asked: a new job has none at first. */
  unaccountedAfterMs: number;
  /**
   * How long after a create Twilio may answer 404 for the job without being believed: it says so of what another
   * of its machines has just made, and a job that is gone ends all its days.
   */
  jobAppearsWithinMs: number;
  /** Day requests at once while days are settled: Twilio limits the concurrent requests of a whole account. */
  settleRequestsAtOnce: number;
  /** No bytes for so long are a stall: an open socket was seen to stay silent for 49 minutes. */
  stallMs: number;
  /** How long a completed day may have no file before it counts as expired. */
  dayAppearsWithinMs: number;
  /** From one question to the next meanwhile. */
  dayRecheckMs: number;
  /** Bytes a write: fewer are many system calls; more are memory times the slots, and fetched again after a kill. */
  writeBatchBytes: number;
  /**
   * How old a link may be when it is used: it is good for about four minutes, and making a copy of a large half
   * file may take them.
   */
  linkFreshMs: number;
  /**
   * The first and the longest wait, up to double for jitter, when all slots and all places in the queue before
   * them are taken: hundreds of days may wait for a few slots.
   */
  slotsBusyMs: number;
  slotsBusyMaximumMs: number;
  /**
   * How long nobody may have touched a half file before it counts as left behind. An attempt lasts a day at most, and
   * each has a file of its own; an export that no worker could serve for two days begins its file anew.
   */
  staleHalfMs: number;
  /** How long the end of an export may take to look for such files of others. */
  staleSweepMs: number;
  /** Manifests of earlier exports that are looked at for days to reuse, the newest: an export a day for three years. */
  earlierManifests: number;
  /** A larger one is none of ours: 366 days and 366 jobs, each with the longest problem, are 500 kB. */
  manifestLimitBytes: number;
  /** Published files that are read anew at once: one keeps a disk busy, two a network disk. */
  proofsAtOnce: number;
  /** Files or jobs that clean-up removes at once; Twilio limits the concurrent requests of a whole account. */
  sweepAtOnce: number;
}

/**
 * What the package runs with, where the options do not say otherwise.
 *
 * @example
 * ```ts
 * console.log(`A day that appears after ${defaultSettings.dayAppearsWithinMs / 60_000} minutes has expired.`);
 * ```
 */
export const defaultSettings: ActivitySettings = {
  settleMs: 60_000,
  createWithinMs: 45_000,
  heartbeatMs: 5_000,
  storageCheckMs: 30_000,
  requestTimeoutMs: 30_000,
  answerTimeoutMs: 2 * 60_000,
  getTries: 3,
  getTriesWithinMs: 2 * 60_000,
  turnWithinMs: 4 * 60_000,
  getPauseMinimumMs: 500,
  getPauseMaximumMs: 2_000,
  answerLimitBytes: 32 * 1024 * 1024,
  listPages: 50,
  filesRecentMs: 60_000,
  rateLimitedMs: 10_000,
  retryAfterCapMs: 15 * 60_000,
  createRetryMs: 1_000,
  quotaDayMs: 86_400_000,
  quotaJitterMs: 10 * 60_000,
  slowRetryMs: 5 * 60_000,
  tellAfterMs: 2 * 60_000,
  unaccountedAfterMs: 60 * 60_000,
  jobAppearsWithinMs: 10 * 60_000,
  settleRequestsAtOnce: 4,
  stallMs: 60_000,
  dayAppearsWithinMs: 10 * 60_000,
  dayRecheckMs: 30_000,
  writeBatchBytes: 256 * 1024,
  linkFreshMs: 60_000,
  slotsBusyMs: 10_000,
  slotsBusyMaximumMs: 60_000,
  staleHalfMs: 48 * 60 * 60_000,
  staleSweepMs: 60_000,
  earlierManifests: 1_000,
  manifestLimitBytes: 4 * 1024 * 1024,
  proofsAtOnce: 2,
  sweepAtOnce: 8,
};
