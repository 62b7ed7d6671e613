import type { JobEvidence, Violation } from './evidence.ts';
import { hashOf } from './receipt.ts';
import { after, hasNotCleanedUp, type JudgedExport, receiptOf, type Rule } from './judged-export.ts';

/** No job lives on, but one that its caller asked to keep: of terminated exports `bulk-exports reap` has deleted it. */
export const noJobLivesOn: Rule = ({ exports }) =>
  exports
    .filter(({ workflow }) => workflow.status !== 'RUNNING')
    .flatMap((judged) => judged.jobs.filter((job) => job.state === 'alive' && !isKept(judged, job)))
    .map(({ jobSid, friendlyName }) => violation('no job lives on', jobSid, `it is alive: ${friendlyName}`));

function isKept(judged: JudgedExport, { jobSid }: JobEvidence): boolean {
  const told = receiptOf(judged)?.jobs.find((job) => job.jobSid === jobSid);
  return told ? !judged.asked.deleteJob && told.fate === 'kept' : keepsUntoldJobs(judged);
}

/** Who keeps the jobs keeps one too of which nobody knows whether it was made, and says that there may be one. */
function keepsUntoldJobs(judged: JudgedExport): boolean {
  const { notCleaned } = receiptOf(judged) ?? { notCleaned: [] };
  return !judged.asked.deleteJob && notCleaned.some((text) => text.startsWith('A create was under way'));
}

/**
 * A submission has one job at most, whatever became of the answers to its creates. A reset may have it made anew, and
 * only where its job was deleted before: one that is there is adopted.
 */
export const noSubmissionHasTwoJobs: Rule = ({ evidence, exports }) => {
  const byMarker = new Map<string, JobEvidence[]>();
  for (const job of evidence.ledger.jobs) {
    const marker = markerOf(job.friendlyName)?.[0];
    if (marker !== undefined) byMarker.set(marker, [...(byMarker.get(marker) ?? []), job]);
  }
  const reset = new Set(
    exports.filter(({ resetAt }) => resetAt !== null).map(({ workflow }) => hashOf(workflow.firstRunId)),
  );
  return [...byMarker]
    .filter(([marker, jobs]) => {
      const mayBeMadeAnew = reset.has(markerOf(marker)?.[1] ?? '');
      return jobs.length > 1 && !(mayBeMadeAnew && followOneAnother(jobs));
    })
    .map(([marker, jobs]) =>
      violation(
        'no submission has two jobs',
        jobs.map(({ jobSid }) => jobSid).join(),
        `${jobs.length} jobs bear the marker ${marker}`,
      ),
    );
};

/** Whether each was deleted before the next one was made. */
function followOneAnother(jobs: readonly JobEvidence[]): boolean {
  const inOrder = jobs.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
  return inOrder.every(({ deletedAt }, index) => {
    const next = inOrder[index + 1];
    return next === undefined || (deletedAt !== null && deletedAt <= next.createdAt);
  });
}

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
  const { asked, jobs, resetAt } = judged;
  const { jobs: told, notCleaned } = receiptOf(judged) ?? { jobs: [], notCleaned: [] };
  const mayBeUntold = keepsUntoldJobs(judged);
  // What it deletes before a reset puts that aside, it knows no more of.
  const isForgotten = ({ deletedAt }: JobEvidence): boolean =>
    resetAt !== null && deletedAt !== null && deletedAt <= after(resetAt);
  const fateOf = new Map(told.map(({ jobSid, fate }) => [jobSid, fate]));
  return [
    ...jobs
      .filter((job) => !fateOf.has(job.jobSid) && !mayBeUntold && !isForgotten(job))
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
