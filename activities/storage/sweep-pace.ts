/** Every folder of a day is looked into: once in an hour is enough for what is days old. */
const STALE_SWEEP_INTERVAL_MS = 3_600_000;

/** Says whether it is time to look for what is stale, and takes a yes for done. */
export function createSweepPace(): () => boolean {
  let sweptAtMs = -Infinity;
  return () => {
    if (performance.now() - sweptAtMs < STALE_SWEEP_INTERVAL_MS) {
      return false;
    }
    sweptAtMs = performance.now();
    return true;
  };
}
