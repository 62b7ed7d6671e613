import type { HalfFile } from '../storage/day-storage.ts';
import type { VerifiedFile } from './verify-day-file.ts';
import { verifyDayFile } from './verify-day-file.ts';

/** The proof of a half file, which keeps up with the bytes as they come. */
export interface KeptUpProof {
  /** More bytes lie there. */
  keepUp: () => void;
  /** All of them do: what they were found to be. Nothing reads the file any more when this settles. */
  finish: () => Promise<VerifiedFile>;
  /** Ends it without a verdict. Nothing reads the file any more when this returns. */
  drop: () => Promise<void>;
}

/**
 * Proves a half file from its first byte on while the last ones are still on their way: the proof takes a processor,
 * the fetch a line. Each byte is read back from where it was written, after it was, and no attempt writes there again:
 * what is proven is what lies there.
 */
export function proveWhileWritten(
  half: Pick<HalfFile, 'read' | 'sizeBytes'>,
  expectedBytes: number | null,
  signal: AbortSignal,
): KeptUpProof {
  const stop = new AbortController();
  let isAllThere = false;
  let goOn: (() => void) | null = null;

  async function* bytesAsTheyCome(): AsyncIterable<Uint8Array> {
    for (let fromBytes = 0; ;) {
      const endBytes = half.sizeBytes();
      if (fromBytes < endBytes) {
        yield* half.read({ fromBytes, endBytes });
        fromBytes = endBytes;
      } else if (isAllThere) {
        return;
      } else {
        stop.signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
    }
  }

  const proof = verifyDayFile(bytesAsTheyCome(), expectedBytes, AbortSignal.any([signal, stop.signal]));
  // Whoever finishes it hears of its failure; until then that must not count as unowned.
  proof.catch(() => {});
  return {
    keepUp: () => goOn?.(),
    finish: () => {
      isAllThere = true;
      goOn?.();
      return proof;
    },
    drop: async () => {
      stop.abort();
      goOn?.();
      await proof.catch(() => {});
    },
  };
}
