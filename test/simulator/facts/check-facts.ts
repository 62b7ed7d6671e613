/**
 * `npm run check:facts`: takes each behaviour out of a copy of the simulator and demands that the test of that fact
 * fails by an assertion. `npm run check:facts -- quota` checks the facts that speak of it.
 */
import { askTest, failingTitles } from './ask-test.ts';
import type { CheckedFact } from './ask-test.ts';
import type { Fact } from './switch-off.ts';
import { FACTS } from './table.ts';
import { createScratchCopies } from './scratch-copies.ts';
import type { ScratchCopy } from './scratch-copies.ts';
import type { Verdict } from './verdict.ts';

const MEANINGS: Readonly<Record<Verdict, string>> = {
  red: 'The test shows the fact.',
  green: 'The test stays green without the behaviour: it does not show the fact.',
  broken:
    'The test fails by something else than an assertion: assert first, or switch it off in another way.',
  hung: 'The test comes to no end without the behaviour: let it assert before it waits.',
  'not run': 'No test of that title ran without the behaviour: the copy does not load.',
};

/** Tests at a time: each keeps one processor busy. */
const PARALLEL = 2;

const startedAt = performance.now();
try {
  const facts = chosenFacts(process.argv.slice(2));
  await using scratch = await createScratchCopies(facts, PARALLEL);
  process.exitCode = (await checkFacts(scratch.copies, facts)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function checkFacts(copies: readonly ScratchCopy[], facts: readonly Fact[]): Promise<boolean> {
  await checkThatTestsPass(copies, facts);
  const checked = await inParallel(copies, facts, async (copy, fact) => {
    const result = await askTest(copy, fact);
    console.log(line(result));
    return result;
  });
  const weak = checked.filter(({ verdict }) => verdict !== 'red');
  weak.forEach(explain);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${checked.length} facts, ${checked.length - weak.length} shown by their tests, ${seconds} s`,
  );
  return weak.length === 0;
}

function chosenFacts(words: readonly string[]): Fact[] {
  const facts = FACTS.filter(
    ({ fact, title, switchedOff }) =>
      words.length === 0 || words.some((word) => [fact, title, switchedOff.file].join('\n').includes(word)),
  );
  if (facts.length === 0) {
    throw new Error(`No fact, title of a test or source file has ${words.join(' or ')} in it.`);
  }
  return facts;
}

/** A test that fails with every behaviour in place proves nothing by failing without one. */
async function checkThatTestsPass(copies: readonly ScratchCopy[], facts: readonly Fact[]): Promise<void> {
  const files = [...new Set(facts.map(({ test }) => test))];
  const failing = await inParallel(copies, files, async (copy, file) => {
    const titles = facts.filter(({ test }) => test === file).map(({ title }) => title);
    return (await failingTitles(copy, file, [...new Set(titles)])).map((title) => `${file}: ${title}`);
  });
  if (failing.flat().length > 0) {
    throw new Error(`Tests that do not pass with every behaviour in place:\n${failing.flat().join('\n')}`);
  }
}

function explain({ fact, verdict, reason }: CheckedFact): void {
  console.log(`\n${MEANINGS[verdict]}\n  ${fact.fact}\n  ${fact.test}: ${fact.title}`);
  if (verdict !== 'green') {
    console.log(reason.replaceAll(/^/gm, '    '));
  }
}

function line({ fact, verdict, durationMs }: CheckedFact): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  return [verdict.padEnd(7), seconds.padStart(6), fact.mark, fact.fact].join('  ');
}

/** One item at a time in each copy. The results stand in the order of the items. */
async function inParallel<T, R>(
  copies: readonly ScratchCopy[],
  items: readonly T[],
  work: (copy: ScratchCopy, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, item] = next;
        results[index] = await work(copy, item);
      }
    }),
  );
  return results;
}
