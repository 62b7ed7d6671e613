import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The absolute path of a destination that is written as a `file:` URL: `file:///srv/exports`, or relative to the
 * folder where the worker was started: `file:./exports`.
 *
 * @throws a `TypeError` that says what was expected and what came.
 */
export function parseFileDestination(url: string, workingFolder: string = process.cwd()): string {
  const scheme = /^file:/i.exec(url)?.[0];
  const rest = url.slice(scheme?.length ?? 0);
  if (scheme === undefined || rest === '' || /[?#]/.test(rest)) {
    throw new TypeError(
      `a destination must be a file: URL such as file:./exports, got ${JSON.stringify(url)}`,
    );
  }
  try {
    return rest.startsWith('/') ? fileURLToPath(url) : resolve(workingFolder, decodeURIComponent(rest));
  } catch {
    throw new TypeError(`a destination must be a file: URL without a host, got ${JSON.stringify(url)}`);
  }
}
