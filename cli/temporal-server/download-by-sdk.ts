import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FetchServer } from './find-server.ts';
import { runProgram } from './run-program.ts';

/** Long enough for a slow handshake, short enough not to be noticed where a firewall swallows packets. */
const PROBE_LIMIT_MS = 4_000;
/** 45 MB over a slow line. */
const DOWNLOAD_LIMIT_MS = 180_000;

/** Where the SDK downloads from. Only asked whether it answers. */
const DOWNLOAD_ORIGIN = 'https://temporal.download';

/**
 * Lets the Temporal SDK download its server. The SDK offers no limit of time and no way to stop, so it runs in a
 * process of its own, once the host was seen to answer.
 */
export const downloadBySdk: FetchServer = async ({ server, stagingDirectory, env, say }) => {
  if (server.sdkEnvironment === undefined) return { path: null, outcome: 'does not have it' };
  const unreachable = await probe();
  if (unreachable !== null) {
    return { path: null, outcome: `${DOWNLOAD_ORIGIN} can not be reached (${unreachable})` };
  }

  say(
    `Downloading ${server.program} ${server.version} with the Temporal SDK (about ${server.megabytes} MB) …`,
  );
  const directory = join(stagingDirectory, 'sdk');
  await mkdir(directory);
  const program = fileURLToPath(new URL(`./sdk-download${ownExtension()}`, import.meta.url));
  const run = await runProgram({
    program: process.execPath,
    args: [...process.execArgv, program, server.sdkEnvironment, `v${server.version}`, directory],
    limitMs: DOWNLOAD_LIMIT_MS,
    env,
  });
  if (run.outcome === 'timedOut') {
    return { path: null, outcome: `did not end within ${DOWNLOAD_LIMIT_MS / 1_000} seconds` };
  }
  const [file] = await readdir(directory);
  if (run.exitCode !== 0 || file === undefined) {
    return { path: null, outcome: run.output.trim().split('\n').at(-1) ?? 'failed' };
  }
  return { path: join(directory, file) };
};

async function probe(): Promise<string | null> {
  try {
    const answer = await fetch(DOWNLOAD_ORIGIN, {
      method: 'HEAD',
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    });
    await answer.body?.cancel();
    return null;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** `.ts` from source and `.js` from the published package: the compiler rewrites imports only. */
function ownExtension(): string {
  return import.meta.url.slice(import.meta.url.lastIndexOf('.'));
}
