import type { HalfFile } from '../storage/day-storage.ts';

/** What is written where. */
export interface WriteBodyInput {
  body: AsyncIterable<Uint8Array>;
  half: HalfFile;
  fromBytes: number;
  batchBytes: number;
  onBytes: (sizeBytes: number) => void;
}

/**
 * Writes a body to explicit offsets, in batches, one write at a time while the next batch gathers. Whatever ends
 * it, the bytes that came are written first: a later attempt goes on from there.
 */
export async function writeBody({
  body,
  half,
  fromBytes,
  batchBytes,
  onBytes,
}: WriteBodyInput): Promise<void> {
  let atBytes = fromBytes;
  let batch: Uint8Array[] = [];
  let gatheredBytes = 0;
  let writing: Promise<void> = Promise.resolve();

  async function writeBatch(): Promise<void> {
    const chunks = batch;
    const offsetBytes = atBytes;
    atBytes += gatheredBytes;
    batch = [];
    gatheredBytes = 0;
    await writing;
    writing = half.write(chunks, offsetBytes);
    // It is awaited at the next batch; until then its failure must not count as unowned.
    writing.catch(() => {});
  }

  try {
    for await (const chunk of body) {
      batch.push(chunk);
      gatheredBytes += chunk.length;
      if (gatheredBytes >= batchBytes) {
        await writeBatch();
        onBytes(atBytes);
      }
    }
  } finally {
    await writeBatch();
    await writing;
    onBytes(atBytes);
  }
}
