import { execFile } from 'node:child_process';
import { cp, realpath, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeShippedBundle } from './shipped-bundle.ts';

/**
 * Copies a checkout into a new folder, and writes the JavaScript of every file and the workflow's bundle there, as the
 * package has them. Each process that starts from TypeScript pays for a loader, most of a second of computing, and so
 * does each thread; a worker's process pays three more for a bundle. A run of all tests starts some hundred. Errors name
 * the lines of the checkout.
 */
export async function stageCheckout(checkout: string, folder: string): Promise<void> {
  const isWanted = (path: string) => !LEFT_OUT.has(relative(checkout, path));
  await cp(checkout, folder, { recursive: true, filter: isWanted });
  await symlink(await realpath(join(checkout, 'node_modules')), join(folder, 'node_modules'));
  await Promise.all([
    writeJavaScript(folder, pathToFileURL(`${checkout}/`).href),
    writeShippedBundle(folder),
  ]);
}

async function writeJavaScript(folder: string, sourceRoot: string): Promise<void> {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc');
  const options = `-p tsconfig.json --noEmit false --noCheck --rootDir . --sourceMap --sourceRoot ${sourceRoot}`;
  try {
    await promisify(execFile)(process.execPath, [tsc, ...options.split(' ')], { cwd: folder });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`Could not write the JavaScript of the tests: ${stdout ?? String(error)}`, {
      cause: error,
    });
  }
}

/** What no test reads, or makes for itself. */
const LEFT_OUT = new Set(['.git', 'coverage', 'dist', 'exports', 'exports-spool', 'node_modules']);
