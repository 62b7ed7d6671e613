import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptVerdictName, halfName, halfPrefix, readHalfEtag, verdictName } from './day-path.ts';
import type { LocalHalfFile } from './half-file.ts';
import { openHalfFile, removeFile } from './half-file.ts';
import { orNull } from './or-null.ts';

/** Copies a file to a new name, as `copyFile` of `node:fs/promises` does. */
export type CopyFile = (from: string, to: string, mode: number) => Promise<void>;

/** Makes an empty half file of this attempt alone. */
export async function createHalf(
  folder: string,
  exportId: string,
  etag: string | null,
): Promise<LocalHalfFile> {
  const make = async (): Promise<LocalHalfFile> => {
    await mkdir(folder, { recursive: true });
    return openHalfFile({ ...ownPaths(folder, exportId, etag), etag, isNew: true });
  };
  // Another export's clean-up may remove the empty folder between the two steps.
  return (await orNull(make())) ?? make();
}

/**
 * The longest half file of the attempts before, as one of this attempt alone; the others are removed. Null where
 * there is none to go on from, or where the disk has no room for the copy: then its room is given back, and the
 * file is fetched from its beginning.
 */
export async function adoptHalf(
  folder: string,
  exportId: string,
  copy: CopyFile = copyFile,
): Promise<LocalHalfFile | null> {
  const names = ((await orNull(readdir(folder))) ?? []).filter((name) =>
    name.startsWith(halfPrefix(exportId)),
  );
  const halves = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      etag: readHalfEtag(name, exportId),
      sizeBytes: (await orNull(stat(join(folder, name))))?.size ?? 0,
    })),
  );
  const longest = halves
    .filter((half) => half.etag !== null && half.sizeBytes > 0)
    .reduce<(typeof halves)[number] | null>(
      (best, half) => (best === null || half.sizeBytes > best.sizeBytes ? half : best),
      null,
    );
  let adopted: LocalHalfFile | null = null;
  if (longest !== null) {
    const { etag } = longest;
    const paths = ownPaths(folder, exportId, etag);
    if (await copyIfRoom(copy, longest.path, paths.path)) {
      adopted = await openHalfFile({ ...paths, etag, isNew: false });
    }
  }
  await Promise.all(halves.map(({ path }) => removeFile(path)));
  return adopted;
}

/** No space, no quota, or a file that may not be so long. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A copy, where the disk can do it one of references alone: the attempt before may still hold its file open. */
async function copyIfRoom(copy: CopyFile, from: string, to: string): Promise<boolean> {
  try {
    await copy(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    await removeFile(to);
    if (error instanceof Error && 'code' in error && NO_ROOM.has(error.code)) {
      return false;
    }
    throw error;
  }
}

function ownPaths(
  folder: string,
  exportId: string,
  etag: string | null,
): { path: string; draftVerdictPath: string; verdictPath: string } {
  const attemptId = newAttemptId();
  return {
    path: join(folder, halfName(exportId, etag, attemptId)),
    draftVerdictPath: join(folder, attemptVerdictName(exportId, attemptId)),
    verdictPath: join(folder, verdictName(exportId)),
  };
}

/** Eight hex digits that no other attempt has. */
export function newAttemptId(): string {
  return randomBytes(4).toString('hex');
}
