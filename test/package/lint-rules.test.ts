import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What must be refused: a title, where it is planted, the code, the rule that names it. */
const VIOLATIONS: [title: string, path: string, code: string, rule: string][] = [
  [
    'an activity imports a workflow',
    'activities/v1.ts',
    imports('../workflows/api.ts'),
    'no-restricted-imports',
  ],
  [
    'an activity deeper down imports the client',
    'activities/twilio/v2.ts',
    imports('../../client/index.ts'),
    'no-restricted-imports',
  ],
  [
    'an activity imports the worker SDK',
    'activities/v3.ts',
    imports('@temporalio/worker'),
    'no-restricted-imports',
  ],
  [
    'the contract of the activities imports a value',
    'activities/api.ts',
    imports('@temporalio/common'),
    'no-restricted-imports',
  ],
  [
    'a part of the contract of the activities imports an activity',
    'activities/contract/report.ts',
    importsType('../settings.ts'),
    'no-restricted-imports',
  ],
  [
    'a part of the contract of the activities imports a value of another',
    'activities/contract/reuse.ts',
    imports('./words.ts'),
    'no-restricted-imports',
  ],
  [
    "the contract of Twilio's operations imports a value",
    'activities/bulk-exports-api.ts',
    imports('./api.ts'),
    'no-restricted-imports',
  ],
  ['a workflow imports a Node built-in', 'workflows/v1.ts', imports('node:path'), 'no-restricted-imports'],
  [
    'a workflow imports a path below a Node built-in',
    'workflows/v2.ts',
    imports('node:fs/promises'),
    'no-nodejs-modules',
  ],
  [
    'a workflow imports a Node built-in without its prefix',
    'workflows/v3.ts',
    imports('path'),
    'no-nodejs-modules',
  ],
  [
    'a workflow imports a value of the contract of the activities',
    'workflows/v4.ts',
    imports('../activities/api.ts'),
    'no-restricted-imports',
  ],
  [
    'a workflow imports an activity',
    'workflows/v5.ts',
    importsType('../activities/index.ts'),
    'no-restricted-imports',
  ],
  ['a workflow imports a package', 'workflows/v6.ts', imports('undici'), 'no-restricted-imports'],
  [
    'a workflow reads the environment',
    'workflows/v7.ts',
    'export const x = process.pid;',
    'no-restricted-globals',
  ],
  [
    'the client imports an activity',
    'client/v1.ts',
    importsType('../activities/api.ts'),
    'no-restricted-imports',
  ],
  [
    'the client imports the worker SDK',
    'client/v2.ts',
    imports('@temporalio/worker'),
    'no-restricted-imports',
  ],
  [
    'the client imports the workflow itself',
    'client/v3.ts',
    imports('../workflows/export-job.ts'),
    'no-restricted-imports',
  ],
  ['the worker imports the client', 'worker/v1.ts', imports('../client/index.ts'), 'no-restricted-imports'],
  [
    'the worker imports the inside of the activities',
    'worker/v2.ts',
    imports('../activities/settings.ts'),
    'no-restricted-imports',
  ],
  [
    'the worker imports the inside of what answers by Nexus',
    'worker/v3.ts',
    imports('../nexus/exports-by-nexus.ts'),
    'no-restricted-imports',
  ],
  [
    'what answers by Nexus imports the inside of the client',
    'nexus/v1.ts',
    imports('../client/export-handle.ts'),
    'no-restricted-imports',
  ],
  [
    'the contract by Nexus imports what answers',
    'nexus/index.ts',
    imports('./exports-by-nexus.ts'),
    'no-restricted-imports',
  ],
  [
    'the contract by Nexus imports a value of the contract of the workflow',
    'nexus/api.ts',
    imports('../workflows/api.ts'),
    'no-restricted-imports',
  ],
  [
    'the command line imports the inside of the client',
    'cli/v1.ts',
    imports('../client/export-handle.ts'),
    'no-restricted-imports',
  ],
  [
    'the command line imports a workflow',
    'cli/v2.ts',
    imports('../workflows/index.ts'),
    'no-restricted-imports',
  ],
  [
    'the simulator imports the product',
    'simulator/v1.ts',
    importsType('../activities/api.ts'),
    'no-restricted-imports',
  ],
  ['the simulator imports a package', 'simulator/v2.ts', imports('undici'), 'no-restricted-imports'],
  ['something imports the command line', 'client/v4.ts', imports('../cli/index.ts'), 'no-restricted-imports'],
  [
    'something imports a test',
    'worker/v3.ts',
    imports('../test/support/temporal.ts'),
    'no-restricted-imports',
  ],
  ['a default export', 'client/v5.ts', 'export default 1;', 'no-default-export'],
  ['an export of everything', 'client/v6.ts', "export * from './fine.ts';", 'no-barrel-file'],
  ['an explicit any', 'client/v7.ts', 'export const x = (y: any): unknown => y;', 'no-explicit-any'],
  [
    'a promise without an owner',
    'client/v8.ts',
    'export const x = (): void => { Promise.resolve(1); };',
    'no-floating-promises',
  ],
  ['a promise without an owner in a test', 'test/v1.test.ts', 'Promise.resolve(1);', 'no-floating-promises'],
  [
    'a switch that leaves a case out',
    'client/v9.ts',
    "export function x(y: 'a' | 'b'): number { switch (y) { case 'a': return 1; } return 2; }",
    'switch-exhaustiveness-check',
  ],
  [
    'a switch whose default would hide a new case',
    'client/v10.ts',
    "export function x(y: 'a' | 'b'): number { switch (y) { case 'a': return 1; case 'b': return 2; default: return 3; } }",
    'switch-exhaustiveness-check',
  ],
  [
    'the environment is read outside of a config.ts',
    'client/v11.ts',
    'export const x = process.env.HOME;',
    'no-process-env',
  ],
  [
    'a method in the contract of the activities',
    'activities/v4.ts',
    'export interface X { y(z: string): void }',
    'method-signature-style',
  ],
  ['a file name that is not kebab-case', 'client/camelCase.ts', 'export const x = 1;', 'filename-case'],
  [
    'a name that says nothing',
    'client/v12.ts',
    'export function x(): number { const data = 1; return data; }',
    'id-denylist',
  ],
  [
    'a file that grew past its idea',
    'client/v13.ts',
    'export const x = [\n' + '  1,\n'.repeat(200) + '];',
    'max-lines',
  ],
];

