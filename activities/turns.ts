/** A fixed number of places, taken in the order of asking. */
export interface Turns {
  /** Waits for a place and returns what gives it back. Throws the signal's reason when it aborts first. */
  take: (signal: AbortSignal) => Promise<() => void>;
  /** Whether a place is to be had without waiting. */
  hasFree: () => boolean;
  /** How many wait now. */
  countWaiting: () => number;
}

/** `places` at once; the others wait, first come, first served. */
export function createTurns(places: number): Turns {
  let free = places;
  const waiting: (() => void)[] = [];

  function createRelease(): () => void {
    let isTaken = true;
    return () => {
      if (!isTaken) {
        return;
      }
      isTaken = false;
      const next = waiting.shift();
      if (next === undefined) {
        free++;
      } else {
        // The place passes on without becoming free, so nobody overtakes.
        next();
      }
    };
  }

  async function queue(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(createRelease());
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(onTurn), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(onTurn);
    });
  }

  return {
    take: async (signal) => {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return createRelease();
      }
      return queue(signal);
    },
    hasFree: () => free > 0,
    countWaiting: () => waiting.length,
  };
}
