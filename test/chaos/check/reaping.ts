import type { LedgerEvidence, Violation } from './evidence.ts';
import { receiptOf, type Rule } from './judged-export.ts';

/** A dry run shows every job that lives on after its export, and nothing else changes by it. */
export const reapingShowsFirst: Rule = ({ evidence, exports }) => {
  const { before, after, orphans, failures } = evidence.reaping;
  const alive = (ledger: LedgerEvidence): Set<string> =>
    new Set(ledger.jobs.filter(({ state }) => state === 'alive').map(({ jobSid }) => jobSid));
  const [aliveBefore, aliveAfter] = [alive(before), alive(after)];
  const deletedBefore = deletedIn(before);
  return [
    ...failures.map((failure) => unseen('the reaper', failure)),
    ...exports
      .filter((judged) => judged.workflow.status === 'TERMINATED')
      .flatMap(({ jobs }) => jobs)
      // One that is over by now may have been alive when it was looked at, and the other way round.
      .filter(({ jobSid }) => aliveBefore.has(jobSid) && aliveAfter.has(jobSid) && !orphans.includes(jobSid))
      .map(({ jobSid }) => unseen(jobSid, 'it lived on, and the dry run did not show it')),
    ...before.jobs
      .filter(({ jobSid }) => !deletedBefore.has(jobSid) && deletedIn(after).has(jobSid))
      .map(({ jobSid }) => unseen(jobSid, 'it was deleted by a dry run')),
  ];
};

/**
 * Reaping takes jobs of exports that are closed and did not keep them, and nobody touches one of somebody else. A job
 * that is over may be among those shown: Twilio does not tell of each of its days.
 */
export const nobodyTouchesOthers: Rule = ({ evidence, exports }) => {
  const { reaping, ledger, strangers } = evidence;
  const keptOf = exports.flatMap(
    (judged) => receiptOf(judged)?.jobs.filter(({ fate }) => fate === 'kept') ?? [],
  );
  const untouchable = new Set([...strangers, ...keptOf.map(({ jobSid }) => jobSid)]);
  const mayBeReaped = new Set(
    exports
      .filter(({ workflow }) => workflow.status !== 'RUNNING')
      .flatMap(({ jobs }) => jobs.map(({ jobSid }) => jobSid)),
  );
  return [
    ...[...reaping.orphans, ...reaping.reaped]
      .filter((jobSid) => !mayBeReaped.has(jobSid) || untouchable.has(jobSid))
      .map((jobSid) => touched(jobSid, 'the reaper took it for an orphan')),
    ...[...deletedIn(ledger)]
      .filter((jobSid) => untouchable.has(jobSid))
      .map((jobSid) => touched(jobSid, 'it was to stay, and was deleted')),
  ];
};

function deletedIn({ jobs }: LedgerEvidence): Set<string> {
  return new Set(jobs.filter(({ deletedAt }) => deletedAt !== null).map(({ jobSid }) => jobSid));
}

function unseen(where: string, what: string): Violation {
  return { rule: 'reaping shows first', where, what };
}

function touched(where: string, what: string): Violation {
  return { rule: 'nobody touches the jobs of others', where, what };
}
