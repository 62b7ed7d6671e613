import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  DefaultFailureConverter,
  defaultPayloadConverter,
  defineSearchAttributeKey,
} from '@temporalio/common';
import {
  BulkExportsClient,
  ExportError,
  type ExportHandle,
  type ExportJobInput,
} from '../../client/index.ts';
import { type Simulator, type SimulatorScript, startSimulator } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { type LoggingWorkerOptions, READY_LINE } from './logging-worker.ts';
import { filesBelow, quickExport, quickSettings, SPEED } from './real-parts.ts';
import { createSecretSearch, type FoundSecret, type SecretSearch } from './secret-search.ts';
import { nodeProgram } from '../support/node-program.ts';

/** Each has characters that every encoding writes otherwise. */
const AUTH_TOKEN = `auth+Token/${randomBytes(12).toString('base64')}&=?`;
const API_SECRET = `api Secret%${randomBytes(12).toString('base64')}~"`;
const WRONG_TOKEN = `wrong#Token/${randomBytes(12).toString('base64')}+`;
const PLANTED = `planted+Secret/${randomBytes(12).toString('base64')}&=`;
const ACCOUNT_SID = `AC${'1'.repeat(32)}`;
const API_KEY_SID = `SK${'2'.repeat(32)}`;
const FOREIGN_SIGNATURE = 'f0'.repeat(32);

/** Signed links, however they are written: in plain, and with their signs URL-encoded once. */
const LINK_PATTERNS = {
  'a signature': /X-Amz-(Signature|Credential|Security-Token)/i,
  'an algorithm of signed links': /AWS4-HMAC-SHA256/i,
  'the foreign signature': new RegExp(FOREIGN_SIGNATURE),
};

