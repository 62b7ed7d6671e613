import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportActivities } from '../../activities/index.ts';
import { ExportCancelledError, type ExportHandle } from '../../client/index.ts';
import type { FaultScript, LifeScript } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import {
  filesBelow,
  quickExport,
  type RealParts,
  type RealPartsOptions,
  withRealParts,
} from './real-parts.ts';

/** An activity, and what keeps it from its end until the fault is taken out. */
interface HeldActivity {
  type: keyof ExportActivities;
  title: string;
  faults: FaultScript[];
  life: LifeScript;
  /** Whether the pause comes in the midst of an attempt, not between two. */
  inAttempt: boolean;
  /** What `progress` says of it beside the pause. */
  says?: RegExp;
  /** Whether a cancel still changes the export's end. */
  cancels: boolean;
}

const QUICK: LifeScript = { submitted: 0, running: 0 };

const heldActivities: HeldActivity[] = [
  {
    type: 'watchExportJob',
    title: 'a look, between two attempts',
    faults: [],
    life: { submitted: '20 minutes', running: 0 },
    inAttempt: false,
    cancels: true,
  },
  {
    type: 'createExportJob',
    title: 'a create, between two attempts',
    faults: [{ kind: 'status503', operation: 'listJobs' }],
    life: QUICK,
    inAttempt: false,
    says: /^createExportJob failed before its pause, attempt \d+: Could not create .*503/,
    cancels: true,
  },
  {
    type: 'downloadExportDay',
    title: 'a download, between two attempts',
    faults: [{ kind: 'status503', operation: 'fetchDay' }],
    life: QUICK,
    inAttempt: false,
    says: /^downloadExportDay failed before its pause, attempt \d+: Could not download .*503/,
    cancels: true,
  },
  {
    type: 'deleteExportJob',
    title: 'a delete, between two attempts',
    faults: [{ kind: 'status503', operation: 'deleteJob' }],
    life: QUICK,
    inAttempt: false,
    says: /^deleteExportJob failed before its pause, attempt \d+: Could not delete .*503/,
    cancels: false,
  },
  {
    type: 'createExportJob',
    title: 'a create, in the midst of a request whose answer is lost',
    faults: [
      { kind: 'slow', operation: 'createJob', delayMs: 700, nth: 1 },
      { kind: 'resetAfter', operation: 'createJob', nth: 1 },
    ],
    life: QUICK,
    inAttempt: true,
    cancels: true,
  },
  {
    type: 'downloadExportDay',
    title: 'a download, in the midst of a file',
    faults: [{ kind: 'stall', operation: 'getFile', at: 0.9 }],
    life: QUICK,
    inAttempt: true,
    cancels: true,
  },
];

