import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Simulator, startSimulator, TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { exportJob } from '../../workflows/index.ts';
import type { ExportJobInput, ExportJobResult } from '../../workflows/api.ts';
import { eventsOf, type JsonEvent } from '../support/history-json.ts';
import { makeJob } from '../end-to-end/real-parts.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { eventsOfRun, LENGTH_OF_A_RUN, runIdsOf, toNewRun, until } from '../workflows/new-run.ts';
import { type Edit, installVersion, packPackage } from './install-package.ts';
import { type InstalledWorker, startInstalledWorker } from './installed-worker.ts';

const LAST_DAY = addDays(dayOf(Date.now()), -5);
const FILE_BYTES = 2_000_000;
const HOUR_MS = 3_600_000;

/** What a person sees, and no command: running exports do not mind. */
const otherWords: Edit = {
  file: 'dist/workflows/card.js',
  from: "'Waiting for Twilio.'",
  to: "'Twilio is at it.'",
};

/** A command that no running export has in its history. */
const otherCommands: Edit = {
  file: 'dist/workflows/export-job.js',
  from: '    await run.workThrough(',
  to: "    await sleep('1 second');\n    await run.workThrough(",
};

type ExportHandle = WorkflowHandle<typeof exportJob>;

/** Each export has a day of its own, for which the simulator has a life of its own. */
const exportsOf = {
  creating: { resourceType: 'Participants', startDay: addDays(LAST_DAY, -6) },
  waiting: { resourceType: 'Messages', startDay: addDays(LAST_DAY, -5) },
  handedOver: { resourceType: 'Messages', startDay: addDays(LAST_DAY, -4) },
  downloading: { resourceType: 'Messages', startDay: addDays(LAST_DAY, -3) },
  cooling: { resourceType: 'Messages', startDay: addDays(LAST_DAY, -2) },
  cleaning: { resourceType: 'Calls', startDay: addDays(LAST_DAY, -1) },
  waitingForQuota: { resourceType: 'Messages', startDay: addDays(LAST_DAY, -7) },
  long: { resourceType: 'Messages', startDay: LAST_DAY },
} as const;

type Name = keyof typeof exportsOf;

/** The account of an export that waits for its quota: it has none left. All others have enough. */
const SPENT = { accountSid: `AC${'2'.repeat(32)}`, authToken: '5be7'.repeat(8) };
const QUOTA_DAYS = 20;

/** Version 1 begins the exports; in its place comes 2, then 3, which is not compatible, and then 2 again. */
const SAYS_THAT_IT_DOES_NOT_FIT = /nondeterminism/i;

