import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What is compiled, and to where. */
export interface Compilation {
  /** A folder of TypeScript. */
  source: string;
  /** Gets the same tree of JavaScript. */
  built: string;
  /** A tsconfig.json whose options hold. */
  baseConfig: string;
}

/**
 * Compiles a folder file by file. Types are not checked.
 *
 * @throws where a file is no TypeScript: the compiler would make something of it all the same.
 */
export async function compile({ source, built, baseConfig }: Compilation): Promise<void> {
  const config = join(dirname(source), 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    noResolve: true,
    types: [],
    rootDir: source,
    outDir: built,
  };
  await writeFile(config, JSON.stringify({ extends: baseConfig, compilerOptions, include: [source] }));
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc');
  const faults = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, '-p', config], { cwd: source }, (error, stdout) => {
      resolve(error === null ? '' : stdout || error.message);
    });
  });
  if (faults !== '') {
    throw new Error(`Could not compile a copy of the simulator [${source}]:\n${faults}`);
  }
}
