const MS_BY_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** One day. */
export const DAY_MS = 86_400_000;

/** A century: far beyond it, instants are no dates any more. */
const LONGEST_MS = 36_525 * DAY_MS;

/** The milliseconds of a duration of the script, or null where it is none. */
export function parseDuration(duration: unknown): number | null {
  if (typeof duration === 'number') {
    return duration >= 0 && duration <= LONGEST_MS ? duration : null;
  }
  if (typeof duration !== 'string') {
    return null;
  }
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(duration);
  const unit = match?.[2]?.toLowerCase() ?? '';
  const unitMs = MS_BY_UNIT[unit] ?? MS_BY_UNIT[unit.replace(/s$/, '')];
  return match && unitMs !== undefined ? parseDuration(Number(match[1]) * unitMs) : null;
}

/** The milliseconds of a duration that the script's check has already passed; `fallbackMs` where there is none. */
export function durationMs(duration: number | string | undefined, fallbackMs: number): number {
  return parseDuration(duration) ?? fallbackMs;
}
