import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { BulkExportsClient, ExportError, type ExportHandle } from '../../client/index.ts';
import { LATER_SIGHTING } from './samples.ts';

/** The worker of a test. */
export interface LiteralWorker {
  taskQueue: string;
  stop: () => Promise<void>;
}

/** A client and, while `work` runs, a worker of the literal workflows on a task queue of their own. */
export async function withExports<T>(
  env: TestWorkflowEnvironment,
  work: (exports: BulkExportsClient, client: Client, worker: LiteralWorker) => Promise<T>,
  dataConverter: DataConverter = {},
): Promise<T> {
  const taskQueue = `client-${randomUUID()}`;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue,
    workflowBundle: await literalBundle(),
    dataConverter,
    activities: {
      watchExportJob: () => {
        throw ApplicationFailure.create({
          type: 'JobUnchanged',
          message: '2 Completed',
          details: [LATER_SIGHTING],
          category: 'BENIGN',
          nextRetryDelay: '1 hour',
        });
      },
      createExportJob: () => {
        throw ApplicationFailure.create({
          type: 'TwilioUnavailable',
          message: 'Twilio answered 503',
          nextRetryDelay: '1 hour',
        });
      },
    },
  });
  const client = new Client({
    connection: env.connection,
    namespace: env.namespace ?? 'default',
    dataConverter,
  });
  const running = worker.run();
  let stopping: Promise<void> | undefined;
  const stopWorker = () => {
    stopping ??= (worker.shutdown(), running);
    return stopping;
  };
  try {
    return await work(new BulkExportsClient({ client, taskQueue }), client, { taskQueue, stop: stopWorker });
  } finally {
    await stopWorker();
  }
}

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

function literalBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('literal-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;