describe('a new version of the worker under running exports', { timeout: 180_000 }, () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let folder: string;
  const projects = new Map<number, string>();
  const handles = new Map<Name, ExportHandle>();
  const results = new Map<Name, ExportJobResult>();
  const cards = new Map<string, string>();
  const exitCodes: (number | null)[] = [];
  let running: InstalledWorker | null = null;
  let taskFailures: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deploy-'));
    simulator = await startSimulator({
      clock: { kind: 'manual' },
      script: lives,
      credentials: [{ accountSid: TEST_ACCOUNT_SID, authToken: TEST_AUTH_TOKEN }, SPENT],
      quotaDays: QUOTA_DAYS,
    });
    await writeFile(join(folder, 'accounts.json'), JSON.stringify({ spent: SPENT }));
    const [server, tarball] = await Promise.all([
      createDevServerEnv({ suggestContinueAsNewAt: LENGTH_OF_A_RUN }),
      packPackage(),
    ]);
    env = server;
    for (const [index, edits] of [[], [otherWords], [otherWords, otherCommands]].entries()) {
      const version = `0.0.${index + 1}`;
      projects.set(index + 1, await installVersion({ folder, tarball, version, edits }));
    }

    await deploy(1);
    await beginAll();
    cards.set('1', await cardOf('waiting'));
    await deploy(2);
    simulator.faults.clear();
    await toNewRun(handles.get('waiting')!);
    cards.set('2', await cardOf('waiting'));
    simulator.clock.advance(2 * HOUR_MS);
    for (const name of Object.keys(exportsOf) as Name[])
      if (name !== 'long' && name !== 'waitingForQuota') results.set(name, await handles.get(name)!.result());
    simulator.clock.advance(24 * HOUR_MS);
    await handles.get('waitingForQuota')!.signal('checkNow');
    results.set('waitingForQuota', await handles.get('waitingForQuota')!.result());

    await deploy(3);
    const long = handles.get('long')!;
    await long.signal('checkNow');
    await until(async () => (taskFailures = await taskFailuresOf(long)).length > 0);
    // The log of the SDK's native part comes a moment later.
    await until(() => SAYS_THAT_IT_DOES_NOT_FIT.test(running!.output()));
    await deploy(2);
    simulator.clock.advance(72 * HOUR_MS);
    results.set('long', await long.result());
    exitCodes.push(await running!.stop());
    running = null;
  });
  after(async () => {
    running?.kill();
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds the one that was stopped gone in good order, each time', () => {
    assert.deepEqual(exitCodes, [0, 0, 0, 0]);
  });

  it('runs the code of the new version', () => {
    assert.match(cards.get('1') ?? '', /Waiting for Twilio\./);
    assert.match(cards.get('2') ?? '', /Twilio is at it\./);
  });

  it('has a create that was under way known to the export: one job', () => {
    assertComplete('creating', { jobs: 1 });
  });

  it('waits on for the same job, in a new run too', async () => {
    assertComplete('waiting', { jobs: 1 });
    assert.equal((await runIdsOf(env.client, handles.get('waiting')!)).length, 2);
  });

  it('goes on with an export that had gone on in a new run', async () => {
    assertComplete('handedOver', { jobs: 1 });
    assert.equal((await runIdsOf(env.client, handles.get('handedOver')!)).length, 2);
  });

  it('goes on with a download that did not end by itself: no byte is fetched twice', () => {
    assertComplete('downloading', { jobs: 1 });
    const { startDay } = exportsOf.downloading;
    assert.equal(simulator.ledger().bytesSent.byDay[`Messages ${startDay}`], FILE_BYTES);
  });

  it('submits a day again when its cool-down ends, and once', () => {
    assertComplete('cooling', { jobs: 2 });
  });

  it('waits on for the quota, and then asks once for what it was refused', () => {
    assertComplete('waitingForQuota', { jobs: 1 });
  });

  it('ends the clean-up of a cancelled export: its job is deleted', () => {
    const result = results.get('cleaning');
    assert.equal(result?.outcome, 'cancelled');
    assert.deepEqual(result?.notCleaned, []);
    assertJobs('cleaning', 1);
  });

  it('stops an export whose history it does not fit, saying so, and a version that fits goes on with it', () => {
    assert.deepEqual([...new Set(taskFailures)], ['WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR']);
    assertComplete('long', { jobs: 1 });
  });

  async function deploy(version: number): Promise<void> {
    if (running !== null) exitCodes.push(await running.stop());
    running = await startInstalledWorker(projects.get(version)!, {
      TEMPORAL_ADDRESS: env.address,
      TWILIO_ACCOUNT_SID: simulator.accountSid,
      TWILIO_AUTH_TOKEN: simulator.authToken,
      TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
      BULK_EXPORTS_ACCOUNTS: join(folder, 'accounts.json'),
      BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(join(folder, 'files')).href }),
    });
  }

  /** Brings each export to its phase, and returns while all of them are there. */
  async function beginAll(): Promise<void> {
    simulator.faults.add({ kind: 'stall', operation: 'getFile', days: exportsOf.downloading.startDay });
    simulator.faults.add({ kind: 'status503', operation: 'deleteJob', resourceType: 'Calls' });
    simulator.faults.add({
      kind: 'slow',
      delayMs: 1_000,
      operation: 'createJob',
      resourceType: 'Participants',
    });
    const spending = {
      resourceType: 'Calls',
      startDay: addDays(LAST_DAY, 1 - QUOTA_DAYS),
      endDay: LAST_DAY,
    } as const;
    await makeJob(simulator, spending, { username: SPENT.accountSid, password: SPENT.authToken });
    for (const name of [
      'waiting',
      'handedOver',
      'downloading',
      'cleaning',
      'waitingForQuota',
      'long',
    ] as const)
      await begin(name);
    await Promise.all([
      until(async () => (await phaseOf('waitingForQuota')) === 'waitingForQuota'),
      until(async () => (await phaseOf('waiting')) === 'waiting'),
      until(async () => (await phaseOf('long')) === 'waiting'),
      until(async () => (await phaseOf('handedOver')) === 'waiting').then(() =>
        toNewRun(handles.get('handedOver')!),
      ),
      until(() => (simulator.ledger().faults.stall ?? 0) > 0),
      until(async () => (await phaseOf('cleaning')) === 'waiting')
        .then(() => handles.get('cleaning')!.signal('cancel', {}))
        .then(() => until(() => (simulator.ledger().faults.status503 ?? 0) > 0)),
    ]);
    await begin('cooling');
    await until(async () => (await timersOf('cooling')).some((summary) => summary.startsWith('cool-down')));
    const createsBefore = simulator.ledger().requests.createJob ?? 0;
    await begin('creating');
    await until(() => (simulator.ledger().requests.createJob ?? 0) > createsBefore);
  }

  async function begin(name: Name): Promise<void> {
    const { resourceType, startDay } = exportsOf[name];
    const input: ExportJobInput = {
      resourceType,
      startDay,
      endDay: startDay,
      account: name === 'waitingForQuota' ? 'spent' : 'default',
      poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
      resubmit: { cooldown: '5 seconds' },
    };
    const handle = await env.client.workflow.start<typeof exportJob>('exportJob', {
      taskQueue: 'bulk-exports',
      workflowId: name,
      args: [input],
    });
    handles.set(name, handle);
  }

  async function phaseOf(name: Name): Promise<string> {
    return (await handles.get(name)!.query<{ phase: string }>('progress')).phase;
  }

  async function cardOf(name: Name): Promise<string> {
    const { currentDetails } = await handles
      .get(name)!
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails;
  }

  async function timersOf(name: Name): Promise<string[]> {
    const { runId } = await handles.get(name)!.describe();
    const events = await eventsOfRun(env.client, handles.get(name)!, runId);
    return events.flatMap((event) => (event['timerStartedEventAttributes'] ? [summaryOf(event)] : []));
  }

  function assertComplete(name: Name, { jobs }: { jobs: number }): void {
    const result = results.get(name);
    assert.equal(result?.outcome, 'complete');
    assert.deepEqual(result?.notCleaned, []);
    const { resourceType, startDay: day } = exportsOf[name];
    const { accountSid } = name === 'waitingForQuota' ? SPENT : simulator;
    const expected = simulator.expectedFile({ resourceType, day, submission: jobs, accountSid });
    assert.deepEqual(
      result?.days.map(({ outcome, attempts, sha256 }) => ({ outcome, attempts, sha256 })),
      [{ outcome: 'downloaded', attempts: jobs, sha256: expected?.sha256 }],
    );
    assertJobs(name, jobs);
  }

  /** That so many were made, and none is left. */
  function assertJobs(name: Name, count: number): void {
    const { startDay } = exportsOf[name];
    const made = simulator
      .ledger()
      .jobs.filter((job) => job.startDay === startDay && job.endDay === startDay);
    assert.deepEqual(
      made.map(({ state }) => state),
      Array<string>(count).fill('deleted'),
    );
  }
});

