import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const client = new URL('../../client/', import.meta.url);

test('each name that the client brings says what it is, with an example', async () => {
  const index = await readFile(new URL('index.ts', client), 'utf8');
  const exported = [...index.matchAll(/export (?:type )?\{([^}]+)\} from '(\.\/[^']+)'/g)].flatMap(
    ([, names = '', file = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => ({ name, file })),
  );
  assert.ok(exported.length > 20, `${exported.length} names`);
  const sources = new Map<string, string>();
  for (const { file } of exported)
    if (!sources.has(file)) sources.set(file, await readFile(new URL(file, client), 'utf8'));
  const without = exported.filter(
    ({ name, file }) => !/@example\n \* ```ts\n/.test(docOf(sources.get(file), name)),
  );
  assert.deepEqual(without, []);
});

/** The comment before a declaration; empty where there is none. */
function docOf(source = '', name: string): string {
  const [before = '', after] = source.split(
    new RegExp(`(?<=\\*/\\n)export (?:async )?(?:class|interface|type|function|const) ${name}\\b`),
  );
  return after === undefined ? '' : before.slice(before.lastIndexOf('/**'));
}
