import { fileURLToPath } from 'node:url';

/** How Node starts a program of this checkout. */
export interface NodeProgram {
  path: string;
  /** What Node is told before the path. */
  execArgv: string[];
}

/**
 * The program at the URL of its source: as it stands where a test is run alone, and as the JavaScript beside it in a run
 * of `run.ts`, which starts without a loader.
 */
export function nodeProgram(source: URL): NodeProgram {
  const path = fileURLToPath(source);
  return import.meta.url.endsWith('.ts')
    ? { path, execArgv: ['--import', import.meta.resolve('tsx')] }
    : { path: path.replace(/\.ts$/, '.js'), execArgv: [] };
}
