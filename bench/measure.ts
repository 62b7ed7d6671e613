/** A megabyte, in bytes. */
export const MB = 1_000_000;

/** How long something takes. */
export async function secondsOf(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await run();
  return (performance.now() - startMs) / 1000;
}

/** The median; of an even number of values the greater of the two in the middle, of none NaN. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Whole megabytes, as text. */
export function inMb(bytes: number): string {
  return (bytes / MB).toFixed(0);
}

/** The UTC day so many days ago, as `YYYY-MM-DD`. */
export function dayBefore(count: number): string {
  return new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
}
