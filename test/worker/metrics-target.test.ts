import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { readMetricsTarget } from '../../worker/read-metrics-target.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { MeasuredWorker } from './measured-worker.ts';

const ADDRESS = 'BULK_EXPORTS_METRICS_ADDRESS';
const ENDPOINT = 'BULK_EXPORTS_OTLP_ENDPOINT';

describe('where metrics go', () => {
  test('is nowhere unless somebody says so', () => {
    assert.deepEqual(read({}), { target: undefined, faults: [] });
    assert.deepEqual(read({ [ADDRESS]: '', [ENDPOINT]: '' }), { target: undefined, faults: [] });
  });

  const addresses: [text: string, bindAddress: string][] = [
    ['9464', '127.0.0.1:9464'],
    ['127.0.0.1:9464', '127.0.0.1:9464'],
    ['0.0.0.0:65535', '0.0.0.0:65535'],
    ['[::1]:1', '[::1]:1'],
  ];
  for (const [text, bindAddress] of addresses)
    test(`is ${bindAddress} for the address ${text}`, () => {
      const { target, faults } = read({ [ADDRESS]: text });
      assert.deepEqual(faults, []);
      assert.deepEqual(target, { kind: 'prometheus', variable: ADDRESS, told: bindAddress, bindAddress });
    });

  for (const text of [
    '0',
    '65536',
    'localhost:9464',
    '127.0.0.1',
    ':9464',
    '1.2.3.400:9464',
    '::1:9464',
    '[127.0.0.1]:9464',
    'http://127.0.0.1:9464',
  ])
    test(`is refused for the address ${text}`, () => {
      const { target, faults } = read({ [ADDRESS]: text });
      assert.equal(target, undefined);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', /^BULK_EXPORTS_METRICS_ADDRESS must be a port .*, got "/);
    });

  const endpoints: [text: string, url: string, http: boolean][] = [
    ['http://collector:4318', 'http://collector:4318/v1/metrics', true],
    ['https://collector/of/mine', 'https://collector/of/mine', true],
    ['grpc://collector:4317', 'grpc://collector:4317', false],
  ];
  for (const [text, url, http] of endpoints)
    test(`is ${url} for the endpoint ${text}`, () => {
      const { target, faults } = read({ [ENDPOINT]: text });
      assert.deepEqual(faults, []);
      assert.ok(target?.kind === 'otlp', 'a collector');
      assert.deepEqual([target.url, target.http], [url, http]);
    });

  for (const text of [
    'collector:4318',
    'ftp://collector',
    'http://user:planted@collector:4318',
    'http://planted@collector',
  ])
    test(`is refused for an endpoint such as ${text.replace('planted', '…')}, which is not told`, () => {
      const { target, faults } = read({ [ENDPOINT]: text });
      assert.equal(target, undefined);
      assert.match(faults.join(), /^BULK_EXPORTS_OTLP_ENDPOINT must be a URL without credentials/);
      assert.ok(!faults.join().includes('planted'), 'no secret');
    });

  test('tells of an endpoint no more than its host', () => {
    assert.equal(
      read({ [ENDPOINT]: 'https://collector/planted?key=planted' }).target?.told,
      'https://collector',
    );
  });

  test('is one place, not two', () => {
    const { faults } = read({ [ADDRESS]: '9464', [ENDPOINT]: 'http://collector:4318' });
    assert.match(faults.join(), /must not both be set/);
  });
});

describe('a worker process and its metrics', { timeout: 80_000 }, () => {
  let env: TestWorkflowEnvironment;
  let collector: Server;
  let port: number;
  const received: { path: string; key: string; body: Buffer }[] = [];

  before(async () => {
    env = await createDevServerEnv();
    collector = createServer((request, response) => {
      void receive(request, response);
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    ({ port } = collector.address() as AddressInfo);
  });
  after(async () => {
    collector.closeAllConnections();
    collector.close();
    await env.teardown();
  });

  test('sends them to a collector, with the headers of its environment and not to its endpoint', async () => {
    const worker = await MeasuredWorker.start({
      ...variables(),
      [ADDRESS]: '',
      [ENDPOINT]: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    try {
      const names = [
        'bulk_exports_looks_total',
        'bulk_exports_exports_total',
        'bulk_exports_running_exports',
      ];
      const hasAll = (body: Buffer) => names.every((name) => body.includes(name));
      while (!received.some(({ body }) => hasAll(body))) await pause(50);
      const [first] = received;
      assert.deepEqual([first?.path, first?.key], ['/v1/metrics', 'of-the-collector']);
    } finally {
      await worker.kill();
    }
  });

  test('says that somebody else listens at its address', async () => {
    await assert.rejects(
      MeasuredWorker.start({ ...variables(), [ADDRESS]: `127.0.0.1:${port}` }),
      new RegExp(
        `InvalidWorkerConfig.*${ADDRESS} must be where metrics can go, got 127.0.0.1:${port}: .*in use`,
        's',
      ),
    );
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    received.push({ path: request.url ?? '', key: String(request.headers['x-key']), body });
    response.end();
  }

  function variables(): Record<string, string> {
    return {
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'a-token',
      BULK_EXPORTS_TASK_QUEUE: 'metrics-target',
    };
  }
});

function read(variables: Record<string, string>) {
  const faults: string[] = [];
  return { target: readMetricsTarget(variables, faults), faults };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
