import { createHash } from 'node:crypto';
import type { JobEvidence, Violation } from './evidence.ts';
import { hasNotCleanedUp, type JudgedExport, receiptOf, type Rule } from './judged-export.ts';

/**
 * No job lives on, but one that its caller asked to keep, and one of a terminated export: `bulk-exports reap` is what
 * finds that.
 */
export const noJobLivesOn: Rule = ({ exports }) =>
  exports
    .filter((judged) => !hasNotCleanedUp(judged))
    .flatMap((judged) => judged.jobs.filter((job) => job.state === 'alive' && !isKept(judged, job)))
    .map(({ jobSid, friendlyName }) => violation('no job lives on', jobSid, `it is alive: ${friendlyName}`));

function isKept(judged: JudgedExport, { jobSid }: JobEvidence): boolean {
  const told = receiptOf(judged)?.jobs.find((job) => job.jobSid === jobSid);
  return !judged.asked.deleteJob && told?.fate === 'kept';
}

/** A submission has one job at most, whatever became of the answers to its creates. */
export const noSubmissionHasTwoJobs: Rule = ({ evidence }) => {
  const byMarker = new Map<string, string[]>();
  for (const { friendlyName, jobSid } of evidence.ledger.jobs) {
    const marker = markerOf(friendlyName)?.[0];
    if (marker !== undefined) byMarker.set(marker, [...(byMarker.get(marker) ?? []), jobSid]);
  }
  return [...byMarker]
    .filter(([, jobSids]) => jobSids.length > 1)
    .map(([marker, jobSids]) =>
      violation(
        'no submission has two jobs',
        jobSids.join(),
        `${jobSids.length} jobs bear the marker ${marker}`,
      ),
    );
};

/** No two jobs for one day of one account were ever seen alive side by side. */
export const noDayIsAskedForTwiceAtOnce: Rule = ({ evidence }) => {
  const found = new Map<string, Violation>();
  for (const live of evidence.sightings)
    for (const [index, one] of live.entries())
      for (const other of live.slice(index + 1)) {
        if (!overlap(one, other)) continue;
        const pair = [one.jobSid, other.jobSid].toSorted().join();
        found.set(
          pair,
          violation('no day is asked for twice at once', pair, 'both were alive, and have a day in common'),
        );
      }
  return [...found.values()];
};

/** Every job bears the marker of its export and stands in its receipt, with the fate that it really had. */
export const everyJobIsAccountedFor: Rule = ({ exports }) =>
  exports.flatMap((judged) => {
    const { asked, workflow, jobs } = judged;
    const strangers = jobs
      .filter(({ friendlyName }) => markerOf(friendlyName)?.[1] !== hashOf(workflow.firstRunId))
      .map(({ jobSid }) => `job ${jobSid} does not bear its marker`);
    const faults = hasNotCleanedUp(judged) ? strangers : [...strangers, ...receiptFaults(judged)];
    return faults.map((what) => violation('every job is accounted for', asked.workflowId, what));
  });

function receiptFaults(judged: JudgedExport): string[] {
  const { asked, jobs } = judged;
  const { jobs: told, notCleaned } = receiptOf(judged) ?? { jobs: [], notCleaned: [] };
  // Who keeps the jobs keeps one too of which nobody knows whether it was made.
  const mayBeUntold =
    !asked.deleteJob && notCleaned.some((text) => text.startsWith('A create was under way'));
  const fateOf = new Map(told.map(({ jobSid, fate }) => [jobSid, fate]));
  return [
    ...jobs
      .filter(({ jobSid }) => !fateOf.has(jobSid) && !mayBeUntold)
      .map(({ jobSid }) => `job ${jobSid} stands in no receipt`),
    ...[...fateOf.keys()]
      .filter((jobSid) => jobs.every((job) => job.jobSid !== jobSid))
      .map((jobSid) => `job ${jobSid} is told of, and Twilio never had it`),
    ...jobs.flatMap((job) => fateFault(job, fateOf.get(job.jobSid), asked.deleteJob) ?? []),
    ...(notCleaned.length > 0 && !mayBeUntold ? [`it could not clean up: ${notCleaned.join(' ')}`] : []),
  ];
}

function fateFault(
  { jobSid, deletedAt, state }: JobEvidence,
  fate: string | undefined,
  deleteJob: boolean,
): string | null {
  switch (fate) {
    case undefined:
    case 'alreadyGone':
      return null;
    case 'deleted':
      return deletedAt === null ? `job ${jobSid} is said to be deleted, and nobody deleted it` : null;
    case 'notDeletable':
      return state === 'alive' ? `job ${jobSid} is said not to be deletable, and is alive` : null;
    case 'kept':
      return deleteJob ? `job ${jobSid} was kept, and was to be deleted` : null;
    default:
      return `the fate of job ${jobSid} is ${fate}`;
  }
}

/** The marker at the end of a friendly name: namespace, export, submission. */
function markerOf(friendlyName: string): RegExpExecArray | null {
  const found = /\[[0-9a-f]{8}-([0-9a-f]{12})-[1-9]\d*\]$/.exec(friendlyName);
  return found;
}

function hashOf(firstRunId: string): string {
  return createHash('sha256').update(firstRunId).digest('hex').slice(0, 12);
}

function overlap(one: JobEvidence, other: JobEvidence): boolean {
  return (
    one.accountSid === other.accountSid &&
    one.resourceType === other.resourceType &&
    one.startDay <= other.endDay &&
    other.startDay <= one.endDay
  );
}

function violation(rule: string, where: string, what: string): Violation {
  return { rule, where, what };
}
