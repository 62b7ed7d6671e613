import { open } from 'node:fs/promises';

/** Writes a file that must not be there yet, and returns once it would survive a crash. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
