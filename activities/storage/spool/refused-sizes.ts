import { StorageProblem } from '../storage-problem.ts';

/** What days came to that found no room, so that no link is asked for in vain. */
export interface RefusedSizes {
  /** Undefined where the day found room the last time. */
  of: (day: string) => number | undefined;
  /** Learns from an attempt to make room, and gives what it gives. */
  learn: <Made>(day: string, bytes: number, made: Promise<Made>) => Promise<Made>;
  forget: (day: string) => void;
}

/** Each takes some hundred bytes, and a day may well be brought home by another worker. */
const MOST_DAYS = 1_000;

/** A memory that forgets the oldest beyond a number. */
export function createRefusedSizes(mostDays = MOST_DAYS): RefusedSizes {
  const sizes = new Map<string, number>();
  return {
    of: (day) => sizes.get(day),
    learn: async (day, bytes, made) => {
      sizes.delete(day);
      try {
        return await made;
      } catch (error) {
        // A size that the spool never takes is not kept: it may be untrue, and nobody would ever ask for another.
        if (error instanceof StorageProblem && error.kind === 'crowded') {
          sizes.set(day, bytes);
        }
        const [oldest] = sizes.keys();
        if (sizes.size > mostDays && oldest !== undefined) {
          sizes.delete(oldest);
        }
        throw error;
      }
    },
    forget: (day) => void sizes.delete(day),
  };
}
