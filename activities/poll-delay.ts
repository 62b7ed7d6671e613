/** What the time until the next look depends on. Instants in milliseconds since 1970, all by Twilio's clock. */
export interface PollDelayInput {
  nowMs: number;
  createdAtMs: number;
  /** When something of the job changed last; null before the first look. */
  lastChangeAtMs: number | null;
  estimatedCompletionAtMs: number | null;
  /** Whether a status is among the counts that nobody knows. */
  hasUnknownStatus: boolean;
  minimumMs: number;
  maximumMs: number;
  /** From 0 to 1. */
  random: number;
}

/** The first look after something happened comes after so many minimum intervals. */
const FIRST_LOOK_INTERVALS = 3;
/** Each further look comes so many times later than the time that has passed already. */
const GROWTH = 20;
/** The jitter takes off up to this share: it spreads the looks of many exports that were started at once. */
const JITTER_SHARE = 0.05;

/**
 * How long to wait before the next look, in milliseconds, between the two limits. Shortly after a create, a
 * change or an estimated end, soon, then ever later; before an estimated end, half the way to it, and at last
 * the very moment. With 10 seconds and 15 minutes a job of 24 hours with 8 changes costs under 115 looks.
 */
export function pollDelay(input: PollDelayInput): number {
  const { nowMs, hasUnknownStatus, minimumMs, maximumMs, random } = input;
  const wantedMs = hasUnknownStatus ? maximumMs : Math.min(sinceLastEvent(input), untilEstimate(input));
  const limitMs = Math.max(minimumMs, maximumMs);
  const boundedMs = Number.isFinite(nowMs) ? Math.min(wantedMs, limitMs) : limitMs;
  return Math.max(minimumMs, boundedMs * (1 - random * JITTER_SHARE));
}

function sinceLastEvent({
  nowMs,
  createdAtMs,
  lastChangeAtMs,
  estimatedCompletionAtMs,
  minimumMs,
}: PollDelayInput): number {
  const events = [createdAtMs, lastChangeAtMs, estimatedCompletionAtMs];
  const past = events.filter((atMs): atMs is number => atMs !== null && atMs <= nowMs);
  const elapsedMs = past.length === 0 ? 0 : nowMs - Math.max(...past);
  return FIRST_LOOK_INTERVALS * minimumMs + GROWTH * elapsedMs;
}

function untilEstimate({ nowMs, estimatedCompletionAtMs, maximumMs }: PollDelayInput): number {
  if (estimatedCompletionAtMs === null || estimatedCompletionAtMs <= nowMs) {
    return Number.POSITIVE_INFINITY;
  }
  const remainingMs = estimatedCompletionAtMs - nowMs;
  return remainingMs <= maximumMs / 2 ? remainingMs : remainingMs / 2;
}
