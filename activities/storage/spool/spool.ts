import { copyFile, lstat, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createTurns } from '../../turns.ts';
import { dayFolders, namesIn } from '../day-folders.ts';
import { isAbandonable } from '../day-path.ts';
import type { HalfFile } from '../day-storage.ts';
import type { LocalHalfFile } from '../half-file.ts';
import { removeFile } from '../half-file.ts';
import type { CopyFile } from '../own-half-file.ts';
import { StorageProblem } from '../storage-problem.ts';
import { holdInSpool } from './held-half-file.ts';

/**
 * Where days lie on their way to a destination that is no disk.
 *
 * @example
 * ```ts
 * const spool: SpoolOptions = { folder: '/var/spool/exports', limitBytes: 20_000_000_000 };
 * ```
 */
export interface SpoolOptions {
  /** A folder of this worker's own, on a disk; relative to the folder where the worker was started. */
  folder: string;
  /** How many bytes may lie there at once. */
  limitBytes: number;
}

/** Room for half files, shared by all destinations of a worker that need one. */
export interface Spool {
  /** Absolute. */
  folder: string;
  /** Throws a `StorageProblem` where there is no room for so many bytes now. */
  admit: (bytes: number) => void;
  /**
   * Makes room for `bytes` and then a new half file. It takes more as it grows, and gives all of it back when it is
   * closed. What lies in the spool and nobody works on makes way, what was touched last at the last.
   */
  create: (bytes: number, make: () => Promise<LocalHalfFile>) => Promise<HalfFile>;
  /**
   * The same for one that is made of what lies there, or null: `copy` has to be what copies it. Where there is no
   * room for a copy beside what it is made of, the copy fails with `ENOSPC`.
   */
  adopt: (make: (copy: CopyFile) => Promise<LocalHalfFile | null>) => Promise<HalfFile | null>;
}

/** What one half file has taken. */
interface Share {
  bytes: number;
  path: string | null;
}

/** What a file of unknown size takes at once: each step looks through the spool. */
const STEP_BYTES = 16 * 1024 * 1024;

/** The spool of one worker process. Nothing is touched before the first use. */
export function createSpool({ folder, limitBytes }: SpoolOptions): Spool {
  const root = resolve(folder);
  const shares = new Set<Share>();
  // One at a time: nobody makes way for two, and no file goes while it is being made.
  const turns = createTurns(1);

  function judge(bytes: number, own?: Share): void {
    if (bytes > limitBytes) {
      throw new StorageProblem(
        'full',
        `the file comes to ${bytes} bytes, and the spool holds ${limitBytes} at most [${root}]`,
        'Raise BULK_EXPORTS_SPOOL_LIMIT, or the limit of the spool among the options; it is tried again.',
      );
    }
    const taken = sumBytes([...shares].filter((share) => share !== own));
    if (taken + bytes > limitBytes) {
      throw new StorageProblem(
        'crowded',
        `the spool has no room for ${bytes} more bytes now [${root}, ${taken} of ${limitBytes} taken]`,
      );
    }
  }

  async function take(share: Share, bytes: number, spare?: string): Promise<void> {
    judge(bytes, share);
    share.bytes = bytes;
    const held = new Set([...shares].map(({ path }) => path));
    const left = (await leftovers(root)).filter(({ path }) => !held.has(path));
    let overBytes = sumBytes([...shares]) + sumBytes(left) - limitBytes;
    for (const { path, bytes: freed } of left.filter((one) => one.path !== spare)) {
      if (overBytes <= 0) {
        return;
      }
      await removeFile(path);
      overBytes -= freed;
    }
    if (overBytes > 0 && spare !== undefined) {
      throw Object.assign(new Error('ENOSPC: the spool has no room for a copy'), { code: 'ENOSPC' });
    }
  }

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = await turns.take(new AbortController().signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  return {
    folder: root,
    admit: (bytes) => judge(bytes),
    create: (bytes, make) =>
      inTurn(async () => {
        const share = open();
        try {
          if (bytes > 0) {
            await take(share, bytes);
          }
          return hold(share, await make());
        } catch (error) {
          shares.delete(share);
          throw error;
        }
      }),
    adopt: (make) =>
      inTurn(async () => {
        const share = open();
        let half: LocalHalfFile | null = null;
        try {
          half = await make(async (from, to, mode) => {
            await take(share, (await stat(from)).size, from);
            await copyFile(from, to, mode);
          });
          return half === null ? null : hold(share, half);
        } finally {
          if (half === null) {
            shares.delete(share);
          }
        }
      }),
  };

  function open(): Share {
    const share: Share = { bytes: 0, path: null };
    shares.add(share);
    return share;
  }

  function hold(share: Share, half: LocalHalfFile): HalfFile {
    share.path = half.path;
    return holdInSpool(half, {
      grow: (bytes) =>
        bytes <= share.bytes
          ? null
          : inTurn(() => take(share, Math.max(bytes, Math.min(limitBytes, roundUp(bytes))))),
      release: () => void shares.delete(share),
    });
  }
}

/** A file in the spool. */
interface Leftover {
  path: string;
  bytes: number;
  touchedAtMs: number;
}

/** Every half file of every destination, the one that was touched first at the head. */
async function leftovers(root: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const destination of await namesIn(root)) {
    for await (const folder of dayFolders(join(root, destination))) {
      for (const name of (await namesIn(folder)).filter(isAbandonable)) {
        const path = join(folder, name);
        const stats = await lstat(path).catch(() => null);
        if (stats?.isFile() === true) {
          found.push({ path, bytes: stats.size, touchedAtMs: stats.mtimeMs });
        }
      }
    }
  }
  return found.toSorted((one, other) => one.touchedAtMs - other.touchedAtMs);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
}

function sumBytes(all: { bytes: number }[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}
