import { hash } from 'node:crypto';

/** So many hexadecimal digits (at most 64) that follow from the parts alone. */
export function hexOf(length: number, ...parts: (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, length);
}

/** A number from 0 to below 1 that follows from the parts alone. */
export function fractionOf(...parts: (string | number)[]): number {
  return Number.parseInt(hexOf(12, ...parts), 16) / 0x1_0000_0000_0000;
}

/** A source of numbers that follows from its seed alone. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number;
  /** One of the list. */
  pick: <T>(list: readonly [T, ...T[]]) => T;
  /** So many hexadecimal digits. */
  hex: (length: number) => string;
}

/** Makes a source of numbers: small, fast and good enough for made-up records; no secret may come from it. */
export function createRandom(...seed: (string | number)[]): Random {
  let state = Number.parseInt(hexOf(8, ...seed), 16);
  const next = (): number => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 0x1_0000_0000) * limit);
  return {
    below,
    // The index is always one of the list's; null may stand in it.
    pick: (list) => list[below(list.length)] as (typeof list)[0],
    hex: (length) => {
      let digits = '';
      while (digits.length < length) {
        digits += next().toString(16).padStart(8, '0');
      }
      return digits.slice(0, length);
    },
  };
}