describe('an export of which an activity is paused', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  for (const held of heldActivities) {
    it(`says so, and goes on to its end once it is unpaused: ${held.title}`, async () => {
      await withPaused(held, async ({ parts, handle, pendingOf }) => {
        const { problems } = await handle.progress();
        const [, type, command = ''] = SAYS_PAUSED.exec(problems[0]?.problem ?? '') ?? [];
        assert.equal(type, held.type, problems[0]?.problem);
        const [activityId = '', ...words] = (await wordsOf(command)).toReversed();
        assert.match(activityId, /^\d+$/);
        const expected = [
          'temporal',
          'activity',
          'unpause',
          '--workflow-id',
          handle.workflowId,
          '--activity-id',
        ];
        assert.deepEqual(words.toReversed(), expected);
        assert.ok(Math.abs(Date.parse(problems[0]?.since ?? '') - Date.now()) < 60_000, problems[0]?.since);
        if (held.says) assert.match(problems[1]?.problem ?? '', held.says);
        assert.doesNotMatch(JSON.stringify(problems), /is retried/);
        assert.ok(await pendingOf(), 'it is still paused');

        await unpause(parts, handle, held.type);

        const { outcome, days, jobs, notCleaned } = await handle.result();
        assert.equal(outcome, 'complete');
        assert.deepEqual([days[0]?.outcome, days[0]?.attempts, notCleaned], ['downloaded', 1, []]);
        const { jobsMade, jobsAlive, bytesSent } = parts.simulator.ledger();
        assert.deepEqual([jobs.length, jobsMade, jobsAlive], [1, 1, 0]);
        assert.ok(bytesSent.total < 1.2 * Number(days[0]?.sizeBytes), 'the file was fetched once');
        assert.equal((await filesBelow(parts.root)).length, 2, 'the file and the manifest');
      });
    });
  }

  for (const held of heldActivities.filter(({ cancels }) => cancels)) {
    it(`is cancelled while it is paused, and cleans up: ${held.title}`, async () => {
      await withPaused(held, async ({ parts, handle }) => {
        await handle.cancel();
        const error: unknown = await handle.result().catch((reason: unknown) => reason);
        assert.ok(error instanceof ExportCancelledError, String(error));
        assert.deepEqual(error.result?.notCleaned, []);
        assert.equal(error.result?.totals.cancelled, 1);
        assert.equal(parts.simulator.ledger().jobsAlive, 0);
        assert.equal((await filesBelow(parts.root)).length, 1, 'the manifest alone');
      });
    });
  }

  it('waits for the answer to a create that is under way when it is paused, and goes on with the job', async () => {
    const faults: FaultScript[] = [{ kind: 'slow', operation: 'createJob', delayMs: 700 }];
    const options: RealPartsOptions = {
      simulator: { script: { life: QUICK, faults } },
      heartbeatThrottle: '100 milliseconds',
    };
    await withRealParts(env, options, async (parts) => {
      const handle = await parts.exports.startExport(quickExport(1), { workflowId: randomUUID() });
      await until(() => (parts.simulator.ledger().requests.createJob ?? 0) > 0);
      await pause(parts, handle, 'createExportJob');
      assert.equal((await handle.result()).outcome, 'complete');
      const { jobsMade, requests } = parts.simulator.ledger();
      assert.deepEqual([jobsMade, requests.createJob], [1, 1]);
    });
  });

  interface Paused {
    parts: RealParts;
    handle: ExportHandle;
    /** The activity, while it is paused. */
    pendingOf: () => Promise<boolean>;
  }

  /** Pauses the activity, waits until no attempt of it runs, and takes the fault out that has held it. */
  async function withPaused(
    { type, faults, life, inAttempt }: HeldActivity,
    work: (paused: Paused) => Promise<void>,
  ): Promise<void> {
    const options: RealPartsOptions = {
      simulator: { script: { life, days: [{ records: 20_000 }], faults } },
      // Nothing but the pause ends an attempt that stalls.
      settings: { stallMs: 60_000 },
      heartbeatThrottle: '100 milliseconds',
    };
    await withRealParts(env, options, async (parts) => {
      const { simulator } = parts;
      const handle = await parts.exports.startExport(quickExport(1), { workflowId: hostileId() });
      const pending = async () => {
        const { pendingActivities } = (await handle.describe()).raw;
        return pendingActivities?.find(({ activityType }) => activityType?.name === type);
      };
      await until(async () => {
        const activity = await pending();
        if (!inAttempt) return (activity?.attempt ?? 0) > 1;
        const { requests, bytesSent } = simulator.ledger();
        return type === 'createExportJob' ? (requests.createJob ?? 0) > 0 : bytesSent.total > 0;
      });
      await pause(parts, handle, type);
      await until(async () => {
        const activity = await pending();
        return activity === undefined || (activity.paused === true && Number(activity.state) === PAUSED);
      });
      simulator.faults.clear();
      const pendingOf = async () => Number((await pending())?.state) === PAUSED;
      await work({ parts, handle, pendingOf });
    });
  }
});

const SAYS_PAUSED =
  /^(\w+) is paused by an operator \(to look at it\): it goes on once it is unpaused, in the Web UI or by "(temporal .*)"\.$/;

/** As a shell reads a command that a person has copied. */
async function wordsOf(command: string): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', `printf '%s\\n' ${command}`]);
  return stdout.trimEnd().split('\n');
}

const run = promisify(execFile);

/** A workflow id of which a shell would make something else. */
const hostileId = (): string => `it's "paused" \\ $(echo x) \`echo y\` & ; * ${randomUUID()}`;

/** `temporal.api.enums.v1.PendingActivityState`. */
const PAUSED = 4;

async function pause({ client }: RealParts, handle: ExportHandle, type: string): Promise<void> {
  await client.workflowService.pauseActivity({ ...pauseOf(handle, type), reason: 'to look at it' });
}

async function unpause({ client }: RealParts, handle: ExportHandle, type: string): Promise<void> {
  await client.workflowService.unpauseActivity(pauseOf(handle, type));
}

/** As the Web UI names an activity. */
function pauseOf({ workflowId }: ExportHandle, type: string) {
  return { namespace: 'default', execution: { workflowId }, identity: 'an operator', type };
}
