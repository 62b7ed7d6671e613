import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile } from './half-file.ts';
import { orNull } from './or-null.ts';

/** Removes the files of a folder whose names begin so, whoever may be writing them. */
export async function removeAll(folder: string, ...prefixes: string[]): Promise<void> {
  const names = (await orNull(readdir(folder))) ?? [];
  await Promise.all(
    names
      .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
      .map((name) => removeFile(join(folder, name))),
  );
}
