/** `npm run schemas`: writes the JSON Schemas of the package anew. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSchemas, SCHEMAS } from './schemas.ts';

await mkdir(SCHEMAS, { recursive: true });
for (const [name, text] of Object.entries(makeSchemas()))
  await writeFile(join(SCHEMAS, `${name}.json`), text);
