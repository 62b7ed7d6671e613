import type { Account } from './accounts.ts';
import { listDays } from './calendar.ts';
import { completes } from './day-content.ts';
import { scheduleDayFile } from './day-files.ts';
import { cutByDelete, finalAtMs, lifeTimes, planDayLife, statusAt } from './day-life.ts';
import type { DayLife } from './day-life.ts';
import { dayRule } from './day-rules.ts';
import { DAY_MS } from './duration.ts';
import { hexOf } from './random.ts';
import type { DayScript, ResourceType } from './script.ts';
import { sendWebhook } from './webhooks.ts';
import type { World } from './world.ts';

/** One job. It has no status of its own: its days have. */
export interface ExportJob {
  jobSid: string;
  /** The n-th of its account and type, from 1. */
  number: number;
  resourceType: ResourceType;
  friendlyName: string;
  startDay: string;
  endDay: string;
  webhookUrl: string | null;
  webhookMethod: string | null;
  email: string | null;
  createdAtMs: number;
  /** How many jobs of others stood before it in the queue when it was made, and until when they pass. */
  jobsAhead: number;
  jobsAheadUntilMs: number;
  /** When a DELETE was accepted. */
  deletedAtMs: number | null;
  /** Whether it is gone from the list, though its seven days are not over. */
  isRemoved: boolean;
  /** The instant from which no day changes any more; Infinity where there is none. */
  overAtMs: number;
  days: JobDay[];
}

/** One day of a job. */
export interface JobDay {
  day: string;
  submission: number;
  life: DayLife;
  inDetails: NonNullable<DayScript['inDetails']>;
}

/** Jobs that are over stay on the list for seven days. */
const JOB_LIFETIME_MS = 7 * DAY_MS;

/** Makes a job out of parameters that have been checked, and plans what will happen to it. */
export function createJob(
  world: World,
  account: Account,
  parameters: Pick<
    ExportJob,
    'resourceType' | 'friendlyName' | 'startDay' | 'endDay' | 'webhookUrl' | 'webhookMethod' | 'email'
  >,
): ExportJob {
  const { resourceType, startDay, endDay } = parameters;
  const createdAtMs = world.clock.now();
  const ofType = account.jobs.filter((job) => job.resourceType === resourceType);
  const number = ofType.length + 1;
  const days = listDays(startDay, endDay).map((day, index): JobDay => {
    const submission = 1 + ofType.filter((job) => job.startDay <= day && day <= job.endDay).length;
    const occasion = { resourceType, day, submission };
    const life = planDayLife({ script: world.script, seed: world.seed, occasion, index, createdAtMs });
    return { day, submission, life, inDetails: dayRule(world.script, occasion).inDetails ?? 'named' };
  });
  const job: ExportJob = {
    ...parameters,
    jobSid: `JS${hexOf(32, world.seed, 'job', account.accountSid, resourceType, number)}`,
    number,
    createdAtMs,
    jobsAhead: world.script.life?.jobsAhead ?? 0,
    jobsAheadUntilMs: createdAtMs + lifeTimes(world.script.life).submittedMs,
    deletedAtMs: null,
    isRemoved: false,
    overAtMs: lastChangeMs(days),
    days,
  };
  account.jobs.push(job);
  days.forEach((day) => {
    scheduleFiles(world, account, job, day);
  });
  if (Number.isFinite(job.overAtMs)) {
    world.clock.schedule(job.overAtMs, () => {
      announce(world, account, job);
    });
  }
  return job;
}

/** What a DELETE makes of a job with a day that is not final. */
export function deleteJob(world: World, job: ExportJob): void {
  const now = world.clock.now();
  const { runningToBeDeletedMs } = lifeTimes(world.script.life);
  job.deletedAtMs ??= now;
  for (const day of job.days) {
    day.life = cutByDelete(day.life, now, runningToBeDeletedMs);
  }
  job.overAtMs = lastChangeMs(job.days);
}

/** Whether all days of the job are final. */
export function isOver(world: World, job: ExportJob): boolean {
  return job.overAtMs <= world.clock.now();
}

/** Whether the job can still be seen. */
export function isListed(world: World, job: ExportJob): boolean {
  return !job.isRemoved && world.clock.now() < job.overAtMs + JOB_LIFETIME_MS;
}

/** The job of that sid, while it can be seen. */
export function findJob(world: World, account: Account, jobSid: string): ExportJob | undefined {
  return account.jobs.find((job) => job.jobSid === jobSid && isListed(world, job));
}

/** The statuses of the days of a job, now, with their days. */
export function daysByStatus(world: World, job: ExportJob): Map<string, JobDay[]> {
  const now = world.clock.now();
  const groups = new Map<string, JobDay[]>();
  for (const day of job.days) {
    const status = statusAt(day.life, now);
    const group = groups.get(status);
    if (group === undefined) {
      groups.set(status, [day]);
    } else {
      group.push(day);
    }
  }
  return groups;
}

function lastChangeMs(days: readonly JobDay[]): number {
  return Math.max(...days.map((day) => finalAtMs(day.life)));
}

function scheduleFiles(world: World, account: Account, job: ExportJob, jobDay: JobDay): void {
  const { resourceType, friendlyName } = job;
  const { day, submission } = jobDay;
  const occasion = { resourceType, day, submission };
  for (const step of jobDay.life.filter(({ status }) => completes(status))) {
    const { status, atMs: completedAtMs } = step;
    // A DELETE takes the steps that were still to come out of the life.
    const isStillTrue = (): boolean => jobDay.life.includes(step);
    scheduleDayFile(world, account, { occasion, status, completedAtMs, friendlyName }, { isStillTrue });
  }
}

/** Mails and calls the webhook, unless somebody deleted the job before it was over. */
function announce(world: World, account: Account, job: ExportJob): void {
  if (job.deletedAtMs !== null) {
    return;
  }
  const { jobSid, friendlyName, resourceType, startDay, endDay, webhookUrl, webhookMethod, email } = job;
  const sentAt = new Date(world.clock.now()).toISOString();
  const subject = `Your bulk export "${friendlyName}" is complete`;
  const receivers = [`owners and admins of ${account.accountSid}`, ...(email === null ? [] : [email])];
  for (const to of world.script.emails === 'never' ? [] : receivers) {
    world.counts.emails.push({ to, subject, jobSid, sentAt });
  }
  if (webhookUrl !== null && webhookMethod !== null) {
    const fields = {
      status: 'completed',
      job_sid: jobSid,
      friendly_name: friendlyName,
      resource_type: resourceType,
      start_day: startDay,
      end_day: endDay,
    };
    sendWebhook({ world, account, jobSid, url: webhookUrl, method: webhookMethod, fields });
  }
}
