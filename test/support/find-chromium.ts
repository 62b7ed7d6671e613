import { existsSync } from 'node:fs';

/** Where Debian's package and others put it. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The path of a Chromium for the tests with Temporal's Web UI, or why they are skipped.
 *
 * @throws Error in CI, where `.ci/run` installs it: nothing is skipped there.
 */
export function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  isThere: (path: string) => boolean = existsSync,
): { path: string; skip: false } | { path: null; skip: string } {
  const path = env['CHROMIUM_PATH'] ?? PATHS.find(isThere);
  if (path !== undefined) return { path, skip: false };
  const missing = `Chromium is not installed (${PATHS.join(', ')} or CHROMIUM_PATH)`;
  if (env['CI'] === 'true') throw new Error(missing);
  return { path: null, skip: `${missing}: apt-get install chromium` };
}
