import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common';

/** What a duration among the options may be. */
export interface DurationRule {
  /** Where none is given. */
  fallback: Duration;
  minimumMs: number;
  maximumMs: number;
  /** What it has to be, in words. */
  words: string;
}

/** How long a download may bring no bytes: an open socket was seen to stay silent for 49 minutes. */
export const STALL_TIMEOUT: DurationRule = {
  fallback: '60 seconds',
  minimumMs: 1_000,
  maximumMs: 3_600_000,
  words: 'a duration of 1 second to 1 hour such as "60 seconds"',
};

/**
 * How long one of Twilio's quotas holds. Days follow one another from 1970 on, so one of 24 hours is a day of UTC.
 * Another length is of use against a simulator alone.
 */
export const QUOTA_DAY: DurationRule = {
  fallback: '1 day',
  minimumMs: 1_000,
  maximumMs: 7 * 86_400_000,
  words: 'a duration of 1 second to 7 days such as "1 day"',
};

/** The milliseconds of a duration; null for one that breaks the rule or is none. */
export function readDuration(duration: Duration, { minimumMs, maximumMs }: DurationRule): number | null {
  const ms = toMs(duration);
  return ms >= minimumMs && ms <= maximumMs ? ms : null;
}

function toMs(duration: Duration): number {
  try {
    return msToNumber(duration);
  } catch {
    return Number.NaN;
  }
}
