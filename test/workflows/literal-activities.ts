/** The activities, played from a script: no HTTP, no disk, no clock of their own. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import type {
  ActivityFailureType,
  CreateExportJobInput,
  CreateExportJobResult,
  DeleteExportJobResult,
  DownloadExportDayInput,
  DownloadExportDayResult,
  ExportActivities,
  ExportManifest,
  FindReusableDaysInput,
  FindReusableDaysResult,
  JobPicture,
} from '../../activities/api.ts';
import { daysBetween, formatRange } from '../../workflows/calendar.ts';
import { daysByStatus, pictureOf as pictureOfDays } from './played-export.ts';

/** What Twilio says of the days of a job at one moment; a day that is not named is Unaccounted. */
export type Statuses = Record<string, string>;

/** One look: how long it takes until it shows something new, and what. */
export interface Look {
  after?: Duration;
  statuses: Statuses;
  /** Default: whether every day has a final status. */
  over?: boolean;
  gone?: boolean;
  /** Shown to nobody but a look without a picture to compare with. */
  onlyFresh?: boolean;
}

/** What happens to one export. Everything is optional: without a word all days complete after an hour. */
export interface Script {
  /** Twilio's clock when a job is made. Default: that of this machine, which skips nothing. */
  nowMs?: () => Promise<number>;
  /** Which days are there already. Default: none. */
  reuse?: (
    input: FindReusableDaysInput,
    attempt: number,
  ) => Promise<FindReusableDaysResult> | FindReusableDaysResult;
  create?: (input: CreateExportJobInput, attempt: number) => Promise<void> | void;
  /** Comes after the job was made: what it throws is an answer that was lost. */
  answerCreate?: (input: CreateExportJobInput, attempt: number) => Promise<void> | void;
  /** The looks at the job of a submission; after the last one nothing changes any more. */
  looks?: (job: LiteralJob) => Look[];
  /** How long nothing is new after the last look until the next. */
  againAfter?: Duration;
  download?: (
    input: DownloadExportDayInput,
    time: number,
  ) => Promise<DownloadExportDayResult | undefined> | DownloadExportDayResult | undefined;
  delete?: (
    jobSid: string,
    time: number,
  ) => Promise<DeleteExportJobResult['fate']> | DeleteExportJobResult['fate'];
  /**
   * What is seen of a job that was deleted, where it is not that all its days were: what it told before, nothing, or
   * that those were of which it had told.
   */
  afterDelete?: 'unchanged' | 'gone' | 'untold';
  /** Comes after the job was deleted: what it throws is an answer that was lost. */
  answerDelete?: (jobSid: string, time: number) => Promise<void> | void;
}

/** A job of the script. */
export interface LiteralJob {
  jobSid: string;
  submission: number;
  days: string[];
  isAlive: boolean;
  /** Whether an answer told of it. */
  isKnown: boolean;
  /** Whether its days were deleted: a DELETE that finds nothing, or is refused, deletes none of a job that is over. */
  isDeleted: boolean;
  /** Whether a DELETE was refused: then the job is over, unless it tells of a day that is still to come. */
  isRefused: boolean;
  looked: number;
  /** Twilio's clock, as far as this job tells it. */
  clockMs: number;
}

/** Plays a script and writes down what it was asked. */
export class LiteralTwilio {
  readonly jobs: LiteralJob[] = [];
  /** The days for which it was asked what is there already. */
  readonly searches: string[] = [];
  readonly downloads: string[] = [];
  readonly deletes: string[] = [];
  readonly manifests: ExportManifest[] = [];
  /** Each time when a day was asked for that another job, of which an answer had told, was still at work on. */
  readonly twins: string[] = [];
  readonly sweeps: { keep: string[]; createInDoubt: boolean }[] = [];
  readonly fileSweeps: string[][] = [];
  looks = 0;
  private readonly script: Script;

  constructor(script: Script = {}) {
    this.script = script;
  }

