import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DayFile } from '../api.ts';
import { PUBLISHED_NAME } from './day-path.ts';
import type { ByteRange, DayProof, HalfFile } from './day-storage.ts';
import { toStorageProblem } from './storage-problem.ts';

/** A published file as it was when it was proven: any later change of the file makes the proof worthless. */
export interface Verdict extends DayProof {
  inode: number;
  modifiedAtMs: number;
}

/** Which half file is opened. */
export interface OpenHalfFileInput {
  /** Absolute. */
  path: string;
  etag: string | null;
  /** Absolute, in the same folder: where the proof lies while the file is being published, and afterwards. */
  draftVerdictPath: string;
  verdictPath: string;
  /** Whether it must not be there yet. */
  isNew: boolean;
}

/** A half file that lies on a disk. */
export interface LocalHalfFile extends HalfFile {
  /** Absolute. */
  readonly path: string;
}

const READ_BYTES = 256 * 1024;

/** A half file on a local disk. */
export async function openHalfFile(input: OpenHalfFileInput): Promise<LocalHalfFile> {
  const { path, etag, isNew } = input;
  const file = await open(path, constants.O_RDWR | (isNew ? constants.O_CREAT | constants.O_EXCL : 0), 0o644);
  let sizeBytes = (await file.stat()).size;
  let isOpen = true;

  async function close(): Promise<void> {
    if (isOpen) {
      isOpen = false;
      await file.close();
    }
  }

  return {
    path,
    etag,
    sizeBytes: () => sizeBytes,
    write: (chunks, offsetBytes) =>
      named('could not write to the half file', async () => {
        await writeAll(file, chunks, offsetBytes);
        const endBytes = offsetBytes + chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        sizeBytes = Math.max(sizeBytes, endBytes);
      }),
    flush: () => named('could not flush the half file', () => file.sync()),
    read: (range) => readRange(file, range ?? { fromBytes: 0, endBytes: Number.POSITIVE_INFINITY }),
    publish: (proof) =>
      named('could not publish the file', async () => {
        const { ino: inode, mtimeMs: modifiedAtMs } = await file.stat();
        const publishedPath = join(dirname(path), PUBLISHED_NAME);
        await publishWith(input, publishedPath, { ...proof, inode, modifiedAtMs });
        await syncFolder(dirname(path));
        await close();
        return toDayFile(publishedPath, proof);
      }),
    discard: () =>
      named('could not remove the half file', async () => {
        await close();
        await removeFile(path);
      }),
    close: () => named('could not close the half file', close),
  };
}

/**
 * The proof takes its place after the file: an attempt that was given up, whose half file is gone by now, fails
 * before it touches the proof of its successor.
 */
async function publishWith(
  { path, draftVerdictPath, verdictPath }: OpenHalfFileInput,
  publishedPath: string,
  verdict: Verdict,
): Promise<void> {
  try {
    await writeFile(draftVerdictPath, JSON.stringify(verdict));
    await rename(path, publishedPath);
    await rename(draftVerdictPath, verdictPath);
  } catch (error) {
    await removeFile(draftVerdictPath);
    throw error;
  }
}

/** A published day as the contract tells it. */
export function toDayFile(path: string, { sizeBytes, records, sha256 }: DayProof): DayFile {
  return { location: pathToFileURL(path).href, sizeBytes, records, sha256 };
}

/** Whether the file at `path` is still the one of the verdict. */
export async function isUntouched(path: string, verdict: Verdict): Promise<boolean> {
  const { size, ino, mtimeMs } = await stat(path);
  return size === verdict.sizeBytes && ino === verdict.inode && mtimeMs === verdict.modifiedAtMs;
}

/** Removes a file; one that is gone already is fine. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
  });
}

/** Makes renames within a folder survive a crash. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Runs a step on the disk; its error says what was being done. */
export async function named<Result>(doing: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw toStorageProblem(doing, error);
  }
}

/** Not by a stream of the file: one that is not read to its end closes the file, whatever it is told. */
async function* readRange(file: FileHandle, { fromBytes, endBytes }: ByteRange): AsyncIterable<Uint8Array> {
  for (let atBytes = fromBytes; atBytes < endBytes;) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, endBytes - atBytes));
    const { bytesRead } = await named('could not read the half file', () =>
      file.read(buffer, 0, buffer.length, atBytes),
    );
    if (bytesRead === 0) {
      return;
    }
    yield buffer.subarray(0, bytesRead);
    atBytes += bytesRead;
  }
}

async function writeAll(file: FileHandle, chunks: Uint8Array[], offsetBytes: number): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let atBytes = offsetBytes;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, atBytes);
    atBytes += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
}

function dropBytes(chunks: Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  return chunks.flatMap((chunk) => {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    return dropped === chunk.length ? [] : [chunk.subarray(dropped)];
  });
}
