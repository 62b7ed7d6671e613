/** The last step of `npm run build`: `node --import tsx test/support/write-bundle.ts dist`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeShippedBundle } from './shipped-bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const name of process.argv.slice(2)) await writeShippedBundle(join(root, name));
