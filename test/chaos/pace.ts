/**
 * How fast everything goes in a chaos run, in one place. Twilio's time passes 600 times as fast; what the product
 * waits for by its own clock is shortened about tenfold, so that the proportions stay: an answer that was lost
 * settles for longer than any request stays on its way, a heartbeat times out earlier than that, and an attempt that
 * has settled is past the time within which it sends a create.
 */
import type { Duration } from '@temporalio/common';
import type { ActivitySettings } from '../../activities/index.ts';

/** So many seconds of Twilio's pass in one of ours: ten minutes are one. */
export const SPEED = 600;

/** What a fault delays, in real time, stays below `settleMs`. */
export const SLOW_ANSWER_MS = 300;

/** In Twilio's time: a second of ours. */
export const CARRIED_OUT_LATE = '10 minutes';

/**
 * The settings of the worker. A worker has to live longer than `settleMs`, or no create that is in doubt comes to its
 * end. What is measured by Twilio's clock keeps its default. */
export const paceOfActivities: Partial<ActivitySettings> = {
  settleMs: 2_500,
  createWithinMs: 2_000,
  heartbeatMs: 500,
  storageCheckMs: 10_000,
  requestTimeoutMs: 3_000,
  getPauseMinimumMs: 20,
  getPauseMaximumMs: 100,
  rateLimitedMs: 300,
  retryAfterCapMs: 1_500,
  createRetryMs: 100,
  slowRetryMs: 500,
  stallMs: 1_500,
  dayRecheckMs: 300,
  slotsBusyMs: 300,
  slotsBusyMaximumMs: 2_000,
};

/** Days that an account may ask for in a day of Twilio's: the longest export fits, and not all that it submits again. */
export const QUOTA_DAYS = 12;

/** What the workers take for one of Twilio's days: so soon they ask again after a refusal. */
export const QUOTA_DAY: Duration = '2 seconds';

/** What the engine waits for until it notices that a worker was killed: by the run's own interceptor. */
export const paceOfEngine = {
  /** The heartbeat timeouts of the activities are divided by this: 30 seconds become 3. */
  heartbeatDivisor: 10,
  /** The only activity without a heartbeat is known to have been lost after so long. */
  startToCloseWithoutHeartbeat: '10 seconds',
  /** The first pause of a retry and the longest. */
  initialInterval: '100 milliseconds',
  maximumInterval: '1 second',
} satisfies Record<string, Duration | number>;

/** After so long a workflow task of a worker that was killed goes to another. */
export const WORKFLOW_TASK_TIMEOUT = '4 seconds';

/** After so long a workflow that a killed worker had cached is taken up by another. */
export const STICKY_TIMEOUT = '1 second';

/** Heartbeats reach the server at least so often, busy as the machine may be. */
export const HEARTBEAT_THROTTLE = '500 milliseconds';

/**
 * How long a worker is held: longer than the heartbeat timeout of a download, so that a successor starts beside it, and
 * shorter than this and `settleMs` together, the time within which a create that is on its way has to arrive.
 */
export const PAUSE_MS = { minimum: 3_300, maximum: 4_500 } as const;

/** How long one activity is paused, and the time from one reset or pause to the next. */
export const ACTIVITY_PAUSE_MS = 1_500;
export const BETWEEN_DISTURBANCES_MS = 1_500;
