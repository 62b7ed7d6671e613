/** What is done to an export while it runs, as its callers and operators can do it. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ACTIVITY_PAUSE_MS, BETWEEN_DISTURBANCES_MS } from './pace.ts';
import { persist, persistUnlessLate } from './persist.ts';
import type { PlannedExport } from './plan.ts';

/** What disturbing works with. */
export interface DisturbInput {
  client: Client;
  /** Whether Twilio has a job of this account that lives. */
  hasLiveJob: (accountSid: string) => boolean;
  /** Whether anything of this account lies in the destination. */
  hasFiles: (accountSid: string) => boolean;
  /** By Twilio's clock. */
  now: () => string;
}

/** What was really done. */
export interface Disturbed {
  /** When the engine was told to reset it, by Twilio's clock. */
  resets: string[];
  /** How often one of its activities was paused. */
  pauses: number;
}

/** Signals of a storm, and the pause between two of them. */
const STORM_SIGNALS = 40;
const STORM_PAUSE_MS = 50;

/** Does what is planned, when it is due. */
export async function disturb(input: DisturbInput, planned: PlannedExport): Promise<Disturbed> {
  const { client } = input;
  const { workflowId, disturbance, disturbedAfterMs, isTerminatedWithJob } = planned;
  const handle = client.workflow.getHandle(workflowId);
  const disturbed: Disturbed = { resets: [], pauses: 0 };
  if (disturbance === 'none' || disturbance === 'shortTimeout') return disturbed;

  await setTimeout(disturbedAfterMs);
  switch (disturbance) {
    case 'cancelSignal':
      await tell(() => handle.signal('cancel', { reason: 'The chaos run wants it so.' }));
      break;
    case 'cancelEngine':
      await tell(() => handle.cancel());
      break;
    case 'terminate':
      if (isTerminatedWithJob) {
        await untilJobLives(input, planned);
        await untilFilesLie(input, planned);
      }
      await tell(() => handle.terminate('The chaos run wants it so.'));
      break;
    case 'checkNowStorm':
      for (let sent = 0; sent < STORM_SIGNALS; sent += 1) {
        await tell(() => handle.signal('checkNow'));
        await setTimeout(STORM_PAUSE_MS);
      }
      break;
    case 'reset':
      for (const point of planned.points) {
        const at = await reset(input, workflowId, point);
        if (at !== null) disturbed.resets.push(at);
        await setTimeout(BETWEEN_DISTURBANCES_MS);
      }
      break;
    case 'pauseActivities':
      for (const point of planned.points) {
        disturbed.pauses += (await pauseOne(client, workflowId, point)) ? 1 : 0;
        await setTimeout(BETWEEN_DISTURBANCES_MS);
      }
  }
  return disturbed;
}

const LOOK_MS = 100;
/** Not every export comes to a file before its first day that never ends. */
const MOST_FILE_LOOKS = 80;

/** Or until the export is closed, since it was refused. */
async function untilJobLives(
  { client, hasLiveJob }: DisturbInput,
  { workflowId, credentials }: PlannedExport,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  while (!hasLiveJob(credentials.accountSid)) {
    const { status } = await persist(() => handle.describe());
    if (status.name !== 'RUNNING') return;
    await setTimeout(LOOK_MS);
  }
}

/** Somebody may have been faster. */
async function tell(act: () => Promise<unknown>): Promise<void> {
  await persist(async () => {
    await act().catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
  });
}

/** Until something of it lies in the destination, which is then left to others. */
async function untilFilesLie({ hasFiles }: DisturbInput, { credentials }: PlannedExport): Promise<void> {
  for (let looks = 0; looks < MOST_FILE_LOOKS && !hasFiles(credentials.accountSid); looks += 1)
    await setTimeout(LOOK_MS);
}

/** To one of the workflow tasks that it has completed, from the first (0) to the last (1). A closed one runs again. */
async function reset(
  { client, now }: DisturbInput,
  workflowId: string,
  point: number,
): Promise<string | null> {
  for (;;) {
    const handle = client.workflow.getHandle(workflowId);
    const { runId } = await persist(() => handle.describe());
    const { events } = await persist(() => client.workflow.getHandle(workflowId, runId).fetchHistory());
    const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    const task = tasks[Math.min(Math.floor(point * tasks.length), tasks.length - 1)];
    if (!task?.eventId) {
      await setTimeout(LOOK_MS);
      continue;
    }
    const at = now();
    const requestId = randomUUID();
    const { eventId } = task;
    const done = await persistUnlessLate(() =>
      client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
        reason: 'The chaos run wants it so.',
        workflowTaskFinishEventId: eventId,
        requestId,
      }),
    );
    return done === null ? null : at;
  }
}

/** Holds one of its activities, as soon as there is one, and lets it go on. */
async function pauseOne(client: Client, workflowId: string, point: number): Promise<boolean> {
  const { namespace } = client.options;
  const { raw, runId, status } = await persist(() => client.workflow.getHandle(workflowId).describe());
  if (status.name !== 'RUNNING') return false;
  const pending = raw.pendingActivities ?? [];
  const id = pending[Math.floor(point * pending.length)]?.activityId;
  if (!id) {
    await setTimeout(LOOK_MS);
    return await pauseOne(client, workflowId, point);
  }
  const activity = { namespace, execution: { workflowId, runId }, identity: 'the chaos run', id };
  const paused = await persistUnlessLate(() =>
    client.workflowService.pauseActivity({ ...activity, reason: 'The chaos run wants it so.' }),
  );
  // It was over before it could be held: the next one may be caught.
  if (paused === null) return await pauseOne(client, workflowId, point);
  await setTimeout(ACTIVITY_PAUSE_MS);
  await persistUnlessLate(() => client.workflowService.unpauseActivity(activity));
  return true;
}
