/** Making jobs at Twilio, and unmaking them: types alone, part of the contract in `../api.ts`. */
import type { ExportedJob } from './report.ts';
import type { Day, ExportIdentity, Instant, Persistence } from './words.ts';

/**
 * What `createExportJob` needs.
 *
 * @example
 * ```ts
 * const input: CreateExportJobInput = {
 *   ...identity,
 *   destination: 'default',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   friendlyName: 'October',
 *   submission: 1,
 *   isUnderWay: false,
 * };
 * ```
 */
export interface CreateExportJobInput extends ExportIdentity, Persistence {
  /** The name of a destination that the worker knows: no days are asked for that could not be stored. */
  destination: string;
  startDay: Day;
  endDay: Day;
  /** The caller's part of the name. The activity appends the marker. */
  friendlyName: string;
  /**
   * The number of this submission within the export, from 1. With the namespace and the first run id it makes
   * the marker by which a job is found again.
   */
  submission: number;
  /**
   * Whether the export has made a job before. Then what a person can mend (credentials, storage, names that the
   * worker does not know) is retried slowly and not final.
   */
  isUnderWay: boolean;
  /** Where it is missing, Twilio calls the receiver that the worker knows of, if any. */
  webhook?: Webhook;
  email?: string;
}

/**
 * Where Twilio calls when a job is over.
 *
 * @example
 * ```ts
 * const webhook: Webhook = { url: 'https://hooks.example.com/twilio', method: 'POST' };
 * ```
 */
export interface Webhook {
  url: string;
  method: 'GET' | 'POST';
}

/**
 * The job that now exists.
 *
 * @example
 * ```ts
 * const job: CreateExportJobResult = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   friendlyName: 'October [0a1b2c3d-0a1b2c3d4e5f-1]',
 *   createdAt: '2026-11-02T10:00:07.000Z',
 *   adopted: false,
 * };
 * ```
 */
export interface CreateExportJobResult {
  jobSid: string;
  /** The whole name at Twilio, marker included. */
  friendlyName: string;
  /** By Twilio's clock. */
  createdAt: Instant;
  /** Whether an earlier attempt, or an earlier run of the export, had made it. */
  adopted: boolean;
  /** The id of the run that asked: a later one of the same history is what a reset has made. */
  inRun?: string;
}

/**
 * The first of the details of every failure with which a create is final.
 *
 * @example
 * ```ts
 * const hoursToWait = ({ retryAfterMs = 0 }: CreateRefusedDetails) => Math.ceil(retryAfterMs / 3_600_000);
 * ```
 */
export interface CreateRefusedDetails {
  /** Whether an earlier attempt may have made the job all the same: then clean-up looks for it. */
  inDoubt: boolean;
  /** With `QuotaExhausted`: how long until Twilio's next UTC day, jitter included. */
  retryAfterMs?: number;
}

/**
 * What `deleteExportJob` needs.
 *
 * @example
 * ```ts
 * const input: DeleteExportJobInput = { ...identity, jobSid: 'JS0123456789abcdef0123456789abcdef' };
 * ```
 */
export interface DeleteExportJobInput extends ExportIdentity {
  jobSid: string;
}

/**
 * What Twilio made of a DELETE.
 *
 * @example
 * ```ts
 * const { fate }: DeleteExportJobResult = await twilio.deleteExportJob({ jobSid });
 * if (fate === 'notDeletable') console.warn(`Twilio keeps the job ${jobSid}.`);
 * ```
 */
export interface DeleteExportJobResult {
  fate: 'deleted' | 'alreadyGone' | 'notDeletable';
}

/**
 * What `sweepExportJobs` needs.
 *
 * @example
 * ```ts
 * const input: SweepExportJobsInput = {
 *   ...identity,
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   keep: ['JS0123456789abcdef0123456789abcdef'],
 *   createInDoubt: false,
 * };
 * ```
 */
export interface SweepExportJobsInput extends ExportIdentity {
  /** The first and the last day of the export. */
  startDay: Day;
  endDay: Day;
  /** Jobs that are dealt with already. */
  keep: string[];
  /** Whether a create may still be on its way to Twilio: then the service first gets a minute to settle. */
  createInDoubt: boolean;
}

/**
 * The jobs that were found and what became of them.
 *
 * @example
 * ```ts
 * const left = ({ swept, spared = [] }: SweepExportJobsResult) =>
 *   [...swept.filter(({ fate }) => fate === 'notDeletable'), ...spared].map(({ jobSid }) => jobSid);
 * ```
 */
export interface SweepExportJobsResult {
  swept: ExportedJob[];
  /** Jobs with its marker that were left, as their days are not within its own. Missing where there are none. */
  spared?: SparedJob[];
}

/**
 * A job that carries a marker which is not its own.
 *
 * @example
 * ```ts
 * const spared: SparedJob = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-09-01',
 *   endDay: '2026-09-30',
 * };
 * ```
 */
export type SparedJob = Pick<ExportedJob, 'jobSid' | 'startDay' | 'endDay'>;
