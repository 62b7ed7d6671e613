import { ApplicationFailure, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { ExportProblem, JobSighting } from '../workflows/api.ts';
import { decodeFailure } from './payloads.ts';
import type { PendingLooks } from './progress.ts';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/**
 * What the activities that are being retried said last. An attempt that saw no change fails with `JobUnchanged` and
 * the job's picture in its details; any other failure is a problem, until a later attempt succeeds.
 */
export async function readPendingLooks(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<PendingLooks> {
  const owner = { namespace: client.options.namespace, workflowId: description.workflowId };
  const retried = (description.raw.pendingActivities ?? []).flatMap((activity) =>
    activity.lastFailure ? [{ activity, lastFailure: activity.lastFailure }] : [],
  );
  const looks = await Promise.all(
    retried.map(async ({ activity, lastFailure }) =>
      lookOf(activity, await decodeFailure(client.options.loadedDataConverter, lastFailure, owner)),
    ),
  );
  return {
    sightings: looks.flatMap(({ sightings }) => sightings),
    problems: looks.flatMap(({ problems }) => problems),
  };
}

function lookOf(activity: PendingActivity, failure: Error): PendingLooks {
  if (!(failure instanceof ApplicationFailure))
    return { sightings: [], problems: [problemOf(activity, failure)] };
  const detail: unknown = failure.details?.[0];
  if (failure.type === 'JobUnchanged' && isSighting(detail)) return { sightings: [detail], problems: [] };
  return { sightings: [], problems: failure.category === 'BENIGN' ? [] : [problemOf(activity, failure)] };
}

function problemOf(activity: PendingActivity, failure: Error): ExportProblem {
  const attemptEnded = activity.lastAttemptCompleteTime ?? activity.lastStartedTime ?? activity.scheduledTime;
  const since = new Date(Number(attemptEnded?.seconds ?? 0) * 1000).toISOString();
  return {
    problem: `${activity.activityType?.name ?? 'An activity'} is retried, attempt ${activity.attempt ?? 1}: ${failure.message}`,
    since,
  };
}

/** Another version's worker may write another shape: what does not look like a sighting is none. */
function isSighting(value: unknown): value is JobSighting {
  if (typeof value !== 'object' || value === null) return false;
  const { jobSid, asOf, byStatus }: Partial<Record<keyof JobSighting, unknown>> = value;
  return typeof jobSid === 'string' && typeof asOf === 'string' && typeof byStatus === 'object';
}
