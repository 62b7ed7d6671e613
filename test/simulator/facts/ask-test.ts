import type { Fact } from './switch-off.ts';
import { runTestFile } from './run-test-file.ts';
import { asCompiled } from './scratch-copies.ts';
import type { ScratchCopy } from './scratch-copies.ts';
import { asPattern, judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What became of a fact. */
export interface CheckedFact {
  fact: Fact;
  verdict: Verdict;
  /** In the words of the test, or of the process that did not load it. */
  reason: string;
  durationMs: number;
}

/** Far more than any of the tests takes, on a busy machine too. */
const LIMIT_MS = 30_000;

/** Switches the behaviour off in the copy and asks its test. */
export async function askTest(copy: ScratchCopy, fact: Fact): Promise<CheckedFact> {
  const startedAt = performance.now();
  const run = await copy.without(fact, () =>
    runTestFile({
      folder: copy.path,
      file: asCompiled(fact.test),
      namePattern: `^${asPattern(fact.title)}$`,
      limitMs: LIMIT_MS,
    }),
  );
  return { fact, ...judge(run, fact.title), durationMs: performance.now() - startedAt };
}

/** Those of the file's titles that do not pass while every behaviour is there. */
export async function failingTitles(
  copy: ScratchCopy,
  file: string,
  titles: readonly string[],
): Promise<string[]> {
  const run = await runTestFile({ folder: copy.path, file: asCompiled(file), limitMs: LIMIT_MS });
  return titles.filter((title) => judge(run, title).verdict !== 'green');
}
