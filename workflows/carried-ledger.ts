/**
 * The ledger as it goes from one run to the next, by Continue-As-New: only what differs from a record that has just
 * begun. So it stays small, and a run of a later version finds the fields that are new to it as they begin. Pure.
 */
import type { Day, Instant } from '../activities/api.ts';
import type { Range } from './calendar.ts';
import { type DayRecord, type JobRecord, type Ledger, newDay, newJob } from './ledger.ts';

/** What a run of an export hands over to the next one. */
export interface CarriedLedger {
  startedAt: Instant;
  /** The first run id of the export: that a run of it wrote this, and no caller, who can not know the id before. */
  exportId: string;
  /** Missing where it is known which days were there already. */
  seeksReuse?: boolean;
  /** Missing where no job is to be adopted. */
  underWay?: Range[];
  days: ({ day: Day } & Partial<DayRecord>)[];
  jobs: (Range & Partial<JobRecord>)[];
}

/** The ledger as a run hands it over: without what nobody asks any more of days and jobs that are over. */
export function carryLedger(
  { startedAt, seeksReuse, underWay, days, jobs }: Ledger,
  exportId: string,
): CarriedLedger {
  return {
    startedAt,
    exportId,
    ...(seeksReuse && { seeksReuse }),
    ...(underWay.length > 0 && { underWay }),
    days: days.map((record) => {
      const { day } = record;
      return { day, ...differences(carriedDay(record, startedAt), newDay(day, startedAt)) };
    }),
    jobs: jobs.map((job, index) => {
      const { startDay, endDay } = job;
      const begun = newJob({ startDay, endDay }, index + 1, startedAt);
      return { startDay, endDay, ...differences(carriedJob(job, begun), begun) };
    }),
  };
}

/** Whether a run of this export has handed this over. */
export function isCarriedBy(exportId: string, carried: unknown): carried is CarriedLedger {
  return (
    typeof carried === 'object' && carried !== null && 'exportId' in carried && carried.exportId === exportId
  );
}

/**
 * The ledger as the next run goes on with it.
 *
 * @param runId the id with which that run began: a reset gives it another one, and is known by that.
 */
export function takeOverLedger(
  { startedAt, seeksReuse = false, underWay = [], days, jobs }: CarriedLedger,
  runId: string,
): Ledger {
  return {
    startedAt,
    seeksReuse,
    underWay,
    days: days.map((record) => takeOverDay({ ...newDay(record.day, startedAt), ...record })),
    jobs: jobs.map((job, index) => ({ ...newJob(job, index + 1, startedAt), inRun: runId, ...job })),
  };
}

/** A download that was cut short is begun again. */
function carriedDay(record: DayRecord, startedAt: Instant): DayRecord {
  if (record.stage === 'fetching') return { ...record, stage: 'toFetch' };
  if (record.stage !== 'over') return record;
  const { day, stage, attempts, submission, outcome, file, madeBy, reused, earlierJobSid } = record;
  const { problem, problemSince } = record;
  const told = { stage, attempts, submission, outcome, file, madeBy, reused, earlierJobSid };
  return { ...newDay(day, startedAt), ...told, problem, problemSince };
}

/** A run of a version that did not keep the time of a problem told since when the day was as it was. */
function takeOverDay(record: DayRecord): DayRecord {
  return record.problem === null || record.problemSince !== null
    ? record
    : { ...record, problemSince: record.since };
}

function carriedJob(job: JobRecord, begun: JobRecord): JobRecord {
  // The next run is another one, though nobody has reset anything.
  const picture = job.picture && { ...job.picture, inRun: undefined };
  if (!job.over) return { ...job, picture, inRun: null };
  const { jobSid, over, inDoubt, fate, abandonedAt, deleteInDoubt, deletedBeforeReset } = job;
  return {
    ...begun,
    jobSid,
    over,
    inDoubt,
    fate,
    abandonedAt,
    deleteInDoubt,
    deletedBeforeReset,
    picture: picture && { ...picture, days: {}, problems: [] },
  };
}

function differences<T extends object>(record: T, begun: T): Partial<T> {
  const beginning = new Map<string, unknown>(Object.entries(begun));
  return Object.fromEntries(
    Object.entries(record).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(beginning.get(name)),
    ),
  ) as Partial<T>;
}
