import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { readWorkerConfig } from '../../worker/config.ts';
import { startHealthServer } from '../../worker/health/health-server.ts';
import { createReadiness, type ReadinessInput } from '../../worker/health/readiness.ts';
import { createDurableServer, type DurableServer } from '../chaos/durable-server.ts';
import { WorkerProcess } from './running-worker.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const WELL = { runState: 'RUNNING', workflowPollerState: 'POLLING', activityPollerState: 'POLLING' } as const;

describe('a worker is ready', () => {
  const judged = async (input: Partial<ReadinessInput>): Promise<string | null> =>
    await createReadiness({ status: () => WELL, askTemporal: async () => {}, withinMs: 60_000, ...input })();

  test('when it runs and polls and Temporal answers, and at no other time', async () => {
    assert.equal(await judged({}), null);
    assert.match((await judged({ status: () => undefined })) ?? '', /has not started yet/);
    assert.match(
      (await judged({ status: () => ({ ...WELL, runState: 'DRAINING' }) })) ?? '',
      /it is DRAINING/,
    );
    for (const poller of ['workflowPollerState', 'activityPollerState'] as const)
      assert.match(
        (await judged({ status: () => ({ ...WELL, [poller]: 'FAILED' }) })) ?? '',
        /polls no .*FAILED/,
      );
    const askTemporal = async () => Promise.reject(new Error('no route'));
    assert.match((await judged({ askTemporal })) ?? '', /Temporal does not answer: no route/);
  });

  test('or is known not to be so in time, where Temporal says nothing at all', async () => {
    const askTemporal = () => new Promise<never>(() => {});
    assert.match((await judged({ askTemporal, withinMs: 5 })) ?? '', /does not answer within 5 ms/);
  });

  test('by one question for all who ask at a time, and a new one for who asks later', async () => {
    let asked = 0;
    const whyNotReady = createReadiness({
      status: () => WELL,
      askTemporal: async () => {
        asked += 1;
      },
      withinMs: 60_000,
    });
    await Promise.all([whyNotReady(), whyNotReady(), whyNotReady()]);
    assert.equal(asked, 1);
    await whyNotReady();
    assert.equal(asked, 2);
  });
});

describe('where probes are answered', () => {
  test('nothing else is, and by GET alone', async () => {
    const { url, stop } = await startHealthServer(LOOPBACK, async () => 'the reason');
    try {
      for (const path of ['/', '/healthz/', '/readyz/x', '/metrics', '//healthz', '/HEALTHZ'])
        assert.equal((await fetch(url + path)).status, 404, path);
      for (const path of ['/healthz', '/readyz'])
        assert.equal((await fetch(url + path, { method: 'POST', body: 'x' })).status, 405, path);
      assert.equal((await fetch(`${url}/healthz?verbose`)).status, 200);
      assert.equal((await fetch(`${url}/readyz`, { method: 'HEAD' })).status, 503);
    } finally {
      await stop();
    }
    await assert.rejects(fetch(`${url}/healthz`), 'it is closed');
  });

  test('those of the example for Kubernetes find it, from another machine', async () => {
    const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, snippet = ''] = /^```yaml\n(terminationGracePeriodSeconds[\s\S]+?)^```/m.exec(page) ?? [];
    const { containers } = parse(snippet) as { containers: Container[] };
    const [container] = containers;
    assert.ok(container, 'a container');
    const variables = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    const { healthAddress } = readWorkerConfig({
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'not-for-anybody',
      ...variables,
    });
    assert.equal(healthAddress?.host, '0.0.0.0');
    const { url, stop } = await startHealthServer(LOOPBACK, async () => null);
    try {
      for (const { httpGet } of [container.livenessProbe, container.readinessProbe]) {
        assert.equal(httpGet.port, healthAddress.port);
        assert.equal((await fetch(url + httpGet.path)).status, 200, httpGet.path);
      }
    } finally {
      await stop();
    }
  });

  test('no link that is a key is in the reason', async () => {
    const { url, stop } = await startHealthServer(LOOPBACK, async () => 'at https://x.example/?key=abc');
    try {
      assert.doesNotMatch(await (await fetch(`${url}/readyz`)).text(), /abc/);
    } finally {
      await stop();
    }
  });
});

describe('the probes of a worker process', { timeout: 120_000 }, () => {
  let folder: string;
  let temporal: DurableServer;
  const workers: WorkerProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'health-'));
    const say = (line: string) => process.stderr.write(`${line}\n`);
    temporal = await createDurableServer({ folder, continueAfterEvents: 4_096, say });
    await temporal.start();
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await temporal.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('say that it is ready, that Temporal is away, that it is back, and that the process is well all along', async () => {
    const worker = startWorker({ TEMPORAL_ADDRESS: temporal.address });
    const { healthz, readyz } = await probesOf(worker);
    await until(async () => (await readyz()).status === 200);
    assert.equal((await healthz()).status, 200);

    await temporal.stop('SIGKILL');
    const away = await readyz();
    assert.equal(away.status, 503);
    assert.match(away.text, /^Temporal does not answer/);
    assert.equal((await healthz()).status, 200);

    await temporal.start();
    await until(async () => (await readyz()).status === 200);
    assert.deepEqual(await worker.end('SIGTERM'), { exitCode: 0, signal: null });
    await assert.rejects(readyz(), 'nothing listens any more');
  });

  test('answer while the worker still waits for a Temporal that takes its call and says nothing', async () => {
    const silent = createListener().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const worker = startWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    const { healthz, readyz } = await probesOf(worker);
    assert.equal((await healthz()).status, 200);
    assert.deepEqual(await readyz(), { status: 503, text: 'The worker has not started yet.\n' });
    await worker.end('SIGKILL');
    silent.close();
  });

  test('are a fault of the configuration where another program has the address', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const worker = startWorker({
      TEMPORAL_ADDRESS: temporal.address,
      BULK_EXPORTS_HEALTH_ADDRESS: String(port),
    });
    assert.equal((await worker.ended).exitCode, 1);
    assert.match(
      worker.output(),
      /InvalidWorkerConfig: .*\n.*BULK_EXPORTS_HEALTH_ADDRESS must be .*EADDRINUSE/,
    );
    other.close();
  });

  function startWorker(variables: Record<string, string>): WorkerProcess {
    const worker = new WorkerProcess({
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'not-for-anybody',
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(folder).href }),
      BULK_EXPORTS_HEALTH_ADDRESS: '0',
      ...variables,
    });
    workers.push(worker);
    return worker;
  }
});

/** What stands in the example. */
interface Container {
  env: { name: string; value: string }[];
  livenessProbe: { httpGet: { path: string; port: number } };
  readinessProbe: { httpGet: { path: string; port: number } };
}

/** What a probe is told. */
interface ProbeAnswer {
  status: number;
  text: string;
}

async function probesOf(
  worker: WorkerProcess,
): Promise<Record<'healthz' | 'readyz', () => Promise<ProbeAnswer>>> {
  const told = /Probes are answered at (http:\/\/127\.0\.0\.1:\d+)\/healthz/;
  await until(() => told.test(worker.output()));
  const [, url = ''] = told.exec(worker.output()) ?? [];
  const probe = (path: string) => async () => {
    const response = await fetch(`${url}/${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { healthz: probe('healthz'), readyz: probe('readyz') };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(20);
}