/** Hours pass by the test's hand alone. */
const lives = {
  life: { submitted: 0, running: 0 },
  days: [
    {
      days: exportsOf.waiting.startDay,
      statuses: [{ status: 'Submitted', for: '1 hour' }, { status: 'Completed' }],
    },
    {
      days: exportsOf.handedOver.startDay,
      statuses: [{ status: 'Submitted', for: '1 hour' }, { status: 'Completed' }],
    },
    { days: exportsOf.downloading.startDay, sizeBytes: FILE_BYTES },
    { days: exportsOf.cooling.startDay, submissions: [1], statuses: [{ status: 'Failed' }] },
    { days: exportsOf.cleaning.startDay, statuses: [{ status: 'Submitted' }] },
    {
      days: exportsOf.long.startDay,
      statuses: [{ status: 'Submitted', for: '3 days' }, { status: 'Completed' }],
    },
  ],
};

async function taskFailuresOf(handle: ExportHandle): Promise<string[]> {
  return eventsOf(await handle.fetchHistory()).flatMap((event) => {
    const failed = event['workflowTaskFailedEventAttributes'] as { cause: string } | undefined;
    return failed ? [failed.cause] : [];
  });
}

function summaryOf(event: JsonEvent): string {
  const { summary } = event['userMetadata'] as { summary: { data: string } };
  return JSON.parse(Buffer.from(summary.data, 'base64').toString()) as string;
}
