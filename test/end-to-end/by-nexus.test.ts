import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Client, type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  defineSearchAttributeKey,
  NexusOperationFailure,
} from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import * as nexus from 'nexus-rpc';
import type { ExportJobInput, ExportJobResult } from '../../client/index.ts';
import { defaultWorkflowId, ExportCancelledError } from '../../client/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { callingBundle } from './calling-bundle.ts';
import { quickExport, type RealParts, withRealParts } from './real-parts.ts';

const AT_ONCE = { life: { submitted: '0 seconds', running: '0 seconds' } };
const NEVER_DONE = { life: { submitted: '10 days' } };

/** The name that README's workflow calls. */
const ENDPOINT = 'bulk-exports';
const CALLERS = 'callers';

const PHASE = defineSearchAttributeKey('BulkExportPhase', 'KEYWORD');
/** `temporal.api.enums.v1.IndexedValueType`. */
const KEYWORD = 2;

describe('an export that a workflow of another namespace asks for by Nexus', { timeout: 120_000 }, () => {
  let server: Server;
  let serverWithoutAttributes: Server;
  let workflowBundle: WorkflowBundleOption;
  before(async () => {
    // Of their own: endpoints belong to the whole server.
    server = await startServer('registered');
    serverWithoutAttributes = await startServer('unknown');
    workflowBundle = await callingBundle();
  });
  after(async () => {
    await server.env.teardown();
    await serverWithoutAttributes.env.teardown();
  });

  it('gives it the result, once for the same request twice', async () => {
    await withCallers(AT_ONCE, async ({ call, client, simulator }) => {
      const input = quickExport(2);
      const [one, other] = await Promise.all([call(input), call(input)]);
      const result = await one.result();
      assert.equal(result.outcome, 'complete');
      assert.deepEqual(await other.result(), result);
      assert.equal(simulator.ledger().jobsMade, 1);

      const described = await client.workflow.getHandle(defaultWorkflowId(input)).describe();
      assert.equal(described.memo?.['startDay'], input.startDay);
      assert.match((await described.staticDetails()) ?? '', /Twilio Bulk Export of \*\*Messages\*\*/);
      assert.equal(described.typedSearchAttributes.get(PHASE), 'complete');
    });
  });

  it('gives it the result also where the namespace lacks the search attributes, or some of them', async () => {
    const calling = async ({ call, client }: Calling): Promise<void> => {
      const complete = async (): Promise<string | undefined> => {
        const input = quickExport(1);
        assert.equal((await (await call(input)).result()).outcome, 'complete');
        const described = await client.workflow.getHandle(defaultWorkflowId(input)).describe();
        return described.typedSearchAttributes.get(PHASE);
      };
      assert.equal(await complete(), undefined);
      await serverWithoutAttributes.env.connection.operatorService.addSearchAttributes({
        namespace: 'default',
        searchAttributes: { BulkExportPhase: KEYWORD },
      });
      assert.equal(await complete(), 'complete');
    };
    await withCallers(AT_ONCE, calling, serverWithoutAttributes);
  });

  it('is refused at once for an input that is not good, and every fault is named', async () => {
    await withCallers(AT_ONCE, async ({ call, simulator }) => {
      const input = { ...quickExport(2), resourceType: 'Faxes', until: 'soon' } as unknown as ExportJobInput;
      const { cause } = await failureOf(await call(input));
      assert.ok(cause instanceof nexus.HandlerError, String(cause));
      assert.deepEqual([cause.type, cause.retryable], ['BAD_REQUEST', false]);
      assert.match(cause.message, /resourceType must be one of .*got "Faxes".*until is not a field/);
      assert.equal(simulator.ledger().jobsMade, 0);
    });
  });

  it('is refused where one of the same days runs with another input, and that one goes on', async () => {
    await withCallers(NEVER_DONE, async ({ call, client, exports }) => {
      const input = quickExport(2);
      const handle = await exports.startExport(input);
      const { cause } = await failureOf(await call({ ...input, maxConcurrentDownloads: 7 }));
      assert.ok(cause instanceof nexus.HandlerError, String(cause));
      assert.deepEqual([cause.type, cause.retryable], ['CONFLICT', false]);
      assert.match(cause.message, /runs already .*maxConcurrentDownloads is 4 there, 7 here/);
      const { status } = await client.workflow.getHandle(handle.workflowId).describe();
      assert.equal(status.name, 'RUNNING');
      const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
      assert.ok(!events?.some((event) => event.workflowExecutionOptionsUpdatedEventAttributes), 'untouched');
      await handle.cancel();
      await assert.rejects(handle.result(), ExportCancelledError);
    });
  });

  it('fails it with the type and the result of the export', async () => {
    const days = [{ statuses: [{ status: 'Failed' }] }];
    await withCallers({ ...AT_ONCE, days }, async ({ call }) => {
      const { cause } = await failureOf(await call(quickExport(1, { resubmit: { maximumAttempts: 1 } })));
      const failure = applicationFailureIn(cause);
      assert.equal(failure?.type, 'ExportIncomplete', String(cause));
      assert.equal((failure.details as [ExportJobResult])[0].totals.failed, 1);
    });
  });

  it('is cancelled with it, which ends when the job at Twilio is deleted', async () => {
    await withCallers(NEVER_DONE, async ({ call, simulator }) => {
      const caller = await call(quickExport(2));
      await until(async () => simulator.ledger().jobsMade === 1);
      await caller.cancel();
      const error = await endOf(caller);
      assert.ok(error.cause instanceof CancelledFailure, String(error.cause));
      const { jobsAlive, jobsDeleted } = simulator.ledger();
      assert.deepEqual({ jobsAlive, jobsDeleted }, { jobsAlive: 0, jobsDeleted: 1 });
    });
  });

  type Caller = WorkflowHandle<(input: ExportJobInput) => Promise<ExportJobResult>>;
  type Calling = RealParts & { call: (input: ExportJobInput) => Promise<Caller> };

  /** A worker of exports, an endpoint to it, and a worker of callers in a namespace of their own. */
  async function withCallers(
    script: SimulatorScript,
    work: (calling: Calling) => Promise<void>,
    { env, callers } = server,
  ): Promise<void> {
    await withRealParts(env, { simulator: { script } }, async (parts) => {
      const endpoint = await env.createNexusEndpoint(ENDPOINT, parts.taskQueue);
      const taskQueue = randomUUID();
      const worker = await Worker.create({
        connection: env.nativeConnection,
        namespace: CALLERS,
        taskQueue,
        workflowBundle,
      });
      const call = async (input: ExportJobInput): Promise<Caller> =>
        await callers.workflow.start('exportByNexus', { taskQueue, workflowId: randomUUID(), args: [input] });
      try {
        await worker.runUntil(work({ ...parts, call }));
      } finally {
        await env.deleteNexusEndpoint(endpoint);
      }
    });
  }
});

