import { createFileStorage, publishedPath } from '../activities/index.ts';
import type { DayFile, DayKey, DayStorage, HalfFile } from '../activities/index.ts';

/** What the store can do. An object has its name once it is whole, and `note` comes and goes with it. */
export interface OwnStore {
  check: () => Promise<void>;
  find: (name: string) => Promise<OwnNote | null>;
  put: (
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    note?: OwnNote,
    signal?: AbortSignal,
  ) => Promise<void>;
}
type OwnNote = { exportId: string; file: DayFile };

/** Days are fetched into a folder and proven there, as with `file:`, and then put into the store. */
export function createOwnStorage(url: string, store: OwnStore): DayStorage {
  const folder = createFileStorage('file:./own-spool');
  const publishing = (key: DayKey, half: HalfFile): HalfFile => ({
    ...half,
    publish: async (proof, signal) => {
      const file = { location: `${url}/${publishedPath(key)}`, ...proof };
      await store.put(publishedPath(key), half.read(), { exportId: key.exportId, file }, signal);
      await half.discard();
      return file;
    },
  });
  return {
    ...folder,
    check: async (exportId) => void (await Promise.all([folder.check(exportId), store.check()])),
    findPublished: async (key) => {
      const note = await store.find(publishedPath(key));
      return note?.exportId === key.exportId ? note.file : null;
    },
    createHalf: async (key, etag) => publishing(key, await folder.createHalf(key, etag)),
    adoptHalf: async (key) => {
      const half = await folder.adoptHalf(key);
      return half && publishing(key, half);
    },
    writeManifest: async ({ exportId, manifest }) => {
      const name = `_manifests/${exportId}.json`;
      await store.put(name, new Blob([JSON.stringify(manifest)]).stream());
      return `${url}/${name}`;
    },
  };
}
