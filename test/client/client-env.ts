import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { BulkExportsClient, ExportError, type ExportHandle } from '../../client/index.ts';
import { sharedBundle } from '../support/shared-bundle.ts';
import { FAILING_SINCE, LATER_SIGHTING } from './samples.ts';

/** The worker of a test. */
export interface LiteralWorker {
  taskQueue: string;
  stop: () => Promise<void>;
}

/** What a test has of its own where it does not share. */
export interface OwnWorker {
  dataConverter?: DataConverter;
  namespace?: string;
}

/**
 * A client and a worker of the literal workflows. A Worker takes longer to make than most tests to run, so the tests
 * of a file share one, and tell their exports apart by workflow ids; a test that stops it asks for its own.
 */
export async function withExports<T>(
  env: TestWorkflowEnvironment,
  work: (exports: BulkExportsClient, client: Client, worker: LiteralWorker) => Promise<T>,
  own?: OwnWorker,
): Promise<T> {
  const { dataConverter = {}, namespace = 'default' } = own ?? {};
  const worker = own ? await startWorker(env, { dataConverter, namespace }) : await sharedWorker(env);
  const { taskQueue } = worker;
  const client = new Client({ connection: env.connection, namespace, dataConverter });
  try {
    return await work(new BulkExportsClient({ client, taskQueue }), client, worker);
  } finally {
    if (own) await worker.stop();
  }
}

/** Ends the shared worker, then the server. */
export async function tearDown(env: TestWorkflowEnvironment): Promise<void> {
  await (await sharedWorkers.get(env))?.stop();
  await env.teardown();
}

const sharedWorkers = new Map<TestWorkflowEnvironment, Promise<LiteralWorker>>();

function sharedWorker(env: TestWorkflowEnvironment): Promise<LiteralWorker> {
  const worker = sharedWorkers.get(env) ?? startWorker(env, { dataConverter: {}, namespace: 'default' });
  sharedWorkers.set(env, worker);
  return worker;
}

async function startWorker(
  env: TestWorkflowEnvironment,
  { dataConverter, namespace }: Required<OwnWorker>,
): Promise<LiteralWorker> {
  const taskQueue = `client-${randomUUID()}`;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace,
    taskQueue,
    workflowBundle: await literalBundle(),
    dataConverter,
    activities: literalActivities,
  });
  const running = worker.run();
  let stopping: Promise<void> | undefined;
  return {
    taskQueue,
    stop: () => {
      stopping ??= (worker.shutdown(), running);
      return stopping;
    },
  };
}

const literalActivities = {
  watchExportJob: () => {
    throw ApplicationFailure.create({
      type: 'JobUnchanged',
      message: '2 Completed',
      details: [LATER_SIGHTING],
      category: 'BENIGN',
      nextRetryDelay: '1 hour',
    });
  },
  createExportJob: ({ told }: { told: boolean }) => {
    Context.current().heartbeat({ failing: { since: FAILING_SINCE, times: 3, told } });
    throw ApplicationFailure.create({
      type: 'TwilioUnavailable',
      message: 'Twilio answered 503',
      nextRetryDelay: '1 hour',
    });
  },
};

/** The error with which an export ends. */
export async function failureOf(handle: ExportHandle): Promise<ExportError> {
  try {
    await handle.result();
  } catch (error) {
    assert.ok(error instanceof ExportError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the export completed' });
}

function literalBundle(): Promise<WorkflowBundleOption> {
  const workflowsPath = fileURLToPath(new URL('literal-workflows.ts', import.meta.url));
  bundle ??= sharedBundle('literal-workflows', workflowsPath);
  return bundle;
}

let bundle: Promise<WorkflowBundleOption> | undefined;
