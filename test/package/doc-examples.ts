/** The examples in docs, and what the compiler says of them. */
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PublicName, readSource } from './public-names.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The code of one `@example`. */
export interface DocExample {
  file: string;
  /** Of its first line in the file, from 1. */
  line: number;
  code: string;
}

/** The examples in a comment, or in a whole file. One that no compiler could be shown is an error. */
export function readExamples(file: string, source: string): DocExample[] {
  const examples = [...source.matchAll(EXAMPLE)].map(({ 1: lines = '', index, 0: whole }) => ({
    file,
    line: source.slice(0, index + whole.indexOf(lines)).split('\n').length,
    code: lines.replaceAll(/^ *\* ?/gm, ''),
  }));
  if (examples.length !== source.split('@example').length - 1)
    throw new Error(`Expected each @example to be one block of ts [${file}]`);
  return examples;
}

const EXAMPLE = /@example\n *\* ```ts\n((?: *\*.*\n)*?) *\* ```\n/g;

/** All that stand in files of public names, those of their methods as well. */
export async function findExamples(names: PublicName[]): Promise<DocExample[]> {
  const files = new Set(names.map(({ file }) => file));
  const examples = await Promise.all(
    [...files].map(async (file) => readExamples(file, await readSource(file))),
  );
  return examples.flat();
}

/** What the compiler says of the examples, by file and line of the doc. */
export async function compileExamples(
  folder: string,
  examples: DocExample[],
  names: PublicName[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const example of examples) {
    const path = join(folder, `${example.file}.${example.line}.ts`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, moduleOf(example, names));
  }
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(EXAMPLES_CONFIG));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const complaints = await promisify(execFile)(process.execPath, [compiler, '--pretty', 'false'], {
    cwd: folder,
  }).then(
    () => '',
    (error: Error & { stdout: string }) => {
      if (error.stdout === '') throw error; // it could not be started
      return error.stdout;
    },
  );
  return complaints
    .split(/\n(?! )/)
    .filter((complaint) => complaint !== '')
    .map((complaint) => complaint.replace(/^(.*)\.\d+\.ts\((\d+),\d+\)/, '$1:$2'))
    .toSorted();
}

const EXAMPLES_CONFIG = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    paths: { 'temporal-bulk-exports/*': [join(root, '*/index.ts')] },
    // An example may be one line, whose result is the reader's.
    noUnusedLocals: false,
    noUnusedParameters: false,
    // What is imported for an example may be a type or a value.
    verbatimModuleSyntax: false,
  },
  include: ['**/*.ts'],
  exclude: ['node_modules'],
};

/**
 * What a reader has at hand when he comes to an example, with its type, besides the names of the entry that he reads
 * about. All else an example imports or declares.
 */
const AT_HAND: Record<string, string> = {
  accounts: `Record<string, import('temporal-bulk-exports/activities').TwilioAccount>`,
  client: `import('@temporalio/client').Client`,
  connection: `import('@temporalio/worker').NativeConnection`,
  error: 'unknown',
  exports: `import('temporal-bulk-exports/client').BulkExportsClient`,
  handle: `import('temporal-bulk-exports/client').ExportHandle`,
  identity: `import('temporal-bulk-exports/activities').ExportIdentity`,
  input: `import('temporal-bulk-exports/workflows').ExportJobInput`,
  jobSid: 'string',
  reaper: `import('temporal-bulk-exports/worker').JobReaper`,
  simulator: `import('temporal-bulk-exports/simulator').Simulator`,
  storage: `import('temporal-bulk-exports/activities').DayStorage`,
  twilio: `import('temporal-bulk-exports/activities').BulkExportsApi`,
  workflowId: 'string',
};

/**
 * The example as a module: what it uses of the entries of its file is imported. Each line keeps its number, so that
 * what the compiler says of it is found in the file.
 */
function moduleOf({ file, line, code }: DocExample, names: PublicName[]): string {
  const imports = [...code.matchAll(IMPORT)].map(([text]) => text);
  const rest = code.replaceAll(IMPORT, (text) => text.replaceAll(/[^\n]/g, ''));
  const isUsed = (name: string) => uses(rest, name) && !imports.some((text) => uses(text, name));
  const near = new Set(names.filter((one) => one.file === file).flatMap(({ entries }) => entries));
  const given = names.flatMap(({ name, entries }) => {
    const entry = entries.find((each) => near.has(each));
    return entry !== undefined && isUsed(name)
      ? `import { ${name} } from 'temporal-bulk-exports/${entry}';`
      : [];
  });
  const preamble = [
    ...imports.map((text) => text.replaceAll('\n', ' ')),
    ...given,
    ...Object.entries(AT_HAND)
      .filter(([name]) => isUsed(name))
      .map(([name, type]) => `declare const ${name}: ${type};`),
  ].join(' ');
  // In a block an example may declare what it is usually given.
  const body = rest.replaceAll(/^export /gm, '');
  return `${preamble} {${'\n'.repeat(line - 1)}${body}}\nexport {};\n`;
}

const IMPORT = /^import [^;]+;$/gm;

/** Whether the code says the name. */
export function uses(code: string, name: string): boolean {
  return new RegExp(`(?<![\\w$]|[^.]\\.)${name}(?![\\w$])`).test(code);
}
