import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import type { DayProof } from '../storage/day-storage.ts';
import { createRecordCounter } from './count-records.ts';

/** What the disk holds: a whole file and its proof, or why it is none. */
export type VerifiedFile = { whole: true; proof: DayProof } | { whole: false; reason: string };

const GUNZIP_CHUNK_BYTES = 256 * 1024;
/**
 * What a file may come to, beside a quarter of a gigabyte, for each of its bytes: gzip can make a thousand of one.
 * Every record holds a SID, of which no compression leaves less than 16 bytes, so records of 4 kB would come to this.
 */
const EXPANSION_LIMIT = 250;
const EXPANSION_FREE_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file once, from its first byte, and proves it: its size, its hash, every member of its gzip with its
 * end and checksum, and nothing after the last. The decompressed bytes are counted and dropped; where they are more
 * than records can come to, it ends there.
 */
export async function verifyDayFile(
  file: AsyncIterable<Uint8Array>,
  expectedBytes: number | null,
  signal: AbortSignal,
): Promise<VerifiedFile> {
  const hash = createHash('sha256');
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  const counter = createRecordCounter();
  let sizeBytes = 0;
  let expandedBytes = 0;
  let ended = false;
  let isCut = false;
  let goOn: (() => void) | null = null;
  const finished = new Promise<string | null>((resolve) => {
    const end = (fault: string | null): void => {
      ended = true;
      resolve(fault);
      goOn?.();
    };
    gunzip.on('data', (chunk: Uint8Array) => {
      expandedBytes += chunk.length;
      isCut = expandedBytes > EXPANSION_FREE_BYTES + EXPANSION_LIMIT * sizeBytes;
      if (isCut) {
        gunzip.destroy();
        end(`more than ${expandedBytes} bytes come out of ${sizeBytes}, which no records do`);
      } else {
        counter.add(chunk);
      }
    });
    gunzip.on('drain', () => goOn?.());
    gunzip.on('end', () => end(null));
    gunzip.on('error', (error) => end(error.message));
  });

  try {
    for await (const chunk of file) {
      signal.throwIfAborted();
      if (isCut) {
        break;
      }
      sizeBytes += chunk.length;
      hash.update(chunk);
      // After its end, gunzip drops what it is given and may never call back.
      if (!ended && !gunzip.write(chunk)) {
        // Not a race with `finished`, which would hold what each chunk has added to it until the file is read.
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
    }
    if (!ended) {
      gunzip.end();
    }
    const fault = await finished;
    const reason = findFault({
      sizeBytes,
      // Of a file that was not read to its end the size says nothing.
      expectedBytes: isCut ? null : expectedBytes,
      fault,
      readBytes: gunzip.bytesWritten,
    });
    return reason === null
      ? { whole: true, proof: { sizeBytes, records: counter.finish(), sha256: hash.digest('hex') } }
      : { whole: false, reason };
  } finally {
    gunzip.destroy();
  }
}

function findFault(found: {
  sizeBytes: number;
  expectedBytes: number | null;
  fault: string | null;
  /** How far gunzip read. */
  readBytes: number;
}): string | null {
  const { sizeBytes, expectedBytes, fault, readBytes } = found;
  if (expectedBytes !== null && sizeBytes !== expectedBytes) {
    return `expected ${expectedBytes} bytes, got ${sizeBytes}`;
  }
  if (fault !== null) {
    return `expected whole gzip of ${sizeBytes} bytes, got a fault: ${fault}`;
  }
  if (readBytes !== sizeBytes) {
    return `expected gzip to the last of ${sizeBytes} bytes, got something else after ${readBytes}`;
  }
  return null;
}
