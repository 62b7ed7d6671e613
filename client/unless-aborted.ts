import type { Client } from '@temporalio/client';

/**
 * What may end a wait early.
 *
 * @example
 * ```ts
 * const atMostAnHour: WaitOptions = { signal: AbortSignal.timeout(3_600_000) };
 * const { totals } = await handle.result(atMostAnHour);
 * ```
 */
export interface WaitOptions {
  /** Ends the waiting, not the export: then the signal's reason is thrown, as `fetch` does. */
  signal?: AbortSignal;
}

/**
 * Does `work`, which may wait for days and only reads, until it is done or the caller gives up. Then its requests to
 * Temporal are cancelled.
 *
 * @param work is begun anew now and then; it has to end soon after the signal that it is given.
 * @throws the reason of `signal`.
 */
export async function unlessAborted<T>(
  { connection }: Client,
  signal: AbortSignal | undefined,
  work: (signal?: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!signal) return work();
  for (;;) {
    signal.throwIfAborted();
    const round = new AbortController();
    const end = () => round.abort();
    const timer = setTimeout(end, ROUND_MS).unref();
    signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([
        connection.withAbortSignal(round.signal, () => work(round.signal)),
        rejectionAt(round.signal),
      ]);
    } catch (error) {
      if (!round.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }
}

/** The SDK leaves a listener on a signal for each request, and a wait of days makes thousands of them. */
const ROUND_MS = 10 * 60_000;

function rejectionAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
