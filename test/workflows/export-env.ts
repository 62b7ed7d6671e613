/**
 * Runs exports against literal activities: one engine and one worker for a test file, and a script of its own for
 * each export. Every activity's input names the account, so a test's account leads to its script.
 */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle, type WorkflowStartOptions } from '@temporalio/client';
import { ApplicationFailure, type PayloadCodec } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { ExportActivities } from '../../activities/api.ts';
import type { ExportJobInput, ExportJobResult, ExportProgress } from '../../workflows/api.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { exportJob } from '../../workflows/export-job.ts';
import {
  createDevServerEnv,
  type DevServerOptions,
  createTimeSkippingEnv,
  workflowBundle,
} from '../support/temporal.ts';

/** An export that has been started. */
export type ExportHandle = WorkflowHandle<typeof exportJob>;

/** What a test may add to a start. */
export type StartOptions = Partial<Omit<WorkflowStartOptions<typeof exportJob>, 'args' | 'taskQueue'>> & {
  /** The name of the account, where the test has to know it before. */
  account?: string;
};

/** What a live engine and its worker may have otherwise. */
export interface LiveEnvOptions extends DevServerOptions {
  /** Sees what goes between the worker and the engine. */
  payloadCodec?: PayloadCodec;
}

/** An engine with a worker that plays scripts. */
export interface ExportEnv {
  env: TestWorkflowEnvironment;
  taskQueue: string;
  /** Has exports of an account play these activities; gives the account's name. */
  cast: (activities: ExportActivities) => string;
  /** Starts an export whose activities are these. */
  start: (activities: ExportActivities, input: unknown, options?: StartOptions) => Promise<ExportHandle>;
  /** Plays an export to its end, whatever the end is. */
  run: (activities: ExportActivities, input: unknown, options?: StartOptions) => Promise<ExportEnd>;
  close: () => Promise<void>;
}

/** How an export ended, and what it told last. */
export interface ExportEnd {
  handle: ExportHandle;
  result?: ExportJobResult;
  failure?: Error;
  progress?: ExportProgress;
}

/** Where time skips while a result is awaited: days pass in milliseconds. */
export async function createSkippingExportEnv(): Promise<ExportEnv> {
  return await createExportEnv(await createTimeSkippingEnv());
}

/** Where time passes as it does: for tests of what happens in the middle of an export. */
export async function createLiveExportEnv(options: LiveEnvOptions = {}): Promise<ExportEnv> {
  return await createExportEnv(await createDevServerEnv(options), options.payloadCodec);
}

/** On an engine that is there; `close` tears it down. */
export async function createExportEnv(
  env: TestWorkflowEnvironment,
  payloadCodec?: PayloadCodec,
): Promise<ExportEnv> {
  const taskQueue = randomUUID();
  const scripts = new Map<string, ExportActivities>();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue,
    activities: routeByAccount(scripts),
    workflowBundle: await workflowBundle(),
    maxHeartbeatThrottleInterval: '100 milliseconds',
    ...(payloadCodec && { dataConverter: { payloadCodecs: [payloadCodec] } }),
  });
  const running = worker.run();

  function cast(activities: ExportActivities, account: string = randomUUID()): string {
    scripts.set(account, activities);
    return account;
  }

  async function start(
    activities: ExportActivities,
    input: unknown,
    { account: name, ...options }: StartOptions = {},
  ) {
    const account = cast(activities, name);
    const args = [typeof input === 'object' ? { account, ...input } : input] as [ExportJobInput];
    const workflowId = randomUUID();
    return await env.client.workflow.start<typeof exportJob>('exportJob', {
      taskQueue,
      workflowId,
      ...options,
      args,
    });
  }

  return {
    env,
    taskQueue,
    cast,
    start,
    run: async (activities, input, options) => await endOf(await start(activities, input, options)),
    close: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}

function routeByAccount(scripts: Map<string, ExportActivities>): ExportActivities {
  const route = (name: keyof ExportActivities) => async (input: { account: string }) => {
    const activities = scripts.get(input.account);
    if (!activities) throw new Error(`no script for the account ${input.account}`);
    return await (activities[name] as (input: unknown) => Promise<unknown>)(input);
  };
  const names = [
    ...(['createExportJob', 'watchExportJob', 'downloadExportDay', 'deleteExportJob'] as const),
    ...(['findReusableDays', 'sweepExportJobs', 'sweepExportFiles', 'writeExportManifest'] as const),
  ];
  return Object.fromEntries(names.map((name) => [name, route(name)])) as unknown as ExportActivities;
}

/** Waits for the end of an export, whatever it is. */
export async function endOf(handle: ExportHandle): Promise<ExportEnd> {
  const end = await handle.result().then(
    (result) => ({ result }),
    (error: unknown) => {
      if (error instanceof WorkflowFailedError && error.cause) return { failure: error.cause };
      throw error;
    },
  );
  const progress = await handle.query<ExportProgress>('progress').catch(() => undefined);
  return { handle, ...end, ...(progress && { progress }) };
}

/** The input of an export of so many days that end early enough for Twilio. */
export function inputOf(count: number, more: Partial<ExportJobInput> = {}): ExportJobInput {
  const endDay = addDays(dayOf(Date.now()), -30);
  return { resourceType: 'Messages', startDay: addDays(endDay, 1 - count), endDay, ...more };
}

/** The type of an application failure, and the result in its details. */
export function readFailure(failure: Error | undefined): {
  type?: string | null;
  result?: ExportJobResult;
  message?: string;
} {
  if (!(failure instanceof ApplicationFailure)) return { type: failure?.name, message: failure?.message };
  return {
    type: failure.type,
    message: failure.message,
    result: failure.details?.[0] as ExportJobResult | undefined,
  };
}

/** The outcome of each day, in order. */
export function outcomesOf(result: ExportJobResult | undefined): string[] {
  return (result?.days ?? []).map(({ outcome }) => outcome);
}
