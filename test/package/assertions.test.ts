import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Without a message Node makes one out of the source, looks for the call by the line of the transpiled file, and may
// look for ever: such a test hangs instead of failing.
test('no assertion of something true stands without a message', async () => {
  const bare: string[] = [];
  for (const folder of ['test', 'bench']) {
    for (const file of await readdir(join(root, folder), { recursive: true })) {
      if (file.endsWith('.ts')) {
        const source = await readFile(join(root, folder, file), 'utf8');
        bare.push(...bareAssertions(source).map((call) => `${join(folder, file)}: ${call}`));
      }
    }
  }
  assert.deepEqual(bare, []);
});

test('an assertion without a message is found, whatever stands in it', () => {
  const [ok, call] = ['assert.ok(', 'assert('];
  for (const bare of ['a)', 'f(a, b))', "a === ', ')", '[a, b].has(c))', '/[,)]/.test(a))', '\n  a,\n)']) {
    assert.equal(bareAssertions(`// it's\n${ok}${bare};`).length, 1, bare);
    assert.equal(bareAssertions(`${call}${bare};`).length, 1, bare);
  }
  for (const whole of ["a, 'why')", 'f(a), `${b}`)', "a === '(', b)", '\n  f(a, b),\n  c,\n)']) {
    assert.deepEqual(bareAssertions(`${ok}${whole};`), [], whole);
  }
  assert.deepEqual(bareAssertions(`fc.${call}a);`), []);
});

/** Comments, texts and regular expressions: what stands in them is no code. */
const NO_CODE =
  /\/\/.*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/(?![\s/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*(?=[.,);\s])/g;

/** The calls that have one argument. */
function bareAssertions(source: string): string[] {
  const code = source.replaceAll(NO_CODE, "''");
  return [...code.matchAll(/(?<![\w.])assert(?:\.ok)?\(/g)].flatMap(({ index, 0: { length } }) => {
    let depth = 1;
    for (let end = index + length; end < code.length; end += 1) {
      const sign = code.charAt(end);
      depth += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
      if (depth === 0) return [code.slice(index, end + 1)];
      if (depth === 1 && /^,\s*[^\s)]/.test(code.slice(end))) return [];
    }
    return [code.slice(index)];
  });
}
