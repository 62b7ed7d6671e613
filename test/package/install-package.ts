/** The package as a user has it: packed, and unpacked in a project of its own. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeShippedBundle } from '../support/shipped-bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What `package.json` asks for. */
export interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

/** The manifest of a folder; by itself of this checkout. */
export async function readManifest(folder = root): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The path of what `npm pack` makes of this checkout, whose own scripts build it. Made once in a process, which it ends with. */
export function packPackage(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  return join(folder, filename);
}

let packed: Promise<string> | undefined;

/**
 * Unpacks below a fresh `node_modules` that has the packages of these names and nothing else: links to the copies of
 * this checkout, so that there is one of each.
 */
export async function installPackage(project: string, tarball: string, names: string[]): Promise<void> {
  await mkdir(packageFolder(project), { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', packageFolder(project)], { cwd: project });
  for (const name of names) {
    const link = join(project, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link);
  }
}

/** Where the package lies in a project. */
export function packageFolder(project: string): string {
  return join(project, 'node_modules/temporal-bulk-exports');
}

/** What another version has in place of what stands here. */
export interface Edit {
  file: string;
  from: string;
  to: string;
}

/** Where a version is installed, and what of. */
export interface Installation {
  folder: string;
  tarball: string;
  version: string;
  /** In what was built: to compile each version would take seconds of computing. */
  edits: Edit[];
}

/** Installs what the package would be in another version, with these edits, and gives the folder of the project. */
export async function installVersion({ folder, tarball, version, edits }: Installation): Promise<string> {
  const project = join(folder, `project-${version}`);
  const { version: before, dependencies, peerDependencies } = await readManifest();
  await installPackage(project, tarball, Object.keys({ ...dependencies, ...peerDependencies }));
  const versionEdit = { file: 'package.json', from: `"version": "${before}"`, to: `"version": "${version}"` };
  for (const edit of [versionEdit, ...edits]) await applyEdit(packageFolder(project), edit);
  if (edits.length > 0) await writeShippedBundle(join(packageFolder(project), 'dist'));
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
  return project;
}

async function applyEdit(installed: string, { file, from, to }: Edit): Promise<void> {
  const path = join(installed, file);
  const text = await readFile(path, 'utf8');
  if (text.split(from).length !== 2)
    throw new Error(`Expected to find a text once, to make another version [${file}]: ${from}`);
  await writeFile(path, text.replace(from, to));
}