describe('no credential and no signed link', { timeout: 120_000 }, () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.close());

  it('is in any history, description, query, metric, log line or manifest, however an export ends', async (t) => {
    const { simulator, exports } = world;
    const search = createSecretSearch({
      secrets: {
        'the Auth Token': AUTH_TOKEN,
        'the API secret': API_SECRET,
        'the wrong token': WRONG_TOKEN,
        'Basic of the account': basic(ACCOUNT_SID, AUTH_TOKEN),
        'Basic of the API key': basic(API_KEY_SID, API_SECRET),
      },
      patterns: {
        ...LINK_PATTERNS,
        'a link to the store': new RegExp(
          `${simulator.storeUrl.replaceAll('.', '\\.')}[^\\s"]*(\\?|%3F)`,
          'i',
        ),
      },
    });
    const inputs: Record<string, ExportJobInput> = {
      'goes well through faults': quickExport(FAULTY_DAYS, { account: 'key' }),
      fails: quickExport(2, { resourceType: 'Calls', resubmit: { maximumAttempts: 1 } }),
      'is cancelled by the signal': quickExport(2, { resourceType: 'Conferences' }),
      'is cancelled by the engine': quickExport(2, { resourceType: 'Participants' }),
      'is refused': quickExport(1, { account: 'wrong' }),
    };
    const handles = await Promise.all(
      Object.entries(inputs).map(
        async ([title, input]) => [title, await exports.startExport(input)] as const,
      ),
    );
    const byTitle = new Map(handles);

    const seen = { descriptions: 0, heartbeats: 0, failures: new Set<string>() };
    const watching = Promise.all(
      handles.map(async ([, handle]) => watch(world.client, handle, search, seen)),
    );
    const ends = Promise.all(handles.map(async ([title, handle]) => [title, await endOf(handle)] as const));
    const stalled = ['is cancelled by the signal', 'is cancelled by the engine'];
    await Promise.all(
      stalled.map(async (title) => {
        const handle = byTitle.get(title);
        assert.ok(handle, 'a handle');
        await until(async () => (await handle.progress()).phase === 'downloading');
        await until(() => seen.failures.has('DownloadStalled'));
        if (title.endsWith('signal')) await handle.cancel({ reason: 'enough' });
        else await world.client.workflow.getHandle(handle.workflowId).cancel();
      }),
    );
    const endings = Object.fromEntries(await ends);
    const found = (await watching).flat();

    assert.deepEqual(endings, {
      'goes well through faults': 'complete',
      fails: 'ExportIncomplete',
      'is cancelled by the signal': 'ExportCancelled',
      'is cancelled by the engine': 'ExportCancelled',
      'is refused': 'AuthenticationRejected',
    });
    for (const [title, handle] of handles)
      found.push(...(await searchWorkflow(world.client, handle.workflowId, title, search)));
    found.push(...(await searchFolder(world.root, search)));
    found.push(...search('the log', world.log()));
    const metrics = await world.metrics();
    found.push(...search('the metrics', metrics));

    const { faults, links, authorizationAtStore } = simulator.ledger();
    t.diagnostic(`faults played: ${JSON.stringify(faults)}`);
    t.diagnostic(
      `${seen.descriptions} descriptions, ${seen.heartbeats} with heartbeats; ${[...seen.failures].join(', ')}`,
    );
    assert.deepEqual(found, []);
    assert.deepEqual(
      { authorizationAtStore, usedTwice: links.usedTwice },
      { authorizationAtStore: 0, usedTwice: 0 },
    );
    // What was searched is what could have betrayed something.
    assert.ok(seen.heartbeats > 0, 'a heartbeat was seen while the exports ran');
    for (const type of ['TwilioUnavailable', 'LinkRejected', 'DownloadStalled'])
      assert.ok(seen.failures.has(type), `${type} was seen in a pending activity`);
    for (const kind of SEEN_FAULTS) assert.ok(faults[kind], `the fault ${kind} was played`);
    assert.match(world.log(), /DayFileCorrupt/);
    for (const type of ['createExportJob', 'watchExportJob', 'downloadExportDay', 'deleteExportJob'])
      assert.match(metrics, new RegExp(`activity_type="${type}"`));
    assert.match(metrics, /temporal_activity_execution_failed\{/);
  });

  it('would be found in any of these places, in any form', async () => {
    const search = createSecretSearch({ secrets: { planted: PLANTED } });
    const link = createSecretSearch({ secrets: {}, patterns: LINK_PATTERNS });
    const { client, plantedTaskQueue } = world;
    const handle = await client.workflow.start('exportJob', {
      taskQueue: plantedTaskQueue,
      workflowId: randomUUID(),
      args: [quickExport(1, { friendlyName: PLANTED })],
      memo: { planted: { deep: [PLANTED] } },
      staticSummary: PLANTED,
      staticDetails: PLANTED,
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('BulkExportAccount', 'KEYWORD'), value: PLANTED },
      ],
    });
    const found: FoundSecret[] = [];
    await until(async () => {
      const { raw } = await handle.describe();
      found.push(...search('description', raw));
      return (raw.pendingActivities ?? []).some(({ lastFailure }) => lastFailure);
    });
    await handle.signal('cancel', { reason: PLANTED });
    await handle.result();
    found.push(...(await searchWorkflow(client, handle.workflowId, 'workflow', search)));
    found.push(...search('log', world.log()));
    found.push(...search('metrics', await world.metrics()));

    const converter = new DefaultFailureConverter({ encodeCommonAttributes: true });
    found.push(
      ...search('encoded failure', converter.errorToFailure(new Error(PLANTED), defaultPayloadConverter)),
    );

    const places = [...new Set(found.map(({ path }) => path.replaceAll(/\.\d+(?=\.|$)/g, '')))];
    for (const place of PLACES)
      assert.ok(
        places.some((path) => place.test(path)),
        `nothing was found at ${place}`,
      );

    for (const text of [
      `Basic ${basic('AC', PLANTED)}`,
      `Basic ${basic('ACx', PLANTED)}`,
      `Basic ${basic('ACxy', PLANTED)}`,
      new URLSearchParams({ token: PLANTED }).toString(),
      `/path/${encodeURIComponent(PLANTED)}`,
      JSON.stringify({ text: PLANTED }),
      Buffer.from(PLANTED),
    ])
      assert.notDeepEqual(search('text', { text }), [], String(text));
    const signed = 'https://store.example/file?X-Amz-Signature=0';
    for (const text of [signed, encodeURIComponent(signed), Buffer.from(signed)])
      assert.notDeepEqual(link('text', { text }), [], String(text));
    assert.deepEqual(search('text', { text: 'nothing of it', bytes: Buffer.from('nothing') }), []);
  });
});

