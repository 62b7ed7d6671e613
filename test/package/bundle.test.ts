import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The two packages of the sandbox with what they need, and the one validation library. */
const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc', 'zod'];

/** With its source map it has 3 MB now. Every worker thread parses it: another library should be noticed. */
const LIMIT_BYTES = 4_000_000;

describe('the bundle of the workflows', () => {
  let folder: string;
  let planted: string;
  let bundle: { code: string; modules: string[] };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    planted = join(folder, 'workflows');
    await mkdir(planted);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    bundle = await bundleFolder(join(root, 'workflows'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('has of our folders the workflows alone', () => {
    assert.ok(bundle.modules.includes('workflows/export-job.ts'), 'the workflow is in its bundle');
    assert.deepEqual(strangers(bundle.modules), []);
  });

  test('has no module of Node', () => {
    const names = bundle.modules.map((path) => path.replace(/^external "?(node:)?|"$/g, ''));
    assert.deepEqual(
      names.filter((name) => builtinModules.includes(name)),
      [],
    );
  });

  test('has of the packages those of the sandbox and of the validation alone', () => {
    assert.deepEqual(packagesOf(bundle.modules), PACKAGES);
  });

  test('stays small', () => {
    const { length } = bundle.code;
    assert.ok(length < LIMIT_BYTES, `${length} bytes, expected less than ${LIMIT_BYTES}`);
  });

  test('would show code of the activities, were it there', async () => {
    await writeFile(join(planted, 'index.ts'), `export * from '${join(root, 'activities/settings.ts')}';`);
    const { modules } = await bundleFolder(planted);
    assert.ok(strangers(modules).includes('activities/settings.ts'), 'the stranger is found');
  });

  test('is refused with a module of Node in it', async () => {
    await writeFile(join(planted, 'index.ts'), `export { readFileSync as x } from 'node:fs';`);
    await assert.rejects(bundleFolder(planted), /disallowed|Webpack finished with errors/);
  });
});

/** Bundles as a Worker does, and notes the modules: paths below the checkout, or webpack's own words. */
async function bundleFolder(workflowsPath: string): Promise<{ code: string; modules: string[] }> {
  const found = new Set<string>();
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('ERROR', () => {}),
    webpackConfigHook: (config) => ({
      ...config,
      plugins: [
        ...(config.plugins ?? []),
        { apply: (compiler: ModuleCompiler) => noteModules(compiler, found) },
      ],
    }),
  });
  return { code, modules: [...found].map((path) => relative(root, path)).toSorted() };
}

/** As much of webpack's compiler as is needed here. */
interface ModuleCompiler {
  hooks: { compilation: Tap<{ hooks: { succeedModule: Tap<{ identifier: () => string }> } }> };
}
interface Tap<Subject> {
  tap: (name: string, listener: (subject: Subject) => void) => void;
}

function noteModules(compiler: ModuleCompiler, found: Set<string>): void {
  compiler.hooks.compilation.tap('note modules', (compilation) => {
    compilation.hooks.succeedModule.tap('note modules', (module) => {
      found.add(
        module
          .identifier()
          .replace(/^.*!/, '')
          .replace(/\|[0-9a-f]+$/, ''),
      );
    });
  });
}

/** The modules of this checkout that are not of the workflows. The SDK makes up the entry point. */
function strangers(modules: string[]): string[] {
  return modules.filter(
    (path) => /^[a-z]+\/[^!]+\.(ts|js)$/.test(path) && !/^(workflows|node_modules)\//.test(path),
  );
}

function packagesOf(modules: string[]): string[] {
  const names = modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}
