import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAccountFolder, isDayFolder, isTypeFolder } from './day-path.ts';

/** Every folder of a day. They come in an order of chance: a sweep that is too long for its time begins elsewhere next. */
export async function* dayFolders(root: string): AsyncIterable<string> {
  // The destination itself may be a link; whatever is linked to from inside of it is not of it.
  for (const account of shuffle((await readdir(root)).filter(isAccountFolder))) {
    for (const type of shuffle((await namesIn(join(root, account))).filter(isTypeFolder))) {
      for (const day of shuffle((await namesIn(join(root, account, type))).filter(isDayFolder))) {
        yield join(root, account, type, day);
      }
    }
  }
}

/** Nothing for what is no folder, is a link to one, is gone or can not be read. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : [];
  } catch {
    return [];
  }
}

/** The same names in an order of chance. */
export function shuffle(names: string[]): string[] {
  return names
    .map((name): [number, string] => [Math.random(), name])
    .toSorted(([one], [other]) => one - other)
    .map(([, name]) => name);
}