/** A server of exports, and a client of the other namespace there. */
interface Server {
  env: TestWorkflowEnvironment;
  callers: Client;
}

async function startServer(searchAttributes: 'registered' | 'unknown'): Promise<Server> {
  const env = await createDevServerEnv({ searchAttributes });
  return { env, callers: await createNamespace(env) };
}

async function createNamespace({ connection }: TestWorkflowEnvironment): Promise<Client> {
  await connection.workflowService.registerNamespace({
    namespace: CALLERS,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const client = new Client({ connection, namespace: CALLERS });
  // The server learns of it a little later.
  await until(async () =>
    client.workflow.count().then(
      () => true,
      () => false,
    ),
  );
  return client;
}

async function endOf(caller: WorkflowHandle): Promise<WorkflowFailedError> {
  const error: unknown = await caller.result().then(
    () => assert.fail('it completed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowFailedError, String(error));
  return error;
}

async function failureOf(caller: WorkflowHandle): Promise<NexusOperationFailure> {
  const { cause } = await endOf(caller);
  assert.ok(cause instanceof NexusOperationFailure, String(cause));
  return cause;
}

function applicationFailureIn(error: Error | undefined): ApplicationFailure | undefined {
  if (error === undefined || error instanceof ApplicationFailure) return error;
  return applicationFailureIn(error.cause as Error | undefined);
}