  /** The activities for a worker. */
  activities(): ExportActivities {
    return {
      findReusableDays: async (input) => {
        this.searches.push(formatRange(input));
        return (
          (await this.script.reuse?.(input, Context.current().info.attempt)) ?? {
            published: [],
            available: [],
          }
        );
      },
      createExportJob: async (input) => {
        await this.script.create?.(input, Context.current().info.attempt);
        const clockMs = (await this.script.nowMs?.()) ?? Date.now();
        const days = daysBetween(input.startDay, input.endDay);
        const twin = this.jobs.find(
          (job) => job.submission !== input.submission && days.some((day) => this.isAtWorkOn(job, day)),
        );
        if (twin) {
          this.twins.push(`${twin.jobSid} and ${formatRange(input)}`);
          throw fail('ExportRejected', `two live jobs for one day: ${this.twins.at(-1)}`);
        }
        const jobSid = `JS${String(this.jobs.length + 1).padStart(32, '0')}`;
        const made = this.jobs.find((job) => job.submission === input.submission && job.isAlive);
        if (made) {
          made.isKnown = true;
          return createdJob(input, made, clockMs);
        }
        const { submission } = input;
        const young = { isAlive: true, isKnown: false, isDeleted: false, isRefused: false, looked: 0 };
        const job: LiteralJob = { jobSid, submission, days, ...young, clockMs };
        this.jobs.push(job);
        await this.script.answerCreate?.(input, Context.current().info.attempt);
        job.isKnown = true;
        return createdJob(input, { jobSid }, clockMs);
      },
      watchExportJob: async ({ jobSid, firstLook, returnUnchanged, seen, poll }) => {
        this.looks += 1;
        const job = this.jobOf(jobSid);
        const isFresh = returnUnchanged;
        if (job.isDeleted && this.script.afterDelete !== 'unchanged')
          return this.pictureOfDeleted(job, { isFresh, wasOver: seen?.over === true });
        const last = this.looksOf(job)[job.looked - 1];
        const look = this.looksOf(job)[job.looked];
        if (isFresh && last && !look?.onlyFresh) return pictureOf(job, last, job.clockMs);
        const { attempt } = Context.current().info;
        if (attempt === 1 && firstLook === 'soon') throw unchanged(poll.minimumIntervalMs);
        // The answer to the look before was lost, as that look was cut short: Twilio says the same again.
        if (last && !shows(seen, pictureOf(job, last, job.clockMs))) return pictureOf(job, last, job.clockMs);
        if (!look && attempt === 1 && firstLook === 'now') throw unchanged(poll.minimumIntervalMs);
        if (!look || (look.onlyFresh && !isFresh)) throw unchanged(this.script.againAfter ?? NOTHING_NEW_MS);
        if (attempt === 1 && firstLook === 'planned' && look.after !== undefined) throw unchanged(look.after);
        job.looked += 1;
        job.clockMs += msToNumber(look.after ?? 0);
        return pictureOf(job, look, job.clockMs);
      },
      downloadExportDay: async (input) => {
        this.downloads.push(input.day);
        const time = this.downloads.filter((day) => day === input.day).length;
        const scripted = await this.script.download?.(input, time);
        if (scripted) return scripted;
        return input.status === 'CompletedEmptyRecords' ? { outcome: 'empty' } : downloaded(input.day);
      },
      deleteExportJob: async ({ jobSid }) => {
        this.deletes.push(jobSid);
        const time = this.deletes.filter((sid) => sid === jobSid).length;
        const fate = (await this.script.delete?.(jobSid, time)) ?? 'deleted';
        const job = this.jobOf(jobSid);
        job.isDeleted ||= fate === 'deleted' || (fate === 'alreadyGone' && !this.tellsOnlyEnds(job));
        job.isRefused ||= fate === 'notDeletable';
        if (fate !== 'notDeletable') job.isAlive = false;
        await this.script.answerDelete?.(jobSid, time);
        return { fate };
      },
      sweepExportJobs: async ({ keep, createInDoubt }) => {
        this.sweeps.push({ keep, createInDoubt });
        const strays = this.jobs.filter((job) => job.isAlive && !keep.includes(job.jobSid));
        for (const job of strays) Object.assign(job, { isAlive: false, isDeleted: true });
        return {
          swept: strays.map(({ jobSid, days }) => ({
            jobSid,
            startDay: days[0] ?? '',
            endDay: days.at(-1) ?? '',
            fate: 'deleted',
          })),
        };
      },
      sweepExportFiles: async ({ days }) => {
        this.fileSweeps.push(days);
      },
      writeExportManifest: async ({ manifest }) => {
        this.manifests.push(manifest);
        return { location: `file:///exports/_manifests/${manifest.exportId}.json` };
      },
    };
  }

  private jobOf(jobSid: string): LiteralJob {
    const job = this.jobs.find((candidate) => candidate.jobSid === jobSid);
    if (!job) throw new Error(`The script has no job ${jobSid}`);
    return job;
  }

  private looksOf(job: LiteralJob): Look[] {
    return this.script.looks?.(job) ?? [{ after: '1 hour', statuses: all(job, 'Completed') }];
  }

