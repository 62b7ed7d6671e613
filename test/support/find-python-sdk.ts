import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../cli/temporal-server/run-program.ts';

/** A Python and where Temporal's SDK for it lies; or why there is none. */
export type PythonSdk = { program: string; folder: string } | { program: null; why: string };

const REQUIREMENTS = fileURLToPath(new URL('../package/python-requirements.txt', import.meta.url));

/** 15 MB over a slow line. */
const INSTALL_LIMIT_MS = 300_000;
const VERSION_LIMIT_MS = 20_000;

/** As the SDK asks for it, and without what it would need in an older one. */
const OLDEST_MINOR = 11;

/**
 * Temporal's SDK for Python, of a pinned version and by checksums: kept in the cache, else fetched into it by pip. No
 * root, no change of the user's Python.
 */
export async function findPythonSdk(): Promise<PythonSdk> {
  const program = await findPython();
  if (program === null) return { program, why: `there is no Python 3.${OLDEST_MINOR} or newer on the PATH` };
  const { XDG_CACHE_HOME } = process.env;
  const cache = join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'temporal-bulk-exports');
  const [, version] = /^temporalio==(\S+)/m.exec(await readFile(REQUIREMENTS, 'utf8'))!;
  const folder = join(cache, `python-temporalio-${version}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return { program, folder };

  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'staging-'));
  try {
    const run = await runProgram({
      program,
      args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input']
        .concat(['--target', join(staging, 'packages'), '--no-deps', '--only-binary=:all:'])
        .concat(['--require-hashes', '--requirement', REQUIREMENTS]),
      limitMs: INSTALL_LIMIT_MS,
      // A person's own pip settings must not turn the target down.
      env: { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_ROOT_USER_ACTION: 'ignore' },
    });
    if (run.exitCode !== 0) return { program: null, why: `pip ${run.outcome}: ${run.output.slice(-500)}` };
    // At once and whole; another process may have been faster.
    await rename(join(staging, 'packages'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return { program, folder };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function findPython(): Promise<string | null> {
  const isNewEnough = `import sys; sys.exit(sys.version_info < (3, ${OLDEST_MINOR}))`;
  for (const program of ['python3', 'python']) {
    const run = await runProgram({
      program,
      args: ['-c', isNewEnough],
      limitMs: VERSION_LIMIT_MS,
      env: process.env,
    });
    if (run.exitCode === 0) return program;
  }
  return null;
}
