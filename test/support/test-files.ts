import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Those that take longest, first: one that began last would run alone at the end, when the other core has nothing
 * left to do.
 */
const LONGEST = [
  'chaos/chaos',
  'end-to-end/engine-reset',
  'package/deploy',
  'end-to-end/twilio-trouble',
  'end-to-end/engine-restart',
  'end-to-end/engine-pause',
  'cli/demo',
  'worker/kill-around-requests',
  'worker/kill-at-download',
  'worker/reap',
  'workflows/continue-as-new',
  'package/worked-example',
  'workflows/export-job',
  'worker/worker-process',
  'package/tarball',
].map((name) => join('test', `${name}.test.ts`));

/**
 * Folders whose files share a process: they need no engine, and most take less time than the start of a process. Not
 * the ones that close what the process has once.
 */
const TOGETHER: { folder: string; except?: string }[] = [
  { folder: join('test', 'simulator'), except: 'official-client' },
  { folder: join('test', 'activities') },
];

/** The test files of a checkout whose path contains one of the parts, or all of them, without an order. */
export async function findTests(root: string, parts: readonly string[]): Promise<string[]> {
  const names = await readdir(join(root, 'test'), { recursive: true });
  return names
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));
}

/** The files that each process runs, the longest ones first. */
export function shareOut(files: readonly string[]): string[][] {
  const together = TOGETHER.map(({ folder, except }) =>
    files
      .filter((path) => path.startsWith(join(folder, '/')) && !(except && path.includes(except)))
      .toSorted(),
  ).filter((group) => group.length > 0);
  const alone = files.filter((path) => !together.some((group) => group.includes(path)));
  return [
    ...LONGEST.filter((path) => alone.includes(path)),
    ...together,
    ...alone.filter((path) => !LONGEST.includes(path)).toSorted(),
  ].map((entry) => (typeof entry === 'string' ? [entry] : entry));
}

/**
 * Writes a module for each process, which imports its files: Node's runner sorts what it is given by its path, and
 * makes a process of each. A failure names the file in which its test stands all the same.
 */
export async function writeEntries(
  folder: string,
  { root, processes }: { root: string; processes: readonly (readonly string[])[] },
): Promise<string[]> {
  return await Promise.all(
    processes.map(async (files, index) => {
      const name = files.length === 1 ? files[0]! : `${files[0]!} and ${files.length - 1} more`;
      const number = String(index).padStart(3, '0');
      const path = join(folder, `${number} ${name.replaceAll('/', ' ')}.mjs`);
      const imports = files.map(
        (file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)};\n`,
      );
      await writeFile(path, imports.join(''));
      return path;
    }),
  );
}
