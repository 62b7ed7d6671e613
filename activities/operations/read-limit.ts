import { createFailure } from '../failures.ts';

/** How many items of a list a result may hold. */
export interface LimitRule {
  doing: string;
  of: string;
  fallback: number;
  /** A result has to fit into a payload. */
  maximum: number;
}

/** The limit that is asked for, or the default. @throws `InvalidInput` */
export function readLimit(limit: number | undefined, { doing, of, fallback, maximum }: LimitRule): number {
  const read = limit ?? fallback;
  if (Number.isSafeInteger(read) && read >= 1 && read <= maximum) {
    return read;
  }
  throw createFailure('InvalidInput', {
    message: `${doing} [${of}]: limit must be a whole number from 1 to ${maximum}, got ${JSON.stringify(limit)}.`,
  });
}

/** Keeps the first items of a list, and notes whether there are more. */
export function keepFirst<Item>(
  limit: number,
  isWanted: (item: Item) => boolean = () => true,
): { keep: (item: Item) => boolean; isTruncated: () => boolean } {
  let count = 0;
  return {
    keep: (item) => isWanted(item) && ++count <= limit,
    isTruncated: () => count > limit,
  };
}
