import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compileExamples, findExamples, readExamples, uses } from './doc-examples.ts';
import { findPublicNames, type PublicName, silentMethods } from './public-names.ts';

describe('each name that a user may import', () => {
  let names: PublicName[];
  let folder: string;

  before(async () => {
    names = await findPublicNames();
    folder = await mkdtemp(join(tmpdir(), 'doc-examples-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is found, whatever the entry', () => {
    const entries = new Set(names.flatMap((one) => one.entries));
    assert.deepEqual([...entries].toSorted(), [
      'activities',
      'client',
      'nexus',
      'simulator',
      'worker',
      'workflows',
    ]);
  });

  it('says in a sentence what it is', () => {
    const silent = names.filter(({ doc }) => !/^\/\*\*\s+(?:\* )?[^@\s*][^@]{15,}/.test(doc));
    assert.deepEqual(called(silent), []);
  });

  it('says of each method what it does', () => {
    assert.deepEqual(names.flatMap(silentMethods), []);
  });

  it('has an example that uses it', () => {
    const without = names.filter(
      ({ name, file, doc }) => !readExamples(file, doc).some(({ code }) => uses(code, name)),
    );
    assert.deepEqual(called(without), []);
  });

  it('has an example that compiles as it stands, and so have their methods', async () => {
    const examples = await findExamples(names);
    assert.ok(examples.length >= names.length, `${examples.length} examples of ${names.length} names`);
    assert.deepEqual(await compileExamples(join(folder, 'examples'), examples, names), []);
  });

  const wrong: Record<string, { code: string; complaint: RegExp }> = {
    'a field that there is not': {
      code: `const { progres } = await exports.getHandle(workflowId).progress();\n`,
      complaint: /Property 'progres' does not exist/,
    },
    'a value that can not be': {
      code: `await exports.startExport({ resourceType: 'Mails', startDay: '2026-10-01', endDay: '2026-10-02' });\n`,
      complaint: /'"Mails"' is not assignable/,
    },
    'a name of another entry': {
      code: `await runWorker({ say: console.error });\n`,
      complaint: /Cannot find name 'runWorker'/,
    },
  };
  it('would be told where its example was wrong', async () => {
    const file = 'client/index.ts';
    const examples = Object.values(wrong).map(({ code }, index) => ({ file, line: 10 * index + 17, code }));
    const complaints = await compileExamples(join(folder, 'wrong'), examples, names);
    assert.equal(complaints.length, examples.length, complaints.join('\n'));
    for (const [index, [title, { complaint }]] of Object.entries(wrong).entries()) {
      assert.match(complaints[index]!, complaint, title);
      assert.ok(complaints[index]!.startsWith(`${file}:${10 * index + 17}: `), complaints[index]);
    }
  });
});

function called(names: PublicName[]): string[] {
  return names.map(({ name, file }) => `${name} of ${file}`);
}
