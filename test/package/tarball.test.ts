import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkerOptions } from '@temporalio/worker';
import type { WorkflowProgress } from '../../client/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import { bundleForShipping } from '../support/shipped-bundle.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import type * as Worker from '../../worker/index.ts';
import { until } from '../workflows/new-run.ts';
import { installPackage, packageFolder, packPackage, readManifest } from './install-package.ts';
import { buildService, freePort, startService } from './installed-service.ts';
import { startInstalledWorker } from './installed-worker.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
/** What of a progress is looked at. */
type Progress = Pick<WorkflowProgress, 'phase' | 'jobs' | 'result'>;

const DAY = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);

describe('the packed package, installed in a fresh project', () => {
  let env: TestWorkflowEnvironment;
  let folder: string;
  let project: string;
  let caller: string;
  let tarball: string;

  before(async () => {
    env = await createDevServerEnv();
    folder = await mkdtemp(join(tmpdir(), 'tarball-'));
    // Beside each other: below, the caller would find what the other has installed.
    [project, caller] = [join(folder, 'project'), join(folder, 'caller')];
    tarball = await packPackage();
    await install({ tarball, project, caller });
  });
  after(async () => {
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  test('holds what is run and nothing of the tests', async () => {
    const { stdout } = await run('find', ['.', '-type', 'f'], { cwd: packageFolder(project) });
    const files = stdout.trim().split('\n').toSorted();
    const strangers = files.filter(
      (file) =>
        !/^\.\/(dist\/.*\.(js|d\.ts)|dist\/worker\/workflows-[0-9.]+\.cjs|docs\/([a-z-]+\.md|images\/[a-z]+\.png|alerts\.yml)|examples\/simulator-scripts\/[a-z0-9-]+\.json|schemas\/[a-z]+\.json|package\.json|LICENSE|CHANGELOG\.md|README\.md)$/.test(
          file,
        ),
    );
    assert.deepEqual(strangers, []);
    assert.deepEqual(
      files.filter((file) => /\/(test|bench)\//.test(file)),
      [],
    );
    for (const needed of [
      './dist/workflows/index.js',
      './docs/failure-modes.md',
      './docs/alerts.yml',
      './schemas/input.json',
    ])
      assert.ok(files.includes(needed), files.join());
  });

  test('brings the bundle of the workflow that it was built with', async () => {
    const shipped = await readFile(await bundleIn(packageFolder(project)), 'utf8');
    assert.ok(shipped.includes('"./workflows/export-job.js"'), 'the workflow is in its bundle');
    assert.ok(
      shipped === (await bundleForShipping(join(root, 'dist'))),
      'it is the one that is made of dist',
    );
  });

  test('has a Worker take that bundle where nothing of its own goes into it, and the SDK is of its version', async () => {
    const worker = await import(pathToFileURL(join(packageFolder(project), 'dist/worker/index.js')).href);
    const { BulkExportsPlugin, workflowsPath } = worker as typeof Worker;
    const sid = `AC${'0'.repeat(32)}`;
    const plugin = new BulkExportsPlugin({
      accounts: { default: { accountSid: sid, username: sid, password: 'token' } },
      destinations: { default: 'file:./exports' },
    });
    const configured = (options: Partial<WorkerOptions>) => {
      const plugins = [plugin, ...(options.plugins ?? [])];
      return [
        plugin.configureWorker({ taskQueue: 'mine', ...options, plugins }),
        plugin.configureReplayWorker({ ...options, plugins }),
      ].map((all) => ({ bundle: all.workflowBundle, path: all.workflowsPath }));
    };
    const both = (one: unknown) => [one, one];

    const codePath = await bundleIn(packageFolder(project));
    assert.deepEqual(configured({}), both({ bundle: { codePath }, path: undefined }));
    const others: Partial<WorkerOptions>[] = [
      { interceptors: { workflowModules: ['/mine'] } },
      { dataConverter: { payloadConverterPath: '/mine' } },
      { dataConverter: { failureConverterPath: '/mine' } },
      { bundlerOptions: { ignoreModules: ['mine'] } },
      { plugins: [{ name: 'mine' }] },
    ];
    for (const options of others)
      assert.deepEqual(
        configured(options),
        both({ bundle: undefined, path: workflowsPath }),
        JSON.stringify(options),
      );

    await rename(codePath, codePath.replace(/[^-]+$/, '0.0.1.cjs'));
    try {
      assert.deepEqual(configured({}), both({ bundle: undefined, path: workflowsPath }));
    } finally {
      await rename(codePath.replace(/[^-]+$/, '0.0.1.cjs'), codePath);
    }
  });

  test('gives its JSON Schemas by their names', async () => {
    const code =
      `import schema from 'temporal-bulk-exports/schemas/input.json' with { type: 'json' };` +
      `console.log(schema.title);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: caller });
    assert.equal(stdout, 'ExportJobInput\n');
  });

  test('exports by the default path, by a re-export, and by a bundle', { timeout: 120_000 }, async () => {
    const exports = pathToFileURL(join(project, 'exports')).href;
    const { stdout } = await run(process.execPath, ['export-three-ways.js', env.address, exports, DAY], {
      cwd: project,
    });
    const own = 'hello from the own activity';
    assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), {
      defaultPath: { outcome: 'complete', downloaded: 1 },
      reExport: { outcome: 'complete', downloaded: 1, greeting: own },
      bundle: { outcome: 'complete', downloaded: 1, greeting: own },
    });
  });

  test('serves a caller who has not installed what workers alone need', async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', CALLER, env.address], {
      cwd: caller,
    });
    const { status, joined, packages } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual({ status, joined }, { status: 'RUNNING', joined: true });
    // CommonJS, all the way down, with what these need themselves.
    assert.ok(Array.isArray(packages) && packages.includes('@temporalio/client'), String(packages));
    for (const heavy of ['worker', 'core-bridge', 'activity', 'testing', 'plugin', 'envconfig'])
      assert.ok(!packages.includes(`@temporalio/${heavy}`), `the caller has loaded @temporalio/${heavy}`);
  });

  test('leads from the client to the contract of the workflow, and to nothing of workers', async () => {
    const dist = join(packageFolder(caller), 'dist');
    const { files, packages } = await importsOf(join(dist, 'client/index.js'));
    const beside = files.map((file) => relative(dist, file)).filter((file) => !file.startsWith('client/'));
    assert.deepEqual(beside, [
      'workflows/api.js',
      'workflows/calendar.js',
      'workflows/contract/operations.js',
      'workflows/input.js',
      'workflows/workflow-id.js',
    ]);
    assert.deepEqual(
      packages.filter((name) => !name.startsWith('node:')),
      ['@temporalio/client', '@temporalio/common/lib/time.js', '@temporalio/workflow', 'zod'],
    );
  });

  test('is what the example service is built of: it starts an export once, shows it, is told by Twilio, and stops it', async (t) => {
    const simulator = await startSimulator({ clock: { kind: 'manual' } });
    t.after(() => simulator.stop());
    const service = join(folder, 'service');
    await buildService(service, tarball);
    const port = String(await freePort());
    const variables = {
      TEMPORAL_ADDRESS: env.address,
      BULK_EXPORTS_TASK_QUEUE: 'of-the-service',
      BULK_EXPORTS_PUBLIC_URL: `http://127.0.0.1:${port}/twilio/webhook`,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
    };
    const { apiUrl } = simulator;
    const worker = await startInstalledWorker(project, { ...variables, TWILIO_BULKEXPORTS_URL: apiUrl });
    t.after(() => worker.kill());
    const { ask, said, stop, kill } = await startService(service, { ...variables, PORT: port });
    t.after(() => kill());

    // A look by itself would come in half an hour: it is the webhook that brings the end.
    const poll = { minimumInterval: '10 minutes', maximumInterval: '1 hour' };
    const input = { resourceType: 'Calls', startDay: DAY, endDay: DAY, poll };
    const id = `bulk-export-Calls-${DAY}..${DAY}`;
    assert.deepEqual(await ask('POST', '/exports', input), { status: 201, body: { id } });
    assert.deepEqual(await ask('POST', '/exports', input), { status: 200, body: { id } });
    const shown = async (which: string, isSo: (progress: Progress) => boolean): Promise<Progress> => {
      const { status, body } = await ask('GET', `/exports/${which}`);
      assert.equal(status, 200, JSON.stringify(body));
      return isSo(body as never) ? (body as never) : shown(which, isSo);
    };
    await until(async () => {
      const { raw } = await env.client.workflow.getHandle(id).describe();
      return (raw.pendingActivities ?? []).some(
        ({ activityType, lastFailure }) => activityType?.name === 'watchExportJob' && lastFailure,
      );
    });
    simulator.clock.advance(24 * 3_600_000);
    const { result: complete } = await shown(id, ({ phase }) => phase === 'complete');
    assert.equal(complete?.totals.downloaded, 1);
    await until(() => said().includes(`Webhook: {"kind":"told","workflowId":"${id}"}\n`));
    assert.deepEqual(await ask('POST', '/exports', input), { status: 200, body: { id } });
    assert.equal(simulator.ledger().jobsMade, 1);

    const other = { ...input, resourceType: 'Messages' };
    const { body: started } = await ask('POST', '/exports', other);
    const which = String(started['id']);
    assert.deepEqual(await ask('DELETE', `/exports/${which}`), { status: 202, body: { id: which } });
    const { result } = await shown(which, ({ phase }) => phase === 'cancelled');
    assert.equal(result?.cancelReason, 'DELETE of the service');
    assert.equal(simulator.ledger().jobsAlive, 0);

    for (const [method, path, sent, status, says] of [
      [
        'POST',
        '/exports',
        { ...input, endDay: '2026-02-30', what: 1 },
        400,
        /endDay must be.*what is not a field/,
      ],
      ['POST', '/exports', 'x'.repeat(100_001), 400, /too long/],
      ['POST', '/exports', undefined, 400, /JSON/],
      ['POST', '/exports', { ...input, allowIncomplete: true }, 409, /allowIncomplete is false there/],
      ['GET', '/exports/nobody-knows', undefined, 404, /no export of this id/],
      ['GET', '/exports/%', undefined, 400, /URI/],
      ['DELETE', `/exports/${which}`, undefined, 409, /is over/],
      ['PUT', '/exports', {}, 404, /There is POST \/exports, GET/],
      ['GET', '//', undefined, 404, /There is POST/],
    ] as const) {
      const refused = await ask(method, path, sent);
      assert.equal(refused.status, status, `${method} ${path}: ${JSON.stringify(refused.body)}`);
      assert.match(String(refused.body['error']), says);
    }
    const forged = await fetch(`http://127.0.0.1:${port}/twilio/webhook`, { method: 'POST' });
    assert.equal(forged.status, 403);
    assert.equal(await stop(), 0);
    assert.equal(await worker.stop(), 0);
  });

  test('gives a caller the contract by Nexus', async () => {
    const code = `import { bulkExports } from 'temporal-bulk-exports/nexus'; console.log(bulkExports.name);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: caller });
    assert.equal(stdout, 'BulkExports\n');
  });

  test('runs its command line there, too', async () => {
    const cli = join(packageFolder(caller), 'dist/cli/main.js');
    const { stdout } = await run(process.execPath, [cli, 'start', '--help'], { cwd: caller });
    assert.match(stdout, /--resource-type/);
  });

  test('brings the example scripts, and finds them by their names', async () => {
    const cli = join(packageFolder(caller), 'dist/cli/main.js');
    const folder = join(packageFolder(caller), 'examples/simulator-scripts');
    const { stdout } = await run(process.execPath, [cli, 'simulate', '--examples', '--json'], {
      cwd: caller,
    });
    const told = JSON.parse(stdout) as { folder: string; examples: { name: string }[] };
    assert.equal(told.folder, folder);
    assert.deepEqual(
      told.examples.map(({ name }) => name),
      (await readdir(folder)).map((file) => file.replace('.json', '')).toSorted(),
    );
  });
});

/** The path of the one bundle that the package has. */
async function bundleIn(installed: string): Promise<string> {
  const folder = join(installed, 'dist/worker');
  const bundles = (await readdir(folder)).filter((name) => name.endsWith('.cjs'));
  assert.equal(bundles.length, 1, bundles.join());
  return join(await realpath(folder), bundles[0]!);
}

/** Starts an export twice, without a worker. Whoever loads native code would end it. */
const CALLER = `
  import { createRequire } from 'node:module';
  process.dlopen = (_, file) => { throw new Error('native code: ' + file); };
  const { Client, Connection } = await import('@temporalio/client');
  const { BulkExportsClient } = await import('temporal-bulk-exports/client');
  const connection = await Connection.connect({ address: process.argv[1] });
  const exports = new BulkExportsClient({ client: new Client({ connection }), taskQueue: 'nobody' });
  const input = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-02' };
  await exports.startExport(input);
  const handle = await exports.startExport(input);
  const { status } = await handle.describe();
  await connection.close();
  const loaded = Object.keys(createRequire(process.cwd() + '/x.js').cache);
  const packages = loaded.flatMap((file) => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1] ?? []);
  console.log(JSON.stringify({ status: status.name, joined: handle.joined, packages: [...new Set(packages)] }));
`;

/** What a module of ours imports, directly or not: files of ours, and names of packages, in order. */
async function importsOf(entry: string): Promise<{ files: string[]; packages: string[] }> {
  const files = [entry];
  const packages = new Set<string>();
  for (const file of files) {
    const source = (await readFile(file, 'utf8')).replaceAll(/\/\*\*.*?\*\//gs, ''); // docs show imports, too
    for (const [, name = ''] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g)) {
      const path = join(dirname(file), name);
      if (!name.startsWith('.')) packages.add(name);
      else if (!files.includes(path)) files.push(path);
    }
  }
  return { files: files.toSorted(), packages: [...packages].toSorted() };
}

/** In the project there is all that `package.json` asks for, at the caller what it does not call optional. */
async function install(input: { tarball: string; project: string; caller: string }): Promise<void> {
  const { tarball, project, caller } = input;
  const { dependencies, peerDependencies, peerDependenciesMeta } = await readManifest();
  await cp(join(root, 'test/package/consumer'), project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
  const all = Object.keys({ ...dependencies, ...peerDependencies });
  await installPackage(project, tarball, all);
  await installPackage(
    caller,
    tarball,
    all.filter((name) => !peerDependenciesMeta[name]?.optional),
  );
}