  /** A deleted job is over: what was not final is DeletedByUserRequest. */
  private pictureOfDeleted(
    job: LiteralJob,
    { isFresh, wasOver }: { isFresh: boolean; wasOver: boolean },
  ): JobPicture {
    if (wasOver && !isFresh) throw unchanged(NOTHING_NEW_MS);
    const before = this.looksOf(job)[job.looked - 1]?.statuses ?? {};
    const { afterDelete } = this.script;
    const gone = afterDelete === 'gone';
    const statuses = Object.fromEntries(
      job.days.map((day) => {
        const status = before[day] ?? 'Unaccounted';
        const isUntold = gone || (afterDelete === 'untold' && status === 'Unaccounted');
        return [day, FINAL.has(status) ? status : isUntold ? 'Unaccounted' : 'DeletedByUserRequest'];
      }),
    );
    return pictureOf(job, { statuses, gone }, job.clockMs);
  }

  private isAtWorkOn(job: LiteralJob, day: string): boolean {
    const told = this.looksOf(job).slice(0, job.looked);
    const hasEnded = told.some(({ statuses }) => FINAL.has(statuses[day] ?? 'Unaccounted'));
    return job.isAlive && job.isKnown && job.days.includes(day) && !hasEnded && !this.isOver(job);
  }

  private isOver(job: LiteralJob): boolean {
    const last = this.looksOf(job)[job.looked - 1];
    return (last !== undefined && pictureOf(job, last, 0).over) || (job.isRefused && this.tellsOnlyEnds(job));
  }

  private tellsOnlyEnds(job: LiteralJob): boolean {
    const told = Object.keys(pictureOf(job, this.looksOf(job)[job.looked - 1] ?? { statuses: {} }, 0).days);
    return told.every((status) => status === 'Unaccounted' || FINAL.has(status));
  }
}

/** Every day of the job with one status. */
export function all(job: { days: string[] }, status: string): Statuses {
  return Object.fromEntries(job.days.map((day) => [day, status]));
}

/** A failure as the activities throw it. */
export function fail(type: ActivityFailureType, message: string, ...details: unknown[]): ApplicationFailure {
  const nonRetryable = ![
    'RateLimited',
    'TwilioUnavailable',
    'StorageUnavailable',
    'DownloadStalled',
  ].includes(type);
  return ApplicationFailure.create({ type, message, nonRetryable, details });
}

/** A published file of a day. */
export function downloaded(day: string): DownloadExportDayResult {
  const location = `file:///exports/day=${day}/part-0.json.gz`;
  return { outcome: 'downloaded', file: { location, sizeBytes: 1000, records: 10, sha256: 'a'.repeat(64) } };
}

/** A promise that ends only when the activity is cancelled, heartbeating meanwhile. */
export async function untilCancelled(): Promise<never> {
  const beat = setInterval(() => Context.current().heartbeat(), 100);
  try {
    return await Context.current().cancelled;
  } finally {
    clearInterval(beat);
  }
}

/**
 * Long, and odd: where an attempt starts at the very instant at which a timer cancels it, the
 * time-skipping server never lets go of its clock again.
 */
const NOTHING_NEW_MS = 172_807_123;

const FINAL = new Set([
  'Completed',
  'CompletedEmptyRecords',
  'CompletedOrEmpty',
  'Failed',
  'DeletedByUserRequest',
]);

function pictureOf(job: LiteralJob, { statuses, over, gone = false }: Look, asOfMs: number): JobPicture {
  const words = job.days.map((day) => [day, statuses[day] ?? 'Unaccounted'] as const);
  const isOver = words.every(([, word]) => FINAL.has(word));
  return pictureOfDays(daysByStatus(words), {
    asOf: new Date(asOfMs).toISOString(),
    over: over ?? (gone || isOver),
    gone,
  });
}

function shows(seen: JobPicture | null, { days }: JobPicture): boolean {
  return JSON.stringify(seen?.days) === JSON.stringify(days);
}

function createdJob(
  input: CreateExportJobInput,
  { jobSid }: { jobSid: string },
  clockMs: number,
): CreateExportJobResult {
  const createdAt = new Date(clockMs).toISOString();
  return { jobSid, friendlyName: `${input.friendlyName} [test]`, createdAt, adopted: false };
}

function unchanged(nextRetryDelay: Duration): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'JobUnchanged',
    message: 'nothing new',
    nextRetryDelay,
    category: 'BENIGN',
  });
}
