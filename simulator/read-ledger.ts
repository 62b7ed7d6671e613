import type { Account } from './accounts.ts';
import { daysByStatus, isOver } from './export-job.ts';
import type { ExportJob } from './export-job.ts';
import type { Ledger, LedgerJob } from './ledger.ts';
import type { World } from './world.ts';

/** The ledger as of now: a copy that does not change any more. */
export function readLedger(world: World): Ledger {
  world.clock.settle();
  const jobs = world.accounts
    .flatMap((account) => account.jobs.map((job) => showLedgerJob(world, account, job)))
    .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
  return structuredClone({
    now: new Date(world.clock.now()).toISOString(),
    jobs,
    jobsMade: jobs.length,
    jobsAlive: jobs.filter(({ state }) => state === 'alive').length,
    jobsDeleted: jobs.filter(({ deletedAt }) => deletedAt !== null).length,
    quotaUsed: world.quotaUsed,
    ...world.counts,
  });
}

function showLedgerJob(world: World, account: Account, job: ExportJob): LedgerJob {
  const { jobSid, resourceType, friendlyName, startDay, endDay, createdAtMs, deletedAtMs } = job;
  const ended = deletedAtMs === null ? 'over' : 'deleted';
  return {
    jobSid,
    accountSid: account.accountSid,
    resourceType,
    friendlyName,
    startDay,
    endDay,
    createdAt: new Date(createdAtMs).toISOString(),
    state: isOver(world, job) ? ended : 'alive',
    deletedAt: deletedAtMs === null ? null : new Date(deletedAtMs).toISOString(),
    byStatus: Object.fromEntries(
      [...daysByStatus(world, job)].map(([status, days]) => [status, days.length]),
    ),
  };
}
