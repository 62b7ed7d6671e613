/** Removes folders of this checkout: `node --import tsx test/support/clean.ts dist`. */
import { rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const name of process.argv.slice(2)) {
  const folder = resolve(root, name);
  if (!folder.startsWith(root) || folder === resolve(root) || name.split(sep).includes('.git')) {
    throw new Error(`Could not remove a folder [${name}]: expected one inside the checkout.`);
  }
  await rm(folder, { recursive: true, force: true });
}
