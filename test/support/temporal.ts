import { fileURLToPath } from 'node:url';
import { defineSearchAttributeKey } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { findTemporalServer, findTestServer } from '../../cli/temporal-server/index.ts';
import { findShippedBundle } from '../../worker/shipped-bundle.ts';
import { exportSearchAttributes } from '../../workflows/api.ts';
import { sharedBundle } from './shared-bundle.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * A time-skipping server of one's own, with the search attributes. Call `teardown()` after the tests.
 *
 * Its traps: time skips only while a `result()` or `env.sleep` is awaited; activities keep the real clock; it
 * serves one test after another; it has no list, no schedules and no worker versioning.
 */
export async function createTimeSkippingEnv(): Promise<TestWorkflowEnvironment> {
  installQuietRuntime();
  const path = await findTestServer({ say });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(exportSearchAttributes).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
    ),
  });
  return endOnSignal(env);
}

/** What a dev server may have otherwise. */
export interface DevServerOptions {
  searchAttributes?: 'registered' | 'unknown';
  /** The length of a history from which the engine suggests Continue-As-New; by itself at 4,096 events or 4 MB. */
  suggestContinueAsNewAt?: { events: number; bytes: number };
  /** Settings of the server by their names, such as `limit.historyCount.error`. */
  dynamicConfig?: Record<string, string | number | boolean>;
}

/**
 * A dev server in memory, on loopback. Call `teardown()` after the tests. It is one's own, except in a run of all
 * tests: there files that share a process share the server that has no options, so what a test lists or counts is its
 * own alone.
 */
export async function createDevServerEnv(options: DevServerOptions = {}): Promise<TestWorkflowEnvironment> {
  if (Object.keys(options).length > 0 || !isShared) return await startDevServer(options);
  shared ??= startDevServer(options);
  const env = await shared;
  // Each guest has an object of its own, which may be what it knows its worker by.
  return new Proxy(env, {
    get: (target, name) => (name === 'teardown' ? async () => {} : Reflect.get(target, name, target)),
  });
}

/** From now on the dev server without options is one. Gives what ends it. */
export function shareDevServer(): () => Promise<void> {
  isShared = true;
  return async () => await (await shared)?.teardown();
}

async function startDevServer(options: DevServerOptions): Promise<TestWorkflowEnvironment> {
  installQuietRuntime();
  const path = await findTemporalServer({ say });
  const registered = options.searchAttributes !== 'unknown';
  const suggestAt = options.suggestContinueAsNewAt;
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      ip: '127.0.0.1',
      log: { format: 'pretty', level: 'never' },
      searchAttributes: registered
        ? Object.entries(exportSearchAttributes).map(([name, type]) => defineSearchAttributeKey(name, type))
        : [],
      extraArgs: settingArguments({
        ...(suggestAt && {
          'limit.historyCount.suggestContinueAsNew': suggestAt.events,
          'limit.historySize.suggestContinueAsNew': suggestAt.bytes,
        }),
        ...options.dynamicConfig,
      }),
    },
  });
  return endOnSignal(env);
}

function settingArguments(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${JSON.stringify(value)}`,
  ]);
}

/** The bundle of `workflows/`, of the staged checkout or made once in a process: pass it to every Worker. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  installQuietRuntime();
  const staged = findShippedBundle();
  if (staged) return staged;
  bundle ??= sharedBundle('workflows', fileURLToPath(new URL('../../workflows', import.meta.url)));
  return await bundle;
}

/**
 * Only errors are logged, and signals end the test process at once. A process has one Runtime, installed before
 * the first connection: a test that makes a Worker without the functions above calls this first.
 */
export function installQuietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
}

/** Node's runner ends a file that hangs by SIGTERM; its server would stay behind. */
function endOnSignal(env: TestWorkflowEnvironment): TestWorkflowEnvironment {
  const end = (signal: NodeJS.Signals) => {
    void Promise.allSettled([env.teardown()]).then(() => process.kill(process.pid, signal));
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  return env;
}

let bundle: Promise<WorkflowBundleOption> | undefined;
let installed = false;
let isShared = false;
let shared: Promise<TestWorkflowEnvironment> | undefined;

/** `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPES = { KEYWORD: 2, INT: 3, KEYWORD_LIST: 7 } as const;