/** Where the planted secret has to be found. */
const PLACES = [
  /^description\.pendingActivities\.heartbeatDetails\.payloads\.data/,
  /^description\.pendingActivities\.lastFailure\.message/,
  /^description\.pendingActivities\.lastFailure\.stackTrace/,
  /^description\.pendingActivities\.lastFailure\.applicationFailureInfo\.details/,
  /^description\.pendingActivities\.lastFailure\.cause\.message/,
  /^workflow description\..*memo/,
  /^workflow description\..*userMetadata\.summary/,
  /^workflow description\..*userMetadata\.details/,
  /^workflow history\.workflowExecutionStartedEventAttributes\.input/,
  /^workflow history\.workflowExecutionStartedEventAttributes\.memo/,
  /^workflow history\.workflowExecutionStartedEventAttributes\.searchAttributes/,
  /^workflow history\.workflowExecutionSignaledEventAttributes\.input/,
  /^workflow history\.activityTaskScheduledEventAttributes\.input/,
  /^workflow history\.activityTaskCompletedEventAttributes\.result/,
  /^workflow history\.activityTaskFailedEventAttributes\.failure\.message/,
  /^workflow history\.activityTaskFailedEventAttributes\.failure\.stackTrace/,
  /^workflow history\.activityTaskFailedEventAttributes\.failure\.applicationFailureInfo\.details/,
  /^workflow history\.userMetadata\.summary/,
  /^workflow history\.workflowExecutionCompletedEventAttributes\.result/,
  /^workflow query/,
  /^workflow card/,
  /^encoded failure\.encodedAttributes\.data/,
  /^log/,
  /^metrics/,
];

const FAULTY_DAYS = 9;
const SEEN_FAULTS = [
  'status429',
  'status500',
  'status503',
  'resetBefore',
  'resetAfter',
  'expiredLink',
  'foreignLink',
  'stall',
  'resetMidBody',
  'truncated',
  'corrupt',
] as const;

function faultyScript(): SimulatorScript {
  const { startDay } = quickExport(FAULTY_DAYS);
  const day = (index: number) =>
    new Date(Date.parse(startDay) + index * 86_400_000).toISOString().slice(0, 10);
  const oneDay = (index: number) => ({ resourceType: 'Messages', days: day(index), times: 2 }) as const;
  const foreign = `http://127.0.0.1:1/file.gz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${FOREIGN_SIGNATURE}`;
  return {
    life: { submitted: '2 minutes', running: '1 minute' },
    days: [
      { records: 30 },
      {
        resourceType: 'Calls',
        statuses: [{ status: 'Submitted', for: '10 minutes' }, { status: 'Failed' }],
      },
    ],
    faults: [
      { kind: 'status429', operation: 'createJob', resourceType: 'Messages', nth: 1, retryAfter: 1 },
      { kind: 'resetAfter', operation: 'createJob', resourceType: 'Messages', nth: 2 },
      { kind: 'status500', operation: 'fetchJob', nth: [2, 3, 4, 5, 6, 7] },
      { kind: 'resetBefore', operation: 'fetchJob', nth: [8, 9, 10] },
      { kind: 'expiredLink', ...oneDay(0) },
      { kind: 'stall', ...oneDay(1) },
      { kind: 'resetMidBody', ...oneDay(2) },
      { kind: 'truncated', ...oneDay(3) },
      { kind: 'corrupt', ...oneDay(4) },
      { kind: 'foreignLink', url: foreign, ...oneDay(5) },
      { kind: 'status503', operation: 'getFile', ...oneDay(6) },
      { kind: 'status500', operation: 'fetchDay', ...oneDay(7), times: 6 },
      { kind: 'status429', operation: 'fetchDay', ...oneDay(8), retryAfter: 1 },
      { kind: 'stall', resourceType: 'Conferences' },
      { kind: 'stall', resourceType: 'Participants' },
      { kind: 'status500', operation: 'deleteJob', times: 2 },
    ],
  };
}

interface World {
  simulator: Simulator;
  exports: BulkExportsClient;
  client: Client;
  root: string;
  plantedTaskQueue: string;
  log: () => string;
  /** As Prometheus would read them. */
  metrics: () => Promise<string>;
  close: () => Promise<void>;
}

