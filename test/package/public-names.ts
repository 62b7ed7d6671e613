/** What a user may import: the names of each entry in `exports` of `package.json`, where they are declared, and their docs. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A name that a user may import. */
export interface PublicName {
  name: string;
  /** Such as `client`: it is imported from `temporal-bulk-exports/client`. */
  entries: string[];
  /** Where it is declared, relative to the checkout. */
  file: string;
  /** The comment before its declaration; empty where there is none. */
  doc: string;
  /** The declaration itself, as far as the first end of a block that is not within another. */
  body: string;
}

/** Every name of every entry, each declaration once. */
export async function findPublicNames(): Promise<PublicName[]> {
  const byPlace = new Map<string, PublicName>();
  for (const entry of await findEntries())
    for (const [name, from] of await reExports(`${entry}/index.ts`)) {
      const declaration = await findDeclaration(from, name);
      const place = `${declaration.file} ${name}`;
      const known = byPlace.get(place) ?? { name, entries: [], ...declaration };
      byPlace.set(place, { ...known, entries: [...known.entries, entry] });
    }
  return [...byPlace.values()];
}

/** Those that are code: schemas and the manifest itself have no names. */
async function findEntries(): Promise<string[]> {
  const { exports } = JSON.parse(await readSource('package.json')) as { exports: Record<string, string> };
  return Object.entries(exports)
    .filter(([, target]) => target.endsWith('.js'))
    .map(([entry]) => entry.slice('./'.length));
}

/** By name, the file that it comes from. An index that has anything else would hide names from the test. */
async function reExports(index: string): Promise<Map<string, string>> {
  const source = await readSource(index);
  const rest = source.replaceAll(RE_EXPORT, '').trim();
  if (rest !== '') throw new Error(`Expected re-exports by name and nothing else [${index}]: ${rest}`);
  return readReExports(index, source);
}

const RE_EXPORT = /^export (?:type )?\{([^}]+)\} from '(\.[^']+)';$/gm;

function readReExports(file: string, source: string): Map<string, string> {
  return new Map(
    [...source.matchAll(RE_EXPORT)].flatMap(([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => [name, join(dirname(file), from)] as const),
    ),
  );
}

type Declaration = Pick<PublicName, 'file' | 'doc' | 'body'>;

async function findDeclaration(file: string, name: string): Promise<Declaration> {
  const source = await readSource(file);
  const declaration = new RegExp(
    `^export (?:async )?(?:class|interface|type|function|const) ${name}\\b`,
    'm',
  );
  const at = source.search(declaration);
  if (at !== -1)
    return { file, doc: docBefore(source.slice(0, at)), body: source.slice(at).split('\n}')[0] ?? '' };
  const next = readReExports(file, source).get(name);
  if (next === undefined) throw new Error(`Expected a declaration or a re-export of ${name} [${file}]`);
  return findDeclaration(next, name);
}

function docBefore(source: string): string {
  return source.endsWith('*/\n') ? source.slice(source.lastIndexOf('/**')) : '';
}

/** The methods of a class or an interface that no comment precedes, those that override another excepted. */
export function silentMethods({ name, body }: PublicName): string[] {
  if (!/^export (?:class|interface) /.test(body)) return [];
  return [...body.matchAll(METHOD)]
    .map(({ groups }) => groups as { before: string; method: string })
    .filter(({ before, method }) => method !== 'constructor' && !before.endsWith('*/'))
    .map(({ method }) => `${name}.${method}`);
}

const METHOD = /(?<=(?<before>.*)\n) {2}(?:readonly |async )?(?<method>\w+)(?:\??: \(.*=>|\((?:.*\{)?$)/gm;

/** A file of the checkout. */
export function readSource(file: string): Promise<string> {
  return readFile(join(root, file), 'utf8');
}
