import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askTest } from './ask-test.ts';
import { compile } from './compile.ts';
import { switchOff } from './switch-off.ts';
import { FACTS } from './table.ts';
import { createScratchCopies, root } from './scratch-copies.ts';
import { asPattern, judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

test('every fact can be switched off: its text stands in its file, and only once', async () => {
  for (const { fact, switchedOff } of FACTS) {
    const source = await readFile(join(root, switchedOff.file), 'utf8');
    assert.notEqual(switchOff(source, switchedOff), source, fact);
  }
});

test('every fact names a test that exists', async () => {
  const titlesByFile = new Map<string, RegExp[]>();
  for (const { fact, test: file, title } of FACTS) {
    const titles = titlesByFile.get(file) ?? titlesIn(await readFile(join(root, file), 'utf8'));
    titlesByFile.set(file, titles);
    assert.equal(
      titles.some((each) => each.test(title)),
      true,
      `${fact} ${file}: ${title}`,
    );
  }
});

test('no fact stands there twice', () => {
  const sentences = FACTS.map(({ fact }) => fact);
  assert.deepEqual(
    sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index),
    [],
  );
});

test('a text that stands in its file never or twice is refused by the name of the file', () => {
  const how = { file: 'simulator/clock.ts', find: 'tick', replace: '' };
  assert.equal(switchOff('tock tick tock', how), 'tock  tock');
  assert.throws(() => switchOff('tock', how), /\[simulator\/clock\.ts\].*exactly once, got it 0 times/);
  assert.throws(() => switchOff('tick tick', how), /got it 2 times/);
});

test('only an assertion that failed in the test itself counts', () => {
  const failed = (failureType: string, code: string) =>
    `not ok 2 - it works\n  ---\n  failureType: '${failureType}'\n  code: '${code}'\n  ...\n`;
  const assertion = failed('testCodeFailure', 'ERR_ASSERTION');
  const runs: [string, boolean, Verdict][] = [
    [assertion, false, 'red'],
    [`not ok 1 - it stops\n  ---\n  ...\n${assertion}`, false, 'red'],
    [failed('testCodeFailure', 'ECONNRESET'), false, 'broken'],
    [
      `${failed('testCodeFailure', 'ECONNRESET')}${assertion.replace('it works', 'it stops')}`,
      false,
      'broken',
    ],
    ['ok 2 - it works\n  ---\n  duration_ms: 1\n  ...\n', false, 'green'],
    ['ok 2 - it works # SKIP\n', false, 'not run'],
    [failed('testTimeoutFailure', 'ERR_TEST_FAILURE'), false, 'hung'],
    ['TAP version 13\n', true, 'hung'],
    ['TAP version 13\n', false, 'not run'],
  ];
  for (const [tap, isTimedOut, verdict] of runs) {
    assert.equal(judge({ tap, errors: '', isTimedOut }, 'it works').verdict, verdict, tap);
  }
});

test('a test turns red in a copy without the behaviour, and the copy is whole again', async () => {
  const fact = FACTS.find(({ switchedOff }) => switchedOff.file === 'simulator/day-operations.ts');
  assert.ok(fact !== undefined, 'a fact');
  const weak = { ...fact, switchedOff: { ...fact.switchedOff, replace: fact.switchedOff.find } };
  const load = {
    find: "import { dayAt } from './calendar.ts';",
    replace: "import { no } from './calendar.ts';",
  };
  const unloadable = { ...fact, switchedOff: { ...fact.switchedOff, ...load } };
  await using scratch = await createScratchCopies([fact, weak, unloadable], 1);
  const verdicts: Verdict[] = [];
  for (const each of [weak, fact, unloadable, weak]) {
    const [copy] = scratch.copies;
    if (copy) verdicts.push((await askTest(copy, each)).verdict);
  }
  assert.deepEqual(verdicts, ['green', 'red', 'not run', 'green']);
});

test('a file that is no TypeScript is refused by its name', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-facts-'));
  t.after(() => rm(folder, { recursive: true }));
  const source = join(folder, 'source');
  await mkdir(source);
  await writeFile(join(source, 'It breaks.ts'), 'export const broken = (');
  const compilation = { source, built: join(folder, 'built'), baseConfig: join(root, 'tsconfig.json') };
  await assert.rejects(compile(compilation), /Could not compile.*It breaks/s);
});

/** The titles of the tests in a source. What a title takes from a variable may be anything. */
function titlesIn(source: string): RegExp[] {
  const titles = source.matchAll(/\btest\(\s*(?:'((?:\\.|[^'\\])*)'|`((?:\\.|[^`\\])*)`)/g);
  return [...titles].map(([, text, template]) => {
    const parts = (text ?? template ?? '').replaceAll(/\\(.)/g, '$1').split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map(asPattern).join('.+')}$`);
  });
}
