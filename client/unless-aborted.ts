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
 * Temporal are cancelled, and it has a moment to end, so that the caller may close the connection.
 *
 * @param work is begun anew now and then; it has to end soon after the signal that it is given, and ask nothing more.
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
    const patience = patienceAfter(round.signal);
    try {
      return await Promise.race([
        patience.over,
        connection.withDeadline(Date.now() + ROUND_MS + PATIENCE_MS, () =>
          connection.withAbortSignal(round.signal, () => work(round.signal)),
        ),
      ]);
    } catch (error) {
      if (!round.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      patience.end();
      signal.removeEventListener('abort', end);
    }
  }
}

/** The SDK leaves a listener on a signal for each request, and a wait of days makes thousands of them. */
const ROUND_MS = 60_000;

/**
 * A request that is cancelled ends at once, except one that the SDK tries again: that one neither hears of it nor may
 * be waited for. It ends by the deadline.
 */
const PATIENCE_MS = 1_000;

function patienceAfter(signal: AbortSignal): { over: Promise<never>; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const begin = () => {
      timer = setTimeout(() => reject(signal.reason as Error), PATIENCE_MS);
    };
    signal.addEventListener('abort', begin, { once: true });
  });
  return { over, end: () => clearTimeout(timer) };
}
