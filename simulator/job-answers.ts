import { durationMs } from './duration.ts';
import type { Account } from './accounts.ts';
import { daysByStatus, isOver } from './export-job.ts';
import type { ExportJob } from './export-job.ts';
import { withNulls } from './null-fields.ts';
import type { DetailsScript } from './script.ts';
import type { World } from './world.ts';

/** A job as the API shows it: in the answer to its creation, in the list, and by itself. */
export function showJob(
  world: World,
  account: Account,
  job: ExportJob,
  where: 'created' | 'listed' | 'fetched',
): Record<string, unknown> {
  const shown: Record<string, unknown> = {
    resource_type: job.resourceType,
    friendly_name: job.friendlyName,
    // The answer to a create never has details, and only a fetch has the URL.
    details: where === 'created' ? null : showDetails(world, job),
    start_day: job.startDay,
    end_day: job.endDay,
    job_sid: job.jobSid,
    webhook_url: job.webhookUrl,
    webhook_method: job.webhookMethod,
    email: job.email,
    job_queue_position: queuePosition(world, account, job),
    estimated_completion_time: estimatedCompletionTime(world, job),
    ...(where === 'fetched' ? { url: `${world.urls.api}/v1/Exports/Jobs/${job.jobSid}` } : {}),
  };
  return withNulls(world, shown);
}

function showDetails(world: World, job: ExportJob): unknown {
  const form = detailsForm(world, job);
  switch (form) {
    case 'null':
      return null;
    case 'emptyList':
      return [];
    case 'withDays':
    case 'daysNull':
      return [...daysByStatus(world, job)].flatMap(([status, days]) => {
        const counted = days.filter(({ inDetails }) => inDetails !== 'missing');
        const named = counted.filter(({ inDetails }) => inDetails === 'named').map(({ day }) => day);
        const hasNames = form === 'withDays' && named.length > 0;
        return counted.length === 0 ? [] : [{ status, count: counted.length, days: hasNames ? named : null }];
      });
  }
}

function detailsForm(world: World, job: ExportJob): DetailsScript['form'] {
  const ageMs = world.clock.now() - job.createdAtMs;
  const rule = world.script.details?.findLast(
    ({ resourceType, jobs, from, until }) =>
      (resourceType ?? job.resourceType) === job.resourceType &&
      (jobs?.includes(job.number) ?? true) &&
      durationMs(from, 0) <= ageMs &&
      ageMs < durationMs(until, Number.POSITIVE_INFINITY),
  );
  return rule?.form ?? 'withDays';
}

/** The place in the queue, from 1. It never rises: jobs that came later stand behind, and none comes back. */
function queuePosition(world: World, account: Account, job: ExportJob): string | null {
  if (isOver(world, job)) {
    return null;
  }
  const own = account.jobs
    .slice(0, account.jobs.indexOf(job))
    .filter((earlier) => !isOver(world, earlier)).length;
  const { createdAtMs, jobsAhead, jobsAheadUntilMs } = job;
  const leftMs = Math.max(0, jobsAheadUntilMs - world.clock.now());
  const others = Math.ceil((jobsAhead * leftMs) / Math.max(1, jobsAheadUntilMs - createdAtMs));
  return String(1 + own + others);
}

/** Without a time zone, as on the wire; null where the job is over or never will be. */
function estimatedCompletionTime(world: World, job: ExportJob): string | null {
  const { overAtMs } = job;
  return isOver(world, job) || !Number.isFinite(overAtMs)
    ? null
    : new Date(overAtMs).toISOString().slice(0, -1);
}
