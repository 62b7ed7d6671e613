import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as nexus from 'nexus-rpc';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type Worker, type WorkerOptions } from '@temporalio/worker';
import type { DayStorage, ExportActivities } from '../../activities/index.ts';
import { installQuietRuntime } from '../support/temporal.ts';
import { BulkExportsPlugin, workflowsPath, type BulkExportsPluginOptions } from '../../worker/index.ts';
import { findShippedBundle } from '../../worker/shipped-bundle.ts';

const SID = `AC${'0'.repeat(32)}`;
const OPTIONS: BulkExportsPluginOptions = {
  accounts: { default: { accountSid: SID, username: SID, password: 'token' } },
  destinations: { default: 'file:./exports' },
};
const MINE: WorkerOptions = { taskQueue: 'mine' };
/** The plugin only hands it on. */
const ANY_WORKER = { options: { namespace: 'default', taskQueue: 'any' } } as Worker;

// Whatever comes to run asks for the one Runtime of the process.
installQuietRuntime();

describe('the plugin', () => {
  test('adds the activities to those of the Worker', () => {
    const mine = async () => 'mine';
    const { activities } = configure({ ...MINE, activities: { mine } });
    assert.deepEqual(Object.keys(activities ?? {}).toSorted(), [
      'createExportCustomJob',
      'createExportJob',
      'deleteExportJob',
      'downloadExportDay',
      'fetchExportConfiguration',
      'fetchExportJob',
      'findReusableDays',
      'listExportCustomJobs',
      'listExportDays',
      'mine',
      'sweepExportFiles',
      'sweepExportJobs',
      'updateExportConfiguration',
      'watchExportJob',
      'writeExportManifest',
    ]);
    assert.equal((activities as { mine: unknown }).mine, mine);
  });

  test("answers by Nexus beside the Worker's own services, unless it is told not to", () => {
    const mine = nexus.serviceHandler(nexus.service('Mine', {}), {});
    const namesOf = ({ nexusServices = [] }: WorkerOptions) =>
      nexusServices.map(({ definition }) => definition.name);
    assert.deepEqual(namesOf(configure({ ...MINE, nexusServices: [mine] })), ['Mine', 'BulkExports']);
    const silent = new BulkExportsPlugin({ ...OPTIONS, nexus: false });
    assert.deepEqual(namesOf(silent.configureWorker({ ...MINE, nexusServices: [mine] })), ['Mine']);
    // A Worker with an empty list of services would ask for tasks all the same.
    assert.equal(silent.configureWorker(MINE).nexusServices, undefined);
  });

  test('refuses a Worker whose own activity bears one of its names, naming it', () => {
    const activities = {
      mine: async () => {},
      deleteExportJob: async () => {},
      createExportJob: async () => {},
    };
    assert.throws(
      () => configure({ ...MINE, activities }),
      /Could not add the activities .*\[createExportJob, deleteExportJob\].*Rename the Worker's own/,
    );
  });

  test('brings the workflow where the Worker has none: by its path, and as a bundle where there is one', () => {
    const bundle = findShippedBundle();
    const expected = bundle ? { bundle, path: undefined } : { bundle: undefined, path: workflowsPath };
    for (const { workflowBundle, workflowsPath: path } of [
      configure(MINE),
      new BulkExportsPlugin(OPTIONS).configureReplayWorker({}),
    ])
      assert.deepEqual({ bundle: workflowBundle, path }, expected);
  });

  test("keeps the Worker's own workflows", () => {
    const mine = { ...MINE, workflowsPath: '/mine' };
    assert.equal(configure(mine).workflowsPath, '/mine');
    assert.equal(new BulkExportsPlugin(OPTIONS).configureReplayWorker(mine).workflowsPath, '/mine');
    assert.equal(
      new BulkExportsPlugin(OPTIONS).configureBundler({ workflowsPath: '/mine' }).workflowsPath,
      '/mine',
    );
  });

  test('keeps a bundle and adds no path beside it', () => {
    const mine = { ...MINE, workflowBundle: { code: '' } };
    for (const configured of [configure(mine), new BulkExportsPlugin(OPTIONS).configureReplayWorker(mine)]) {
      assert.deepEqual(configured.workflowBundle, { code: '' });
      assert.equal(configured.workflowsPath, undefined);
    }
  });

  test('refuses a destination that can not be one, before the Worker starts', () => {
    const plugin = new BulkExportsPlugin({ ...OPTIONS, destinations: { default: 'exports' } });
    assert.throws(
      () => plugin.configureWorker(MINE),
      /must be a URL that begins with one of file:, s3:, got a text that is no URL/,
    );
  });

  test('takes storages of its own by the schemes of their URLs, and closes what it has opened', async () => {
    const asked: string[] = [];
    const storage = (name: string): DayStorage =>
      ({ close: () => asked.push(`close ${name}`) }) as Partial<DayStorage> as DayStorage;
    const plugin = new BulkExportsPlugin({
      ...OPTIONS,
      destinations: { default: 'gs://bucket/x', mine: storage('mine') },
      storages: {
        gs: (url) => {
          asked.push(`open ${url}`);
          return storage('gs');
        },
      },
    });
    plugin.configureWorker(MINE);
    assert.deepEqual(asked, ['open gs://bucket/x']);
    await plugin.runWorker(ANY_WORKER, async () => {});
    assert.deepEqual(asked, ['open gs://bucket/x', 'close gs']);
  });

  test('refuses a Worker in which downloads could take every place, naming both numbers', () => {
    const plugin = new BulkExportsPlugin({ ...OPTIONS, downloadSlots: 20 });
    assert.throws(
      () => plugin.configureWorker({ ...MINE, maxConcurrentActivityTaskExecutions: 40 }),
      (error) => error instanceof TypeError && /2 × 20\).*got 40/.test(error.message),
    );
    plugin.configureWorker({ ...MINE, maxConcurrentActivityTaskExecutions: 41 });
    plugin.configureWorker(MINE);
    const large = new BulkExportsPlugin({ ...OPTIONS, downloadSlots: 50 });
    assert.throws(() => large.configureWorker(MINE), /got 100/, "Temporal's default is no more than that");
    large.configureWorker({ ...MINE, tuner: {} as NonNullable<WorkerOptions['tuner']> });
  });

  describe('and its connections', () => {
    let server: Server;
    let options: BulkExportsPluginOptions;

    before(async () => {
      server = createServer((_, response) => response.writeHead(204, { 'keep-alive': 'timeout=600' }).end());
      server.keepAliveTimeout = 600_000;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      options = { ...OPTIONS, twilioUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    });
    after(() => server.closeAllConnections());
    after(() => server.close());

    test('closes them once the last of its Workers has ended, and not before', async () => {
      const plugin = new BulkExportsPlugin(options);
      const [first, second] = [plugin.configureWorker(MINE), plugin.configureWorker(MINE)];
      await plugin.runWorker(ANY_WORKER, async () => {
        await deleteJob(second);
        await plugin.runWorker(ANY_WORKER, () => deleteJob(first));
        assert.notEqual(await countConnections(), 0, 'the other Worker still runs');
      });
      await until(async () => (await countConnections()) === 0);
    });

    test('closes them although a Worker that was configured never came to run', async () => {
      const plugin = new BulkExportsPlugin(options);
      plugin.configureWorker(MINE);
      const next = plugin.configureWorker(MINE);
      await plugin.runWorker(ANY_WORKER, () => deleteJob(next));
      await until(async () => (await countConnections()) === 0);
    });

    test('opens them anew for a Worker that was configured before another has ended', async () => {
      const plugin = new BulkExportsPlugin(options);
      const [first, second] = [plugin.configureWorker(MINE), plugin.configureWorker(MINE)];
      await plugin.runWorker(ANY_WORKER, () => deleteJob(first));
      await plugin.runWorker(ANY_WORKER, () => deleteJob(second));
      await until(async () => (await countConnections()) === 0);
    });

    test('closes them also where the Worker failed, and is ready for another', async () => {
      const plugin = new BulkExportsPlugin(options);
      plugin.configureWorker(MINE);
      const failed = plugin.runWorker(ANY_WORKER, async () => {
        throw new Error('the Worker failed');
      });
      await assert.rejects(failed, /the Worker failed/);
      const next = plugin.configureWorker(MINE);
      await plugin.runWorker(ANY_WORKER, () => deleteJob(next));
    });

    function countConnections(): Promise<number> {
      return new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      );
    }
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(5);
}

function configure(mine: WorkerOptions): WorkerOptions {
  return new BulkExportsPlugin(OPTIONS).configureWorker(mine);
}

async function deleteJob({ activities }: WorkerOptions): Promise<void> {
  const { deleteExportJob } = activities as ExportActivities;
  const identity = { account: 'default', resourceType: 'Messages', exportId: 'run' } as const;
  const input = { ...identity, jobSid: `JS${'0'.repeat(32)}` };
  const result = await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    deleteExportJob,
    input,
  );
  assert.deepEqual(result, { fate: 'deleted' });
}
