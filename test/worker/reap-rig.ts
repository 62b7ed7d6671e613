/**
 * What reaping is tried on: a real engine with exports that no worker runs, so that a test says what becomes of each,
 * and a simulated Twilio with jobs that bear their markers.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ResourceType } from '../../activities/index.ts';
import { markFriendlyName } from '../../activities/marker.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts';
import {
  createJobReaper,
  type JobReaper,
  type JobReaperOptions,
  type ReapedJob,
  type ReapReport,
} from '../../worker/index.ts';

/** A job as a test makes it. Default: a Messages job of three days, the first submission, in `default`. */
export interface JobInput {
  exportId: string;
  namespace?: string;
  submission?: number;
  resourceType?: ResourceType;
  startDay?: string;
  account?: { accountSid: string; authToken: string };
}

/** One test's parts. */
export interface ReapRig {
  simulator: Simulator;
  /** Makes a job at Twilio as the activity does; gives its sid. */
  makeJob: (job: JobInput) => Promise<string>;
  reaper: (options?: Partial<JobReaperOptions>) => JobReaper;
  /** The sids of the jobs that live. */
  alive: () => string[];
}

/** The second account of every simulator here. */
export const EAST = { accountSid: `AC${'e'.repeat(32)}`, authToken: 'ea57'.repeat(8) };
const WEST = { accountSid: `AC${'1'.repeat(32)}`, authToken: '0e57'.repeat(8) };

/** Retries that take no time. */
const quick = { getPauseMinimumMs: 1, getPauseMaximumMs: 2, rateLimitedMs: 1 };

/** Starts a simulator whose jobs stay in Submitted until its clock is moved. */
export async function startReapRig(
  t: TestContext,
  env: TestWorkflowEnvironment,
  options: SimulatorOptions = {},
): Promise<ReapRig> {
  const simulator = await startSimulator({
    clock: { kind: 'manual', start: '2026-10-10T12:00:00Z' },
    credentials: [WEST, EAST],
    ...options,
  });
  t.after(() => simulator.stop());
  return {
    simulator,
    makeJob: async (job) => makeJob(simulator.apiUrl, { account: WEST, ...job }),
    reaper: (more) => {
      const reaper = createJobReaper({
        accounts: { west: credentials(WEST) },
        twilioUrl: simulator.apiUrl,
        client: env.client,
        closedForMs: 0,
        settings: quick,
        ...more,
      });
      t.after(() => reaper.close());
      return reaper;
    },
    alive: () =>
      simulator
        .ledger()
        .jobs.filter(({ state }) => state === 'alive')
        .map(({ jobSid }) => jobSid),
  };
}

/** As the configuration of a worker has them. */
export function credentials({ accountSid, authToken }: { accountSid: string; authToken: string }): {
  accountSid: string;
  username: string;
  password: string;
} {
  return { accountSid, username: accountSid, password: authToken };
}

async function makeJob(
  apiUrl: string,
  {
    account,
    exportId,
    namespace = 'default',
    submission = 1,
    resourceType = 'Messages',
    startDay = '2026-10-01',
  }: JobInput,
): Promise<string> {
  const { accountSid, authToken } = account ?? WEST;
  const FriendlyName = markFriendlyName({ friendlyName: 'October', namespace, exportId, submission });
  const response = await fetch(`${apiUrl}/v1/Exports/${resourceType}/Jobs`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body: new URLSearchParams({ StartDay: startDay, EndDay: '2026-10-03', FriendlyName }),
  });
  if (response.status !== 201) throw new Error(`no job: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { job_sid: string }).job_sid;
}

/** An export that no worker runs. */
export interface StillExport {
  workflowId: string;
  /** The first run id. */
  exportId: string;
  taskQueue: string;
}

/** Starts one and waits until it is listed. */
export async function startStill(
  client: Client,
  input: unknown = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-03' },
  options: Partial<WorkflowStartOptions> = {},
): Promise<StillExport> {
  const taskQueue = `still-${randomUUID()}`;
  const handle = await client.workflow.start('exportJob', {
    workflowId: randomUUID(),
    taskQueue,
    args: [input],
    ...options,
  });
  await untilListed(client, handle.firstExecutionRunId);
  return { workflowId: handle.workflowId, exportId: handle.firstExecutionRunId, taskQueue };
}

/** The list is behind the truth by some milliseconds. */
export async function untilListed(client: Client, runId: string): Promise<void> {
  await until(async () => (await client.workflow.count(`RunId = '${runId}'`)).count > 0);
}

/** Waits until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20);
}

/** Plays the worker for one workflow task. */
export async function answerTask(
  client: Client,
  taskQueue: string,
  commands: Record<string, unknown>[] = [],
): Promise<void> {
  const { namespace } = client.options;
  const poll = () =>
    client.workflowService.pollWorkflowTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      identity: 'test',
    });
  const { taskToken } = await client.connection.withDeadline(Date.now() + 10_000, poll);
  await client.workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands });
}

/** Commands of a workflow task. */
export const commands = {
  complete: (result: unknown) => ({
    commandType: 4,
    completeWorkflowExecutionCommandAttributes: { result: payloads(result) },
  }),
  fail: (details: unknown) => ({
    commandType: 5,
    failWorkflowExecutionCommandAttributes: {
      failure: {
        message: 'it is incomplete',
        applicationFailureInfo: { type: 'ExportIncomplete', details: payloads(details) },
      },
    },
  }),
  continueAsNew: (taskQueue: string, ...input: unknown[]) => ({
    commandType: 10,
    continueAsNewWorkflowExecutionCommandAttributes: {
      workflowType: { name: 'exportJob' },
      taskQueue: { name: taskQueue },
      input: payloads(...input),
    },
  }),
};

function payloads(...values: unknown[]): { payloads: unknown[] } {
  return { payloads: values.map((value) => defaultPayloadConverter.toPayload(value)) };
}

/** Resets an export, of which one task was answered, to that task. Gives the new run's id. */
export async function reset(client: Client, { workflowId, exportId }: StillExport): Promise<string> {
  const { runId } = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId: exportId },
    workflowTaskFinishEventId: 4 as never,
    reason: 'a test',
    requestId: randomUUID(),
  });
  await untilListed(client, runId);
  return runId;
}

/** With these, a server forgets in milliseconds what it is told to forget; else it takes half a minute. */
export const FORGETS_AT_ONCE = {
  'history.transferProcessorUpdateAckInterval': '100ms',
  'history.visibilityProcessorUpdateAckInterval': '100ms',
};

/** Deletes the history of a run, as the end of its retention does. */
export async function forget(
  client: Client,
  execution: { workflowId: string; runId: string },
): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: execution });
  await until(async () => {
    const isThere = await client.workflow
      .getHandle(execution.workflowId, execution.runId)
      .describe()
      .then(
        () => true,
        () => false,
      );
    return !isThere && (await client.workflow.count(`RunId = '${execution.runId}'`)).count === 0;
  });
}

/** The one job of a report with this sid. */
export function jobOf(report: ReapReport, jobSid: string): ReapedJob {
  const job = report.jobs.find((each) => each.jobSid === jobSid);
  if (!job) throw new Error(`no job ${jobSid} in the report`);
  return job;
}
