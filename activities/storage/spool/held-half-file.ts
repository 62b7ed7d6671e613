import type { HalfFile } from '../day-storage.ts';

/** What a half file has to do with the room that it takes. */
export interface HeldRoom {
  /** Takes room for a file of so many bytes; null where it has it already. */
  grow: (sizeBytes: number) => Promise<void> | null;
  /** Gives all of it back. Harmless when called again. */
  release: () => void;
}

/** A half file that takes room as it grows, and gives it back when it is let go of. */
export function holdInSpool(half: HalfFile, { grow, release }: HeldRoom): HalfFile {
  const releasing = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } finally {
      release();
    }
  };
  return {
    ...half,
    write: async (chunks, offsetBytes) => {
      await grow(offsetBytes + chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      await half.write(chunks, offsetBytes);
    },
    discard: () => releasing(half.discard()),
    close: () => releasing(half.close()),
  };
}
