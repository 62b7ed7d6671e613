import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ServerBinary } from './servers.ts';

/** Where to look for a server and where to keep it. */
export interface ServerSearch {
  /** The user's own copy, named by the server's variable. */
  ownPath: string | null;
  /** The directories of the PATH, in order. */
  pathDirectories: string[];
  /** Where this package keeps what it fetched. */
  cacheDirectory: string;
  /** What the programs that fetch a server are started with. */
  env: NodeJS.ProcessEnv;
}

/** Reads where to look for `server`. */
export function readServerSearch(server: ServerBinary, env: NodeJS.ProcessEnv = process.env): ServerSearch {
  return {
    ownPath: env[server.pathVariable] || null,
    pathDirectories: (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== ''),
    cacheDirectory: join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'temporal-bulk-exports'),
    env,
  };
}
