import { createTurns } from '../turns.ts';

/** A fixed number of downloads at once, and a short queue before them. */
export interface DownloadSlots {
  /** Waits for a slot and returns what gives it back. Null where the queue is full too. */
  take: (signal: AbortSignal) => Promise<(() => void) | null>;
}

/** `slots` downloads at once; as many more may wait, so that a slot that is given back is taken at once. */
export function createDownloadSlots(slots: number): DownloadSlots {
  const turns = createTurns(slots);
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      return turns.hasFree() || turns.countWaiting() < slots ? turns.take(signal) : null;
    },
  };
}