async function startWorld(): Promise<World> {
  const env = await createDevServerEnv();
  const simulator = await startSimulator({
    clock: { kind: 'faster', speed: SPEED },
    credentials: [
      {
        accountSid: ACCOUNT_SID,
        authToken: AUTH_TOKEN,
        apiKeys: [{ sid: API_KEY_SID, secret: API_SECRET }],
      },
    ],
    script: faultyScript(),
  });
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  const taskQueue = randomUUID();
  const plantedTaskQueue = randomUUID();
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const worker = await startLoggingWorker({
    address: env.address,
    metricsAddress,
    real: {
      taskQueue,
      twilioUrl: simulator.apiUrl,
      destinations: { default: pathToFileURL(root).href },
      settings: { ...quickSettings, stallMs: 700 },
      shutdownGraceTime: '1 second',
      accounts: {
        default: { accountSid: ACCOUNT_SID, username: ACCOUNT_SID, password: AUTH_TOKEN },
        key: { accountSid: ACCOUNT_SID, username: API_KEY_SID, password: API_SECRET },
        wrong: { accountSid: ACCOUNT_SID, username: ACCOUNT_SID, password: WRONG_TOKEN },
      },
    },
    planted: { taskQueue: plantedTaskQueue, secret: PLANTED },
  });
  return {
    simulator,
    client: env.client,
    exports: new BulkExportsClient({ client: env.client, taskQueue }),
    root,
    plantedTaskQueue,
    log: worker.log,
    metrics: async () => await (await fetch(`http://${metricsAddress}/metrics`)).text(),
    close: async () => {
      await worker.stop();
      await simulator.stop();
      await env.teardown();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** One that nobody listens on: the engine's library takes an address, and does not tell which port 0 became. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startLoggingWorker(options: LoggingWorkerOptions) {
  const { path, execArgv } = nodeProgram(new URL('logging-worker.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [...execArgv, path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOGGING_WORKER: JSON.stringify(options) },
  });
  const chunks: string[] = [];
  const log = () => chunks.join('');
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  process.once('exit', () => child.kill('SIGKILL'));
  await until(() => {
    assert.equal(child.exitCode, null, log());
    return log().includes(READY_LINE);
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { log, stop };
}

/** Describes an export again and again until it ends, and searches what a person could see. */
async function watch(
  client: Client,
  { workflowId }: ExportHandle,
  search: SecretSearch,
  seen: { descriptions: number; heartbeats: number; failures: Set<string> },
): Promise<FoundSecret[]> {
  const handle = client.workflow.getHandle(workflowId);
  const found: FoundSecret[] = [];
  for (;;) {
    const { raw, status } = await handle.describe();
    seen.descriptions += 1;
    for (const { heartbeatDetails, lastFailure } of raw.pendingActivities ?? []) {
      if (heartbeatDetails?.payloads?.length) seen.heartbeats += 1;
      if (lastFailure?.applicationFailureInfo?.type)
        seen.failures.add(lastFailure.applicationFailureInfo.type);
    }
    found.push(...search(`${workflowId} while it runs`, raw));
    if (status.name !== 'RUNNING') return found;
    await pause(50);
  }
}

/** All that the engine tells of a workflow that is over. */
async function searchWorkflow(
  client: Client,
  workflowId: string,
  place: string,
  search: SecretSearch,
): Promise<FoundSecret[]> {
  const handle: WorkflowHandle = client.workflow.getHandle(workflowId);
  const { events } = await handle.fetchHistory();
  const { raw } = await handle.describe();
  const queries = await Promise.allSettled([
    handle.query('progress'),
    handle.query('__temporal_workflow_metadata'),
  ]);
  const [progress, card] = queries.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
  assert.ok(events && progress && card, `${place}: the workflow answers`);
  return [
    ...(events ?? []).flatMap((event) => search(`${place} history`, event)),
    ...search(`${place} description`, raw),
    ...search(`${place} query`, progress),
    ...search(`${place} card`, card),
  ];
}

async function searchFolder(root: string, search: SecretSearch): Promise<FoundSecret[]> {
  const files = await filesBelow(root);
  const texts = files.filter((file) => !file.endsWith('.gz'));
  assert.ok(
    texts.some((file) => file.startsWith('_manifests')),
    files.join(', '),
  );
  const contents = await Promise.all(
    texts.map(async (file) => search(file, await readFile(join(root, file)))),
  );
  return [...search('file names', files), ...contents.flat()];
}

async function endOf(handle: ExportHandle): Promise<string> {
  try {
    return (await handle.result()).outcome;
  } catch (error) {
    if (error instanceof ExportError) return error.type;
    throw error;
  }
}

function basic(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
