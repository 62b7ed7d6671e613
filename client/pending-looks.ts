import { ApplicationFailure, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { ExportProblem, JobSighting } from '../workflows/api.ts';
import { decodeFailure, decodePayloads } from './payloads.ts';
import type { PendingLooks } from './progress.ts';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/**
 * What the activities that are paused or being retried said last. An attempt that saw no change fails with `JobUnchanged` and
 * the job's picture in its details; any other failure is a problem, until a later attempt succeeds. A pause is one
 * until it ends.
 */
export async function readPendingLooks(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<PendingLooks> {
  const { workflowId } = description;
  const pending = description.raw.pendingActivities ?? [];
  const pauses = [
    ...(description.status.name === 'PAUSED' ? [pauseOfExport(description)] : []),
    ...pending.filter(({ paused }) => paused).map((activity) => pauseOf(activity, workflowId)),
  ];
  const looks = await Promise.all(pending.map((activity) => readLook(client, activity, workflowId)));
  return {
    sightings: looks.flatMap(({ sightings = [] }) => sightings),
    problems: [...pauses, ...looks.flatMap(({ problems = [] }) => problems)],
    told: looks.flatMap(({ told = [] }) => told),
  };
}

/** Somebody holds the workflow itself: until it goes on it answers nobody, as if there were no worker. */
function pauseOfExport({ workflowId, raw }: WorkflowExecutionDescription): ExportProblem {
  const { pausedTime, ...by } = raw.workflowExtendedInfo?.pauseInfo ?? {};
  return {
    problem: pauseWords('The export', by, `workflow unpause --workflow-id ${shellWord(workflowId)}`),
    since: instantOf(pausedTime),
  };
}

/** A person in the Web UI, or a rule of the namespace, holds an activity: the export waits for whoever did. */
function pauseOf(
  { activityType, activityId, pauseInfo }: PendingActivity,
  workflowId: string,
): ExportProblem {
  const unpause = `activity unpause --workflow-id ${shellWord(workflowId)} --activity-id ${activityId}`;
  return {
    problem: pauseWords(activityType?.name ?? 'An activity', pauseInfo?.manual ?? {}, unpause),
    since: instantOf(pauseInfo?.pauseTime),
  };
}

function pauseWords(
  what: string,
  { identity, reason }: { identity?: string | null; reason?: string | null },
  unpause: string,
): string {
  return (
    `${what} is paused${identity ? ` by ${identity}` : ''}${reason ? ` (${reason})` : ''}: it goes on once it is ` +
    `unpaused, in the Web UI or by "temporal ${unpause}".`
  );
}

/** A workflow id may hold whatever a shell takes for its own. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function readLook(
  client: Client,
  activity: PendingActivity,
  workflowId: string,
): Promise<Partial<PendingLooks>> {
  if (!activity.lastFailure) return {};
  const { namespace, loadedDataConverter } = client.options;
  const owner = { namespace, workflowId };
  const failure = await decodeFailure(loadedDataConverter, activity.lastFailure, owner);
  if (failure instanceof ApplicationFailure) {
    const detail: unknown = failure.details?.[0];
    if (failure.type === 'JobUnchanged' && isSighting(detail)) return { sightings: [detail] };
    if (failure.category === 'BENIGN' || failure.type === CUT_SHORT_BY_PAUSE) return {};
  }
  const beats = activity.heartbeatDetails?.payloads;
  const { since, told } = streakIn(await decodePayloads(loadedDataConverter, beats, owner));
  const problem = problemOf(activity, failure, since);
  return told ? { told: [problem] } : { problems: [problem] };
}

/** So the SDK names the failure of an attempt that a pause has cut short. */
const CUT_SHORT_BY_PAUSE = 'ActivityPause';

/** What a heartbeat says of the attempts that have failed. One of another version may say nothing of it. */
function streakIn([said]: unknown[]): { since?: string; told?: boolean } {
  const failing: unknown = isObject(said) ? said['failing'] : undefined;
  if (!isObject(failing)) return {};
  const { since, told } = failing;
  return { ...(typeof since === 'string' && { since }), told: told === true };
}

/** `failingSince`: without it, since the last attempt. */
function problemOf(activity: PendingActivity, failure: Error, failingSince?: string): ExportProblem {
  const attemptEnded = activity.lastAttemptCompleteTime ?? activity.lastStartedTime ?? activity.scheduledTime;
  return {
    problem:
      `${activity.activityType?.name ?? 'An activity'} ${activity.paused ? 'failed before its pause' : 'is retried'}, ` +
      `attempt ${activity.attempt ?? 1}: ${failure.message}`,
    since: failingSince ?? instantOf(attemptEnded),
  };
}

function instantOf(time: PendingActivity['scheduledTime']): string {
  return new Date(Number(time?.seconds ?? 0) * 1000).toISOString();
}

/** Another version's worker may write another shape: what does not look like a sighting is none. */
function isSighting(value: unknown): value is JobSighting {
  if (!isObject(value)) return false;
  const { jobSid, asOf, byStatus } = value;
  return typeof jobSid === 'string' && typeof asOf === 'string' && typeof byStatus === 'object';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
