import { setTimeout } from 'node:timers/promises';
import { isOutage } from './outages.ts';
import { isOver, type ObservedProgress } from './progress.ts';

/**
 * How an export is watched.
 *
 * @example
 * ```ts
 * const options: WatchOptions = { intervalMs: 10_000, signal: AbortSignal.timeout(60_000) };
 * for await (const { phase } of handle.watch(options)) console.log(phase);
 * ```
 */
export interface WatchOptions {
  /** The time between two questions, in milliseconds. Default 2000. Each costs a query and a describe. */
  intervalMs?: number;
  /** Ends the watching, not the export. */
  signal?: AbortSignal;
}

/** A person sees it as live, and the server does not notice it. */
const WATCH_INTERVAL_MS = 2_000;

/**
 * Asks again and again and yields what differs from the last, the end included. Then, or on abort, it returns. Once
 * there was an answer, no answer is no end.
 */
export async function* watchProgress(
  ask: () => Promise<ObservedProgress>,
  { intervalMs = WATCH_INTERVAL_MS, signal }: WatchOptions,
): AsyncGenerator<ObservedProgress, void> {
  let last = '';
  for (;;) {
    if (signal?.aborted) return;
    const progress = await askUnlessOut(ask, { couldBeReached: last !== '', signal });
    if (progress !== null) {
      const seen = JSON.stringify(progress);
      if (seen !== last) yield progress;
      last = seen;
      if (isOver(progress)) return;
    }
    await pause(intervalMs, signal);
  }
}

/** Null where Temporal can not be reached, and could be before; and where nobody watches any more. */
async function askUnlessOut(
  ask: () => Promise<ObservedProgress>,
  { couldBeReached, signal }: { couldBeReached: boolean; signal: AbortSignal | undefined },
): Promise<ObservedProgress | null> {
  try {
    return await ask();
  } catch (error) {
    if (signal?.aborted || (couldBeReached && isOutage(error))) return null;
    throw error;
  }
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(delayMs, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
