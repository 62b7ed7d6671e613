import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { BulkExportsClient } from '../../client/index.ts';
import type { FaultScript, LifeScript } from '../../simulator/index.ts';
import type { ExportPhase } from '../../workflows/api.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import { createDurableServer, type DurableServer } from '../chaos/durable-server.ts';
import { quickBundle } from '../support/quick-bundle.ts';
import { installQuietRuntime } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { filesBelow, quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** What holds an export in a phase, until the server is back and the fault is taken out. */
const phases: {
  phase: ExportPhase;
  signal: 'SIGTERM' | 'SIGKILL';
  life: LifeScript;
  faults: FaultScript[];
}[] = [
  {
    phase: 'creating',
    signal: 'SIGKILL',
    life: { submitted: 0, running: 0 },
    faults: [{ kind: 'resetAfter', operation: 'createJob', nth: 1 }],
  },
  { phase: 'waiting', signal: 'SIGTERM', life: { submitted: '20 minutes', running: 0 }, faults: [] },
  {
    phase: 'downloading',
    signal: 'SIGKILL',
    life: { submitted: 0, running: 0 },
    faults: [{ kind: 'stall', operation: 'getFile', at: 0.9 }],
  },
  {
    phase: 'cleaning',
    signal: 'SIGTERM',
    life: { submitted: 0, running: 0 },
    faults: [{ kind: 'status503', operation: 'deleteJob' }],
  },
];

describe('an export whose Temporal server goes away and comes back', { timeout: 120_000 }, () => {
  let folder: string;
  let server: DurableServer;
  let env: TestWorkflowEnvironment;
  before(async () => {
    installQuietRuntime();
    folder = await mkdtemp(join(tmpdir(), 'bulk-exports-server-'));
    const say = (line: string) => process.stderr.write(`${line}\n`);
    server = await createDurableServer({ folder, continueAfterEvents: 4_096, say });
    await Promise.all([quickBundle(), server.start()]);
    env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  });
  after(async () => {
    await env.teardown();
    await server.stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  for (const { phase, signal, life, faults } of phases) {
    it(`in the phase ${phase} comes to its end, with one job and every day once, and so do those who wait for it`, async () => {
      const simulator = { script: { life, days: [{ records: 20_000 }], faults } };
      await withRealParts(env, { simulator, workflowBundle: await quickBundle() }, async (parts) => {
        await withHastyClient(parts, async (exports) => {
          const input = quickExport(2);
          const handle = await exports.startExport(input, { workflowId: randomUUID() });
          const ended = handle.result();
          const watched = lastOf(handle.watch({ intervalMs: 50 }));
          await until(async () => (await handle.progress()).phase === phase && isUnderWay(parts, phase));

          await server.stop(signal);
          await assert.rejects(handle.progress(), (error) => {
            const refused = error instanceof ServiceError ? error.cause : error;
            const code: number | undefined = isGrpcServiceError(refused) ? refused.code : undefined;
            return code === UNAVAILABLE;
          });
          parts.simulator.faults.clear();
          await server.start();

          const result = await ended;
          assert.equal((await watched)?.phase, 'complete');
          assert.deepEqual((await handle.progress()).result, result);
          assert.deepEqual(
            result.days.map(({ day, outcome, attempts }) => [day, outcome, attempts]),
            daysBetween(input.startDay, input.endDay).map((day) => [day, 'downloaded', 1]),
          );
          assert.deepEqual([result.outcome, result.notCleaned], ['complete', []]);
          const { jobs, jobsAlive } = parts.simulator.ledger();
          assert.deepEqual(
            [jobsAlive, result.jobs.map(({ jobSid }) => jobSid)],
            [0, jobs.map(({ jobSid }) => jobSid)],
          );
          assert.equal(jobs.length, 1);
          for (const { day, location = '' } of result.days) {
            const onDisk = createHash('sha256')
              .update(await readFile(fileURLToPath(location)))
              .digest('hex');
            assert.equal(onDisk, parts.simulator.expectedFile({ resourceType: 'Messages', day })?.sha256);
          }
          assert.equal((await filesBelow(parts.root)).length, 3, 'two days and the manifest');
        });
      });
    });
  }

  /**
   * A client whose connection does not try again by itself, as the SDK's own does for some twenty seconds: to it any
   * outage is a long one.
   */
  async function withHastyClient(
    { taskQueue }: RealParts,
    work: (exports: BulkExportsClient) => Promise<void>,
  ): Promise<void> {
    const connection = await Connection.connect({ address: server.address, interceptors: [] });
    try {
      await work(new BulkExportsClient({ client: new Client({ connection }), taskQueue }));
    } finally {
      await connection.close();
    }
  }
});

/** `@grpc/grpc-js` status. */
const UNAVAILABLE = 14;

/** Whether what is to be interrupted has begun. */
function isUnderWay({ simulator }: RealParts, phase: ExportPhase): boolean {
  const { requests, bytesSent, jobsMade } = simulator.ledger();
  if (phase === 'creating') return jobsMade > 0;
  if (phase === 'downloading') return bytesSent.total > 0;
  if (phase === 'cleaning') return (requests.deleteJob ?? 0) > 0;
  return true;
}

async function lastOf<T>(all: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined;
  for await (const each of all) last = each;
  return last;
}
