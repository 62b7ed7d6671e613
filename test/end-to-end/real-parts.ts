/** The parts of a real export: an engine, a simulated Twilio over HTTP, a worker, a client, files on a disk. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Dispatcher } from 'undici';
import type { ActivitySettings, DayStorage, TwilioAccount } from '../../activities/index.ts';
import { BulkExportsClient, ExportError, type ExportHandle } from '../../client/index.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';
import { BulkExportsPlugin, createWorker } from '../../worker/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { workflowBundle } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';

/** What a test works with. */
export interface RealParts {
  simulator: Simulator;
  exports: BulkExportsClient;
  client: Client;
  taskQueue: string;
  /** The folder of the destination `default`, absolute. */
  root: string;
}

/** What differs from the usual. */
export interface RealPartsOptions {
  simulator?: SimulatorOptions;
  /** Beside `default`, which is the simulator's own account. */
  accounts?: (simulator: Simulator) => Record<string, TwilioAccount>;
  /** Beside `default`. */
  destinations?: (root: string) => Record<string, string | DayStorage>;
  /** In place of those of {@link quickSettings}. */
  settings?: Partial<ActivitySettings>;
  /** How soon a running activity hears from the engine. Default: as long as the SDK takes, which may be 24 seconds. */
  heartbeatThrottle?: Duration;
  /** In place of that of `workflows/` alone. */
  workflowBundle?: WorkflowBundleOption;
  /** Default one that no other test has. */
  taskQueue?: string;
  /** Where Twilio's API is taken to be. Default: where it is. */
  twilioUrl?: (simulator: Simulator) => string;
  /** Where Twilio reaches a receiver of webhooks. */
  publicUrl?: string;
  /** What carries the requests to Twilio. */
  dispatcher?: Dispatcher;
}

/** So many seconds of Twilio's pass in one of ours. */
export const SPEED = 600;

/** Ten minutes of Twilio's are a second here: what the product waits for by its own clock is shortened alike. */
export const quickSettings: Partial<ActivitySettings> = {
  settleMs: 100,
  heartbeatMs: 50,
  filesRecentMs: 100,
  getPauseMinimumMs: 5,
  getPauseMaximumMs: 10,
  rateLimitedMs: 100,
  createRetryMs: 50,
  slowRetryMs: 500,
  unaccountedAfterMs: 30 * 60_000,
  stallMs: 500,
  dayAppearsWithinMs: 300,
  dayRecheckMs: 50,
};

/** Patience of seconds in place of minutes. */
export const quickInput = {
  resubmit: { maximumAttempts: 3, cooldown: '100 milliseconds' },
  poll: { minimumInterval: '1 second', maximumInterval: '1 second' },
} as const;

/** Starts all of it, lets the test work, and ends all of it. */
export async function withRealParts<T>(
  env: TestWorkflowEnvironment,
  options: RealPartsOptions,
  work: (parts: RealParts) => Promise<T>,
): Promise<T> {
  const simulator = await startSimulator({ clock: { kind: 'faster', speed: SPEED }, ...options.simulator });
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  const { taskQueue = randomUUID() } = options;
  try {
    const place = {
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      taskQueue,
      workflowBundle: options.workflowBundle ?? (await workflowBundle()),
      shutdownGraceTime: '1 second',
    } as const;
    const exporting = {
      accounts: { default: accountOf(simulator), ...options.accounts?.(simulator) },
      destinations: { default: pathToFileURL(root).href, ...options.destinations?.(root) },
      spool: { folder: join(root, '_spool'), limitBytes: 100_000_000 },
      twilioUrl: options.twilioUrl?.(simulator) ?? simulator.apiUrl,
      publicUrl: options.publicUrl,
      dispatcher: options.dispatcher,
      settings: { ...quickSettings, ...options.settings },
    };
    const { heartbeatThrottle } = options;
    const worker =
      heartbeatThrottle === undefined
        ? await createWorker({ ...place, ...exporting })
        : await Worker.create({
            ...place,
            plugins: [new BulkExportsPlugin(exporting)],
            maxHeartbeatThrottleInterval: heartbeatThrottle,
          });
    const exports = new BulkExportsClient({ client: env.client, taskQueue });
    return await worker.runUntil(work({ simulator, exports, client: env.client, taskQueue, root }));
  } finally {
    await simulator.stop();
    await rm(root, { recursive: true, force: true });
  }
}

/** The simulator's first account, as a worker's configuration names it. */
export function accountOf({ accountSid, authToken }: Simulator): TwilioAccount {
  return { accountSid, username: accountSid, password: authToken };
}

/** Makes a job that no export knows of; gives its sid. */
export async function makeJob(
  simulator: Simulator,
  { resourceType, startDay, endDay, friendlyName = 'of somebody else' }: ExportJobInput,
  { username, password }: Omit<TwilioAccount, 'accountSid'> = accountOf(simulator),
): Promise<string> {
  const response = await fetch(`${simulator.apiUrl}/v1/Exports/${resourceType}/Jobs`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    body: new URLSearchParams({ StartDay: startDay, EndDay: endDay, FriendlyName: friendlyName }),
  });
  if (response.status !== 201) throw new Error(`no job: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { job_sid: string }).job_sid;
}

/** An input of so many days, old enough for Twilio also when its clock runs ahead. */
export function quickExport(count: number, more: Partial<ExportJobInput> = {}): ExportJobInput {
  const endDay = addDays(dayOf(Date.now()), -10);
  return { resourceType: 'Messages', startDay: addDays(endDay, 1 - count), endDay, ...quickInput, ...more };
}

/** A look is asked for again and again: at most one for each minimum interval counts. */
export async function checkUntilComplete(handle: ExportHandle): Promise<void> {
  await until(async () => {
    if ((await handle.progress()).phase === 'complete') return true;
    await handle.checkNow().catch((error: unknown) => {
      if (!(error instanceof ExportError && error.type === 'ExportEnded')) throw error;
    });
    return false;
  });
}

/** Every file below a folder, relative to it, in order. */
export async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}
