import type { DayStorage } from './day-storage.ts';
import { createFileStorage } from './file-storage.ts';
import { createS3Storage } from './s3/s3-storage.ts';
import { createSpool } from './spool/spool.ts';
import type { SpoolOptions } from './spool/spool.ts';

/**
 * Makes the storage of a destination from its URL, whole. Throws a `TypeError` for a URL that is none of its kind.
 *
 * @example
 * ```ts
 * const inArchive: CreateStorage = (url) => createFileStorage(url.replace('archive:', 'file:///mnt/archive'));
 * ```
 */
export type CreateStorage = (url: string) => DayStorage;

/**
 * What storages are made of.
 *
 * @example
 * ```ts
 * const options: OpenStorageOptions = {
 *   spool: { folder: '/var/spool/exports', limitBytes: 20_000_000_000 },
 *   storages: { archive: (url) => createFileStorage(url.replace('archive:', 'file:///mnt/archive')) },
 * };
 * ```
 */
export interface OpenStorageOptions {
  /** Where days lie on their way to a destination that is no disk. Default {@link DEFAULT_SPOOL}. */
  spool?: SpoolOptions;
  /** Storages of one's own by the scheme of their URLs, such as `gs`; they come before the package's own. */
  storages?: Record<string, CreateStorage>;
}

/** Beside the files of a `file:` destination, and as much as eight large days come to. */
export const DEFAULT_SPOOL: SpoolOptions = { folder: './exports-spool', limitBytes: 10_000_000_000 };

/** Gives what makes a storage from a URL, by the URL's scheme. All of them share one spool. */
export function createStorageOpener({
  spool: spooling = DEFAULT_SPOOL,
  storages = {},
}: OpenStorageOptions): CreateStorage {
  const spool = createSpool(spooling);
  const byScheme = new Map<string, CreateStorage>(
    Object.entries({
      file: createFileStorage,
      s3: (url: string) => createS3Storage(url, spool),
      ...storages,
    }),
  );
  return (url) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
    const create = byScheme.get(scheme);
    if (create === undefined) {
      const known = [...byScheme.keys()].map((name) => `${name}:`).join(', ');
      throw new TypeError(
        `a destination must be a URL that begins with one of ${known}, got ` +
          (scheme === '' ? 'a text that is no URL' : `a ${scheme}: URL`),
      );
    }
    return create(url);
  };
}
