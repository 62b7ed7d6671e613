import { ApplicationFailure, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { ExportProblem, JobSighting } from '../workflows/api.ts';
import { decodeFailure } from './payloads.ts';
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
  const owner = { namespace: client.options.namespace, workflowId: description.workflowId };
  const pending = description.raw.pendingActivities ?? [];
  const retried = pending.flatMap((activity) =>
    activity.lastFailure ? [{ activity, lastFailure: activity.lastFailure }] : [],
  );
  const looks = await Promise.all(
    retried.map(async ({ activity, lastFailure }) =>
      lookOf(activity, await decodeFailure(client.options.loadedDataConverter, lastFailure, owner)),
    ),
  );
  return {
    sightings: looks.flatMap(({ sightings }) => sightings),
    problems: [
      ...pending.filter(({ paused }) => paused).map((activity) => pauseOf(activity, owner.workflowId)),
      ...looks.flatMap(({ problems }) => problems),
    ],
  };
}

/** A person in the Web UI, or a rule of the namespace, holds an activity: the export waits for whoever did. */
function pauseOf(
  { activityType, activityId, pauseInfo }: PendingActivity,
  workflowId: string,
): ExportProblem {
  const { identity, reason } = pauseInfo?.manual ?? {};
  return {
    problem:
      `${activityType?.name ?? 'An activity'} is paused${identity ? ` by ${identity}` : ''}` +
      `${reason ? ` (${reason})` : ''}: it goes on once it is unpaused, in the Web UI or by "temporal activity ` +
      `unpause --workflow-id ${shellWord(workflowId)} --activity-id ${activityId}".`,
    since: instantOf(pauseInfo?.pauseTime),
  };
}

/** A workflow id may hold whatever a shell takes for its own. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function lookOf(activity: PendingActivity, failure: Error): PendingLooks {
  if (!(failure instanceof ApplicationFailure))
    return { sightings: [], problems: [problemOf(activity, failure)] };
  const detail: unknown = failure.details?.[0];
  if (failure.type === 'JobUnchanged' && isSighting(detail)) return { sightings: [detail], problems: [] };
  const isOfNote = failure.category !== 'BENIGN' && failure.type !== CUT_SHORT_BY_PAUSE;
  return { sightings: [], problems: isOfNote ? [problemOf(activity, failure)] : [] };
}

/** So the SDK names the failure of an attempt that a pause has cut short. */
const CUT_SHORT_BY_PAUSE = 'ActivityPause';

function problemOf(activity: PendingActivity, failure: Error): ExportProblem {
  const attemptEnded = activity.lastAttemptCompleteTime ?? activity.lastStartedTime ?? activity.scheduledTime;
  return {
    problem:
      `${activity.activityType?.name ?? 'An activity'} ${activity.paused ? 'failed before its pause' : 'is retried'}, ` +
      `attempt ${activity.attempt ?? 1}: ${failure.message}`,
    since: instantOf(attemptEnded),
  };
}

function instantOf(time: PendingActivity['scheduledTime']): string {
  return new Date(Number(time?.seconds ?? 0) * 1000).toISOString();
}

/** Another version's worker may write another shape: what does not look like a sighting is none. */
function isSighting(value: unknown): value is JobSighting {
  if (typeof value !== 'object' || value === null) return false;
  const { jobSid, asOf, byStatus }: Partial<Record<keyof JobSighting, unknown>> = value;
  return typeof jobSid === 'string' && typeof asOf === 'string' && typeof byStatus === 'object';
}
