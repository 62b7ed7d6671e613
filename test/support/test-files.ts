import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Those that take longest, first: one that began last would run alone at the end, when the other core has nothing
 * left to do.
 */
const LONGEST = [
  'chaos/chaos',
  'worker/alerts',
  'end-to-end/engine-reset',
  'end-to-end/twilio-trouble',
  'end-to-end/engine-restart',
  'end-to-end/engine-pause',
  'cli/demo',
  'worker/kill-around-requests',
  'worker/kill-at-download',
  'worker/reap',
  'workflows/continue-as-new',
  'workflows/export-job',
  'worker/worker-process',
].map((name) => join('test', `${name}.test.ts`));

/**
 * Files that share a process, by folder and the beginnings of their names: to start one takes more computing than most
 * of them do, and in one that has run for a while the same work takes less.
 */
const TOGETHER: { folder: string; names: string[] }[][] = [
  // What is packed, too, is packed once.
  [{ folder: 'package', names: ['deploy', 'tarball'] }],
  [{ folder: 'simulator', names: [''] }],
  [{ folder: 'activities', names: [''] }],
  [
    {
      folder: 'workflows',
      names: [
        'calendar',
        'card',
        'carried-ledger',
        'input',
        'metrics',
        'plan',
        'problems',
        'reset-ledger',
        'time-limit',
      ],
    },
    {
      folder: 'package',
      names: ['alert-rules', 'assertions', 'dependencies', 'documented-figures', 'failure-modes'],
    },
    { folder: 'chaos', names: ['check'] },
    { folder: 'worker', names: ['config', 'ready-line'] },
  ],
];

/** The same, of those that also share a dev server: see `one-dev-server.ts`. */
const TOGETHER_ON_A_SERVER: typeof TOGETHER = [
  [
    {
      folder: 'end-to-end',
      names: ['asked', 'brought', 'copied', 'destination', 'hostile', 'reap', 'refused', 'whole', 'worker'],
    },
  ],
  [{ folder: 'end-to-end', names: ['search-attributes', 'twilio-pace', 'continue-as-new'] }],
  [{ folder: 'end-to-end', names: ['as-child', 'duckdb', 'foreign', 'own-workflow', 's3', 'schemas'] }],
  [
    { folder: 'client', names: [''] },
    { folder: 'cli', names: ['reap', 'commands', 'setup'] },
  ],
  [{ folder: 'cli', names: ['dev-server', 'simulate', 'temporal-server', 'texts', 'usage'] }],
  [{ folder: 'workflows', names: ['any-pictures', 'cancel', 'check-now', 'not-cleaned'] }],
  [
    { folder: 'package', names: ['bundle', 'worked-example'] },
    { folder: 'workflows', names: ['replay'] },
    { folder: 'worker', names: ['plugin'] },
  ],
];

/** They close what the process has once. */
const ALONE = 'official-client';

/** The test files of a checkout whose path contains one of the parts, or all of them, without an order. */
export async function findTests(root: string, parts: readonly string[]): Promise<string[]> {
  const names = await readdir(join(root, 'test'), { recursive: true });
  return names
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));
}

/** What one process runs. */
export interface Share {
  files: string[];
  onOneServer: boolean;
}

/** The files that each process runs, the longest ones first. */
export function shareOut(files: readonly string[]): Share[] {
  const sharesOf = (groups: typeof TOGETHER, onOneServer: boolean): Share[] =>
    groups
      .map((group) => files.filter((path) => isOf(group, path)).toSorted())
      .filter((group) => group.length > 0)
      .map((group) => ({ files: group, onOneServer }));
  const together = [...sharesOf(TOGETHER_ON_A_SERVER, true), ...sharesOf(TOGETHER, false)];
  const alone = files.filter((path) => !together.some((share) => share.files.includes(path)));
  const inOrder = [
    ...LONGEST.filter((path) => alone.includes(path)),
    ...together,
    ...alone.filter((path) => !LONGEST.includes(path)).toSorted(),
  ];
  return inOrder.map((entry) => (typeof entry === 'string' ? { files: [entry], onOneServer: false } : entry));
}

function isOf(group: (typeof TOGETHER)[number], path: string): boolean {
  if (path.includes(ALONE)) return false;
  return group.some(({ folder, names }) =>
    names.some((name) => path.startsWith(join('test', folder, '/', name))),
  );
}

/** Of what the entries are written. */
export interface EntriesInput {
  /** The folder of the checkout, or of its copy. */
  root: string;
  shares: readonly Share[];
  /** Whether the files are imported as the JavaScript beside them. */
  isStaged: boolean;
}

/**
 * Writes a module for each process, which imports its files: Node's runner sorts what it is given by its path, and
 * makes a process of each. A failure names the file in which its test stands all the same.
 */
export async function writeEntries(
  folder: string,
  { root, shares, isStaged }: EntriesInput,
): Promise<string[]> {
  const moduleOf = (file: string) => (isStaged ? file.replace(/\.ts$/, '.js') : file);
  const urlOf = (file: string) => JSON.stringify(pathToFileURL(join(root, moduleOf(file))).href);
  return await Promise.all(
    shares.map(async ({ files, onOneServer }, index) => {
      const name = files.length === 1 ? files[0]! : `${files[0]!} and ${files.length - 1} more`;
      const number = String(index).padStart(3, '0');
      const path = join(folder, `${number} ${name.replaceAll('/', ' ')}.mjs`);
      const imports = files.map((file) => `import ${urlOf(file)};\n`).join('');
      // The server goes after what the files themselves end when all tests are over.
      const onServer =
        `import { after } from 'node:test';\n` +
        `import { endDevServer } from ${urlOf('test/support/one-dev-server.ts')};\n` +
        `${imports}after(endDevServer);\n`;
      await writeFile(path, onOneServer ? onServer : imports);
      return path;
    }),
  );
}
