/** The least that S3 takes as a part that is not the last is 5 MiB. */
export const PART_BYTES = 8 * 1024 * 1024;
/** Of one object, at most. */
const PARTS_LIMIT = 10_000;
const MIB_BYTES = 1024 * 1024;

/** The size of the parts of an object, all but the last: some stores, such as R2, want them alike. `partBytes`: the least. */
export function partBytesOf(sizeBytes: number, partBytes: number): number {
  const leastBytes = Math.ceil(sizeBytes / PARTS_LIMIT);
  return Math.max(partBytes, Math.ceil(leastBytes / MIB_BYTES) * MIB_BYTES);
}

/** Bytes that are read part by part. */
export interface PartReader {
  /** Fills a part from its beginning, and gives how far: less than its length at the end alone, then 0. */
  readInto: (part: Uint8Array) => Promise<number>;
  /** Ends the reading. */
  close: () => Promise<void>;
}

/** Reads bytes into the memory of parts. */
export function readParts(bytes: AsyncIterable<Uint8Array>): PartReader {
  const chunks = bytes[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return {
    readInto: async (part) => {
      let filledBytes = 0;
      while (filledBytes < part.length) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done === true) {
            break;
          }
          rest = next.value;
        }
        const taken = rest.subarray(0, part.length - filledBytes);
        part.set(taken, filledBytes);
        filledBytes += taken.length;
        rest = rest.subarray(taken.length);
      }
      return filledBytes;
    },
    close: async () => {
      await chunks.return?.();
    },
  };
}
