/** Reads `docs/failure-modes.md` and says what is wrong with it: the page may claim nothing that no test shows. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../cli/exit-codes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PATH = 'docs/failure-modes.md';
const COLUMNS = ['What happens', 'What you see', 'By itself', 'What to do', 'Shown by'];

/** The page as it is. */
export async function readFailurePage(): Promise<string> {
  return await readFile(join(root, PATH), 'utf8');
}

/** A sentence for each thing that is wrong with such a page. */
export async function faultsOfPage(page: string): Promise<string[]> {
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const faults: string[] = [];
  for (const row of rows) {
    const cells = row.split('|').slice(1, -1);
    const texts = cells.map((cell) => cell.trim());
    if (texts.every((text) => /^-+$/.test(text)) || texts.join() === COLUMNS.join()) continue;
    const name = texts[0] ?? '';
    if (texts.length !== COLUMNS.length || texts.includes('')) faults.push(`${name}: a cell is missing`);
    else faults.push(...(await faultsOfRow(name, texts[1] ?? '', texts[4] ?? '')));
  }
  return [...faults, ...(await missingWords(page))];
}

async function faultsOfRow(name: string, seen: string, shownBy: string): Promise<string[]> {
  const links = [...shownBy.matchAll(/\[(.+?)\]\(([^)]+)\)/g)];
  const faults = links.length === 0 ? [`${name}: no test shows it`] : [];
  for (const [, title = '', path = ''] of links) {
    const titles = await titlesOf(join(root, dirname(PATH), path));
    if (titles === null) faults.push(`${name}: there is no ${path}`);
    else if (!titles.some((pattern) => pattern.test(title)))
      faults.push(`${name}: ${path} has no test "${title}"`);
  }
  const words = await productWords();
  for (const [, quoted = ''] of seen.matchAll(/"([^"]+)"/g))
    for (const part of quoted.split('…').map((text) => text.trim()))
      if (!words.includes(part)) faults.push(`${name}: nothing of ours says "${part}"`);
  return faults;
}

/** Of the tests of a file that run, not of those that are skipped; null where there is no such file. */
async function titlesOf(path: string): Promise<RegExp[] | null> {
  const source = await readFile(path, 'utf8').catch(() => null);
  if (source === null) return null;
  const literal = textsAfter(source, String.raw`\b(?:test|it)\(\s*`);
  // A title that is a field of what a loop goes through, be it in a file beside the test.
  const fields = [...source.matchAll(/\b(?:test|it)\(\s*\w+\.(\w+),/g)].map(([, field = '']) => field);
  if (fields.length === 0) return literal;
  const beside = [...source.matchAll(/from '(\.\/[^']+)'/g)].map(([, file = '']) =>
    join(dirname(path), file),
  );
  const sources = [source, ...(await Promise.all(beside.map((file) => readFile(file, 'utf8'))))];
  return [
    ...literal,
    ...fields.flatMap((field) => sources.flatMap((text) => textsAfter(text, `\\b${field}:\\s*`))),
  ];
}

/** The quoted texts that follow. What is put into one may be anything. */
function textsAfter(source: string, before: string): RegExp[] {
  const quoted = new RegExp(`${before}(['"\`])((?:\\\\.|(?!\\1)[^\\\\])*)\\1`, 'g');
  return [...source.matchAll(quoted)].map(([, , text = '']) => {
    const parts = text.replaceAll(/\\(.)/g, '$1').split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.+')}$`);
  });
}

/** What a person may have to look up: each of these stands on the page. */
async function missingWords(page: string): Promise<string[]> {
  const contracts = await Promise.all(
    Object.entries(UNIONS).flatMap(([file, unions]) => unions.map((union) => wordsOfUnion(file, union))),
  );
  const words = [...new Set(contracts.flat())].filter((word) => !page.includes(`\`${word}\``));
  const codes = Object.values(exitCodes).filter(
    ({ code }) => code > 0 && !new RegExp(`exit code ${code}\\b`, 'i').test(page),
  );
  return [
    ...words.map((word) => `the word ${word} stands nowhere`),
    ...codes.map(({ code }) => `the exit code ${code} stands nowhere`),
  ];
}

/** Where the words are, and the texts before and behind them. */
const UNIONS: Record<string, [from: string, to: string][]> = {
  'workflows/contract/result.ts': [['export type ExportFailureType =', ';']],
  'activities/contract/looks.ts': [['export interface PictureProblem {', ';']],
  'activities/contract/words.ts': [
    ['export type ActivityFailureType =', ';'],
    ['export type DayOutcome =', ';'],
    ['export type JobFate =', ';'],
  ],
  'client/export-errors.ts': [['export type ExportErrorType =', ';']],
  'worker/reap/report.ts': [['export type ReapVerdict =', ';']],
};

async function wordsOfUnion(file: string, [from, to]: [from: string, to: string]): Promise<string[]> {
  const source = await readFile(join(root, file), 'utf8');
  const [, rest = ''] = source.split(from);
  const words = [...(rest.split(to)[0] ?? '').matchAll(/'(\w+)'/g)].map(([, word = '']) => word);
  return words.length > 0 ? words : [`(none after "${from}" in ${file})`];
}

/** All texts of the product in one, those that are put together in its source too. */
function productWords(): Promise<string> {
  product ??= readProduct();
  return product;
}

let product: Promise<string> | undefined;

async function readProduct(): Promise<string> {
  const folders = ['activities', 'workflows', 'worker', 'client', 'nexus', 'cli'];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true }))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, folder, name)),
    ),
  );
  const sources = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
  return sources
    .join('\n')
    .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
    .replaceAll(/\\(['"`])/g, '$1');
}
