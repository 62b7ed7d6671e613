import { durationMs } from './duration.ts';
import { dayRule, holdsNothing } from './day-rules.ts';
import type { DayOccasion } from './day-rules.ts';
import { fractionOf } from './random.ts';
import type { LifeScript, SimulatorScript, StatusScript } from './script.ts';

/** What a day goes through: instants in order, the first at the creation of its job. */
export type DayLife = { status: string; atMs: number }[];

/** The tuning of a life, with the defaults in place. */
export interface LifeTimes {
  submittedMs: number;
  runningMs: number;
  parallelDays: number;
  errorDuringRunMs: number;
  runningToBeDeletedMs: number;
}

/** The times by which days live that have no statuses of their own. */
export function lifeTimes(life: LifeScript = {}): LifeTimes {
  return {
    // A job of 30 days is over in a quarter of an hour, one of 366 days in an hour and a half: long enough that
    // a client has to wait, short enough for a test on a faster clock.
    submittedMs: durationMs(life.submitted, 10 * 60_000),
    runningMs: durationMs(life.running, 2 * 60_000),
    parallelDays: life.parallelDays ?? 10,
    errorDuringRunMs: durationMs(life.errorDuringRun, 30 * 60_000),
    runningToBeDeletedMs: durationMs(life.runningToBeDeleted, 60_000),
  };
}

/** The whole life of a day, planned when its job is made. `index` is its place in the job, from 0. */
export function planDayLife(input: {
  script: SimulatorScript;
  seed: string;
  occasion: DayOccasion;
  index: number;
  createdAtMs: number;
}): DayLife {
  const { script, seed, occasion, index, createdAtMs } = input;
  const rule = dayRule(script, occasion);
  const isEmpty = holdsNothing(rule) || (rule.file !== undefined && rule.file !== 'records');
  const statuses =
    rule.statuses ?? usualStatuses({ life: script.life ?? {}, seed, occasion, index, isEmpty });
  let atMs = createdAtMs;
  return statuses.map((step) => {
    const start = { status: step.status, atMs };
    atMs += durationMs(step.for, 0);
    return start;
  });
}

/** The status of a day at an instant. */
export function statusAt(life: DayLife, atMs: number): string {
  return life.findLast((step) => step.atMs <= atMs)?.status ?? 'Submitted';
}

/** The instant after which the status of a day does not change any more; Infinity where it never gets final. */
export function finalAtMs(life: DayLife): number {
  const last = life.at(-1);
  return last !== undefined && isFinal(last.status) ? last.atMs : Number.POSITIVE_INFINITY;
}

/** Whether nothing follows this status, in whatever case it is written. */
export function isFinal(status: string): boolean {
  return ['completed', 'completedemptyrecords', 'failed', 'deletedbyuserrequest'].includes(
    status.toLowerCase(),
  );
}

/** The life of a day whose job is deleted: what is over stays, what runs is stopped, the rest never runs. */
export function cutByDelete(life: DayLife, atMs: number, runningToBeDeletedMs: number): DayLife {
  const status = statusAt(life, atMs);
  if (isFinal(status) || status === 'RunningToBeDeleted') {
    return life;
  }
  const past = life.filter((step) => step.atMs <= atMs);
  return status === 'Running'
    ? [
        ...past,
        { status: 'RunningToBeDeleted', atMs },
        { status: 'DeletedByUserRequest', atMs: atMs + runningToBeDeletedMs },
      ]
    : [...past, { status: 'DeletedByUserRequest', atMs }];
}

function usualStatuses(input: {
  life: LifeScript;
  seed: string;
  occasion: DayOccasion;
  index: number;
  isEmpty: boolean;
}): StatusScript[] {
  const { life, seed, occasion, index } = input;
  const { resourceType, day, submission } = occasion;
  const times = lifeTimes(life);
  const runs: StatusScript[] = [
    {
      status: 'Submitted',
      for: times.submittedMs + Math.floor(index / times.parallelDays) * times.runningMs,
    },
    { status: 'Running', for: times.runningMs },
  ];
  if (fractionOf(seed, 'error', resourceType, day, submission) < (life.errorRate ?? 0)) {
    runs.push(
      { status: 'ErrorDuringRun', for: times.errorDuringRunMs },
      { status: 'Running', for: times.runningMs },
    );
  }
  if (fractionOf(seed, 'failed', resourceType, day, submission) < (life.failedRate ?? 0)) {
    return [...runs, { status: 'Failed' }];
  }
  const isEmpty = input.isEmpty || fractionOf(seed, 'empty', resourceType, day) < (life.emptyRate ?? 0);
  return [...runs, { status: isEmpty ? 'CompletedEmptyRecords' : 'Completed' }];
}
