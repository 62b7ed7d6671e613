import { createTurns } from '../../turns.ts';

/** Memory for a fixed number of parts. Whoever finds all of it taken waits, first come, first served. */
export interface PartMemory {
  /** The size of a part, where the number of parts does not ask for more. */
  partBytes: number;
  take: (bytesOfPart: number, signal: AbortSignal) => Promise<TakenPart>;
}

/** Memory of one part. */
export interface TakenPart {
  /** What it holds at first is of no meaning. */
  bytes: Uint8Array;
  /** Gives it back; `isIdle`: nobody can be reading it any more, so that it may hold another part. */
  release: (isIdle: boolean) => void;
}

/** The parts that may be in memory at once. Memory is used again: the collector would come long after it is needed. */
export function createPartMemory(parts: number, partBytes: number): PartMemory {
  const turns = createTurns(parts);
  const idle: Uint8Array[] = [];
  return {
    partBytes,
    take: async (bytesOfPart, signal) => {
      const end = await turns.take(signal);
      const kept = idle.pop();
      const bytes = kept?.length === bytesOfPart ? kept : Buffer.allocUnsafeSlow(bytesOfPart);
      return {
        bytes,
        release: (isIdle) => {
          if (isIdle) {
            idle.push(bytes);
          }
          end();
        },
      };
    },
  };
}
