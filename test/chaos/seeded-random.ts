import { createHash } from 'node:crypto';

/** A source of numbers that follows from its seed alone, so that a run can be planned again. */
export interface SeededRandom {
  /** From 0 to below 1. */
  fraction: () => number;
  /** A whole number between two limits, both included. */
  between: (minimum: number, maximum: number) => number;
  /** Whether something of this probability happens. */
  chance: (probability: number) => boolean;
  /** One of the list. */
  pick: <T>(list: readonly [T, ...T[]]) => T;
  /** So many hexadecimal digits. */
  hex: (length: number) => string;
  /** A source of its own for one purpose: what one part draws changes nothing for the others. */
  fork: (purpose: string) => SeededRandom;
}

/** Each number is the hash of the seed and its place: slow beside others, and nothing here draws many. */
export function createSeededRandom(seed: string): SeededRandom {
  let drawn = 0;
  const digest = (): string => {
    drawn += 1;
    return createHash('sha256')
      .update(JSON.stringify([seed, drawn]))
      .digest('hex');
  };
  const fraction = (): number => Number.parseInt(digest().slice(0, 12), 16) / 0x1_0000_0000_0000;
  const between = (minimum: number, maximum: number): number =>
    minimum + Math.floor(fraction() * (maximum - minimum + 1));
  return {
    fraction,
    between,
    chance: (probability) => fraction() < probability,
    // The index is always one of the list's.
    pick: (list) => list[between(0, list.length - 1)] as (typeof list)[0],
    hex: (length) => {
      let digits = '';
      while (digits.length < length) digits += digest();
      return digits.slice(0, length);
    },
    fork: (purpose) => createSeededRandom(JSON.stringify([seed, purpose])),
  };
}
