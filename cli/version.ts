import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version of this package, as it was installed. */
export function packageVersion(): string {
  const manifest = readFileSync(
    fileURLToPath(import.meta.resolve('temporal-bulk-exports/package.json')),
    'utf8',
  );
  return (JSON.parse(manifest) as { version: string }).version;
}