/** What must pass, so that no rule is proven by refusing everything. */
const ALLOWED: [path: string, code: string][] = [
  [
    'activities/fine.ts',
    `${imports('node:fs/promises')}\n${imports('undici', 'b')}\n${imports('./deeper/x.ts', 'c')}`,
  ],
  ['activities/deeper/fine.ts', `${imports('../api.ts')}\n${imports('@temporalio/activity', 'b')}`],
  [
    'workflows/fine.ts',
    `${importsType('../activities/api.ts')}\n${imports('@temporalio/workflow', 'b')}\n${imports('zod', 'c')}`,
  ],
  [
    'client/fine.ts',
    `${imports('../workflows/api.ts')}\n${imports('node:crypto', 'b')}\n${imports('@temporalio/client', 'c')}`,
  ],
  [
    'worker/fine.ts',
    `${imports('../activities/index.ts')}\n${imports('../activities/for-worker.ts', 'b')}\n${imports('@temporalio/plugin', 'c')}`,
  ],
  ['worker/config.ts', 'export const x = process.env.HOME;'],
  [
    'cli/fine.ts',
    `${imports('../client/index.ts')}\n${imports('commander', 'b')}\n${imports('./temporal-server/index.ts', 'c')}`,
  ],
  ['simulator/fine.ts', `${imports('node:http')}\n${imports('./deeper/x.ts', 'b')}`],
];

describe('the lint rules', () => {
  let folder: string;
  let found: Map<string, string[]>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lint-rules-'));
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    await writeFile(join(folder, '.gitignore'), 'node_modules\n');
    await writeFile(join(folder, 'tsconfig.json'), TSCONFIG);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const plants = [...VIOLATIONS.map(([, path, code]) => [path, code] as const), ...ALLOWED];
    for (const [path, code] of plants) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), code);
    }
    found = await lint(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [title, path, , rule] of VIOLATIONS) {
    test(`refuse: ${title}`, () => {
      assert.ok(
        found.get(path)?.includes(rule),
        `${path}: ${rule} not among ${found.get(path)?.join() ?? 'nothing'}`,
      );
    });
  }

  test('let pass what the table of imports allows', () => {
    for (const [path] of ALLOWED) assert.deepEqual(found.get(path) ?? [], [], path);
  });
});

test('the contract of the activities is nothing at run time', async () => {
  const parts = (await readdir(join(root, 'activities/contract'))).filter((name) => name.endsWith('.ts'));
  assert.ok(parts.length >= 5, parts.join());
  for (const part of ['api.ts', ...parts.map((name) => `contract/${name}`)])
    assert.deepEqual(Object.keys(await import(`../../activities/${part}`)), [], part);
});

test('the face of the activities is what a worker of a user needs, and nothing that worker/ alone does', async () => {
  assert.deepEqual(Object.keys(await import('../../activities/index.ts')).toSorted(), [
    'DEFAULT_DOWNLOAD_SLOTS',
    'DEFAULT_REQUESTS_PER_ACCOUNT',
    'RESOURCE_TYPES',
    'StorageProblem',
    'TWILIO_BULKEXPORTS_URL',
    'createActivities',
    'createFileStorage',
    'createS3Storage',
    'defaultSettings',
    'isQuotaRejection',
    'publishedPath',
  ]);
});

test('an index.ts holds named re-exports and nothing else', async () => {
  const names = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  const faces = names.flat().filter((name) => /\/(?:index|for-worker)\.ts$/.test(name));
  assert.ok(faces.length >= 5, faces.join());
  for (const face of faces) {
    const code = (await readFile(join(root, face), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const rest = code.replaceAll(/export (type )?\{[^}]*\} from '[^']+';/g, '').trim();
    assert.equal(rest, '', face);
  }
});

const FOLDERS = ['activities', 'workflows', 'worker', 'client', 'nexus', 'cli', 'simulator'];

const TSCONFIG = JSON.stringify({
  compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, types: [], noEmit: true },
});

function imports(from: string, name = 'a'): string {
  return `import { ${name} } from '${from}';\nexport const used_${name} = ${name};`;
}

function importsType(from: string): string {
  return `import type { A } from '${from}';\nexport type Used = A;`;
}

/** The names of the rules that complain, by file. */
function lint(cwd: string): Promise<Map<string, string[]>> {
  const oxlint = join(root, 'node_modules/.bin/oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      oxlint,
      ['--type-aware', '--format=json'],
      { cwd, maxBuffer: 16_000_000 },
      (_, stdout, stderr) => {
        try {
          const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
          const rules = new Map<string, string[]>();
          for (const { filename, code } of diagnostics) {
            rules.set(filename, [...(rules.get(filename) ?? []), /\(([^)]+)\)/.exec(code)?.[1] ?? code]);
          }
          resolve(rules);
        } catch {
          reject(
            new Error(`Could not read what oxlint said: ${stdout.slice(0, 2_000)} ${stderr.slice(0, 2_000)}`),
          );
        }
      },
    );
  });
}
