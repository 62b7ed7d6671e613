import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TwilioAccount } from '../../activities/index.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { ExportJobInput, ExportJobResult } from '../../workflows/api.ts';
import { SPEED, WORKFLOW_TASK_TIMEOUT } from '../chaos/pace.ts';
import { filesBelow } from '../end-to-end/real-parts.ts';
import { quickBundlePath } from '../support/quick-bundle.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { type Held, type HoldingFront, startHoldingFront } from './kill/holding-front.ts';
import { type KillPoint, killPoints } from './kill/kill-points.ts';
import { type KillableProcess, startKillableWorker } from './kill/killable-process.ts';
import type { KillableWorkerOptions, Stop } from './kill/killable-worker.ts';

/** Old enough for Twilio also when its clock runs ahead. */
const DAY = addDays(dayOf(Date.now()), -10);
const TASK_QUEUE = 'killed';

/**
 * A successor that does not let a create settle has looked, found nothing and made a second job by then. One that
 * does is still waiting.
 */
const TIME_FOR_A_HASTY_LOOK_MS = 1_000;

/** Jobs of these never end by themselves: that one does not run on is the clean-up's doing. */
const ENDLESS = 'Calls';

/**
 * One worker runs all exports, each with an account of its own. When every one of them stands where it is to be
 * killed, the worker is; a second one brings them home.
 */
describe('a worker that is killed', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  let simulator: Simulator;
  let front: HoldingFront;
  let folder: string;
  let results: Map<string, Promise<ExportJobResult>>;
  const workers: KillableProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kill-'));
    env = await createDevServerEnv();
    simulator = await startSimulator({
      credentials: Object.values(accounts).map(({ accountSid, password }) => ({
        accountSid,
        authToken: password,
      })),
      clock: { kind: 'faster', speed: SPEED },
      script: {
        life: { submitted: 0, running: 0 },
        days: [{ resourceType: ENDLESS, statuses: [{ status: 'Submitted' }] }],
      },
    });
    front = await startHoldingFront(simulator.apiUrl);
    const options: KillableWorkerOptions = {
      address: env.address,
      taskQueue: TASK_QUEUE,
      twilioUrl: front.url,
      destination: pathToFileURL(join(folder, 'files')).href,
      accounts,
      bundlePath: await quickBundlePath(folder),
      stops: stopsOf(killPoints),
    };
    const held = new Map(
      Object.entries(killPoints).map(([account, point]) => [account, holdOf(account, point)]),
    );
    const handles = new Map<string, WorkflowHandle>();
    const [killed] = await Promise.all([
      startKillableWorker(options),
      ...Object.entries(killPoints).map(async ([account, point]) =>
        handles.set(account, await startExport(account, point)),
      ),
    ]);
    workers.push(killed);
    await Promise.all(
      Object.entries(killPoints).map(async ([account, point]) => {
        await (held.get(account)?.reached ??
          killed.standsAt({ account, ...(point.at as Omit<Stop, 'account'>) }));
        if (point.cancelled) await cancelAndBeHeard(handles.get(account)!);
      }),
    );
    await killed.kill();

    results = new Map([...handles].map(([account, handle]) => [account, handle.result()]));
    const later = Object.entries(killPoints).map(async ([account, { carriedOut }]) => {
      if (carriedOut === undefined) return;
      if (carriedOut !== 'onceKilled') {
        await untilRuns(handles.get(account)!, carriedOut);
        await pause(TIME_FOR_A_HASTY_LOOK_MS);
      }
      await held.get(account)?.carryOut();
    });
    workers.push(await startKillableWorker({ ...options, stops: [] }));
    await Promise.all(later);
    await Promise.allSettled(results.values());
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    front.stop();
    await simulator.stop();
    await env.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [account, point] of Object.entries(killPoints)) {
    it(point.when, async () => {
      const result = await results.get(account);
      const { accountSid } = accounts[account]!;
      const jobs = simulator.ledger().jobs.filter((job) => job.accountSid === accountSid);
      assert.deepEqual(
        jobs.map(({ state }) => state),
        Array<string>(point.jobs).fill('deleted'),
      );
      assert.deepEqual(
        [front.count(accountSid, 'createJob'), front.count(accountSid, 'deleteJob')],
        [point.creates, point.deletes],
        'creates and deletes',
      );
      assert.deepEqual(
        result?.jobs.map(({ jobSid, fate }) => ({ jobSid, fate })),
        jobs.map(({ jobSid }) => ({ jobSid, fate: point.fate })),
      );
      assert.deepEqual(result?.notCleaned, []);
      assert.equal(result?.outcome, point.cancelled ? 'cancelled' : 'complete');
      const manifests = (await filesBelow(join(folder, 'files', '_manifests'))).filter((name) =>
        name.startsWith(`${account}/`),
      );
      assert.equal(manifests.length, 1, manifests.join());
      if (point.cancelled) return;
      const [day] = result?.days ?? [];
      assert.equal(day?.attempts, 1);
      assert.equal(front.count(accountSid, 'fetchDay'), 1, 'a link for each file');
      assert.equal(
        day?.sha256,
        simulator.expectedFile({ resourceType: 'Messages', day: DAY, accountSid })?.sha256,
      );
    });
  }

  function holdOf(account: string, { at }: KillPoint): Held | undefined {
    return 'request' in at ? front.hold({ accountSid: accounts[account]!.accountSid, ...at }) : undefined;
  }

  async function startExport(account: string, { cancelled }: KillPoint): Promise<WorkflowHandle> {
    const input: ExportJobInput = {
      resourceType: cancelled ? ENDLESS : 'Messages',
      startDay: DAY,
      endDay: DAY,
      account,
      poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
    };
    return await env.client.workflow.start('exportJob', {
      taskQueue: TASK_QUEUE,
      workflowId: account,
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    });
  }
});

const accounts: Record<string, TwilioAccount> = Object.fromEntries(
  Object.keys(killPoints).map((name) => {
    const accountSid = `AC${createHash('md5').update(name).digest('hex')}`;
    return [name, { accountSid, username: accountSid, password: `token of ${name}` }];
  }),
);

function stopsOf(points: Readonly<Record<string, KillPoint>>): Stop[] {
  return Object.entries(points).flatMap(([account, { at }]) =>
    'activity' in at ? [{ account, ...at }] : [],
  );
}

/** Returns when the engine has taken down that the workflow has its activity cancelled. */
async function cancelAndBeHeard(handle: WorkflowHandle): Promise<void> {
  await handle.signal('cancel', { reason: 'a test' });
  await until(async () => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
  });
}

/** `temporal.api.enums.v1.PendingActivityState`: an attempt runs. */
const STARTED = 2;

async function untilRuns(
  handle: WorkflowHandle,
  { onceRuns, attempt }: { onceRuns: string; attempt: number },
): Promise<void> {
  await until(async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    return (pendingActivities ?? []).some(
      (pending) =>
        pending.activityType?.name === onceRuns &&
        pending.attempt === attempt &&
        Number(pending.state) === STARTED,
    );
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}
