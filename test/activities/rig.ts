import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Info } from '@temporalio/activity';
import type { Duration } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import type {
  ActivitySettings,
  CreatedActivities,
  CreateExportJobInput,
  DayStorage,
  WatchExportJobInput,
} from '../../activities/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/index.ts';

/** Small enough that nothing waits, large enough that nothing is missed on a busy machine. */
export const quickSettings: Partial<ActivitySettings> = {
  settleMs: 30,
  heartbeatMs: 10,
  requestTimeoutMs: 5_000,
  filesRecentMs: 0,
  getPauseMinimumMs: 1,
  getPauseMaximumMs: 2,
  stallMs: 300,
  dayAppearsWithinMs: 60,
  dayRecheckMs: 10,
};

/** An activity's end: its result or its failure, and the heartbeats on the way. */
export interface Ran<Result> {
  result: Result | null;
  failure: ApplicationFailure | null;
  /** Whatever else was thrown. */
  error: unknown;
  heartbeats: unknown[];
}

type Activities = CreatedActivities['activities'];

/** The activities against a simulator and a folder of their own. */
export interface Rig {
  simulator: Simulator;
  activities: Activities;
  /** Absolute. */
  root: string;
  run: <Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
    info?: Partial<Info>,
    onStart?: (env: MockActivityEnvironment) => void,
  ) => Promise<Ran<Awaited<ReturnType<Activities[Name]>>>>;
}

/** What differs from the usual. */
export interface RigOptions {
  simulator?: SimulatorOptions;
  settings?: Partial<ActivitySettings>;
  downloadSlots?: number;
  password?: string;
  twilioUrl?: string;
  quotaDay?: Duration;
  publicUrl?: string;
  /** Default a folder's. */
  storage?: DayStorage;
}

/** The first run id of the export that the tests run. */
export const EXPORT_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** What every input begins with. */
export const identity = { account: 'default', resourceType: 'Messages', exportId: EXPORT_ID } as const;

/** The days of that export. */
export const days = { startDay: '2026-10-01', endDay: '2026-10-03' } as const;

/** The first create of that export. */
export const create: CreateExportJobInput = {
  ...identity,
  ...days,
  destination: 'default',
  friendlyName: 'October',
  submission: 1,
  isUnderWay: false,
};

/** The first look at a job of its days, which is none of a simulator's. */
export const watch: WatchExportJobInput = {
  ...identity,
  ...days,
  jobSid: `JS${'0'.repeat(32)}`,
  friendlyName: 'October',
  createdAt: '2026-10-10T12:00:00.000Z',
  seen: null,
  firstLook: 'planned',
  returnUnchanged: false,
  poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
};

/** Starts all of it; the test's end stops it. */
export async function startRig(t: TestContext, options: RigOptions = {}): Promise<Rig> {
  const simulator = await startSimulator({
    clock: { kind: 'manual', start: '2026-10-10T12:00:00Z' },
    ...options.simulator,
  });
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  const { activities, close } = createActivities({
    accounts: {
      default: {
        accountSid: simulator.accountSid,
        username: simulator.accountSid,
        password: options.password ?? simulator.authToken,
      },
    },
    destinations: { default: options.storage ?? createFileStorage(pathToFileURL(root).href) },
    twilioUrl: options.twilioUrl ?? simulator.apiUrl,
    downloadSlots: options.downloadSlots,
    quotaDay: options.quotaDay,
    publicUrl: options.publicUrl,
    settings: { ...quickSettings, ...options.settings },
  });
  t.after(async () => {
    await close();
    await simulator.stop();
    await rm(root, { recursive: true, force: true });
  });
  return {
    simulator,
    activities,
    root,
    run: (name, input, info, onStart) =>
      runActivity(activities[name] as never, input, info, onStart) as never,
  };
}

/** Failures are what the tests look at; the worker's words about them are of no use. */
const logger = new DefaultLogger('ERROR');

/** Runs one attempt as a worker would. */
export async function runActivity<Input, Result>(
  activity: (input: Input) => Promise<Result>,
  input: Input,
  info: Partial<Info> = {},
  onStart: (env: MockActivityEnvironment) => void = () => {},
): Promise<Ran<Result>> {
  const workflowExecution = { workflowId: 'test', runId: EXPORT_ID };
  const env = new MockActivityEnvironment({ attempt: 1, workflowExecution, ...info }, { logger });
  const heartbeats: unknown[] = [];
  env.on('heartbeat', (details) => heartbeats.push(details));
  onStart(env);
  try {
    const result: Result = await env.run(activity, input);
    return { result, failure: null, error: null, heartbeats };
  } catch (error) {
    const failure = error instanceof ApplicationFailure ? error : null;
    return { result: null, failure, error, heartbeats };
  }
}
