/** A fixed number of downloads at once, and a short queue before them. */
export interface DownloadSlots {
  /** Waits for a slot and returns what gives it back. Null where the queue is full too. */
  take: (signal: AbortSignal) => Promise<(() => void) | null>;
}

/** `slots` downloads at once; as many more may wait, so that a slot that is given back is taken at once. */
export function createDownloadSlots(slots: number): DownloadSlots {
  let free = slots;
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
        // The slot passes on without becoming free, so nobody overtakes.
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
      return waiting.length < slots ? queue(signal) : null;
    },
  };
}
