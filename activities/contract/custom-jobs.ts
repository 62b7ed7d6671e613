/**
 * Twilio's jobs, as its operations ask for them and tell of them: types alone, part of the contract in
 * `../bulk-exports-api.ts`.
 */
import type { Webhook } from './jobs.ts';
import type { Day, DayRange, Instant, ResourceType, TwilioDayStatus } from './words.ts';

/**
 * Whose credentials are used.
 *
 * @example
 * ```ts
 * const east: AccountInput = { account: 'east' };
 * const { jobs } = await twilio.listExportCustomJobs({ ...east, resourceType: 'Calls' });
 * ```
 */
export interface AccountInput {
  /** The name of an account that the worker knows. Default `default`. */
  account?: string;
}

/**
 * What `createExportCustomJob` needs.
 *
 * @example
 * ```ts
 * import { workflowInfo } from '@temporalio/workflow';
 *
 * const input: CreateExportCustomJobInput = {
 *   resourceType: 'Messages',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   friendlyName: 'October',
 *   requestId: workflowInfo().firstExecutionRunId,
 * };
 * const { jobSid } = await twilio.createExportCustomJob(input);
 * ```
 */
export interface CreateExportCustomJobInput extends AccountInput {
  resourceType: ResourceType;
  startDay: Day;
  /** Included. */
  endDay: Day;
  /** Default `{resourceType} {startDay}..{endDay}`. A marker is appended by which the job is found again. */
  friendlyName?: string;
  webhook?: Webhook;
  email?: string;
  /**
   * Default the id of the run that asks. After a reset, or when the workflow goes on in a new run, that is another one:
   * `workflowInfo().firstExecutionRunId` stays. An id that is not that of the run costs a minute, as a request of
   * another run may still be on its way.
   */
  requestId?: string;
  /** Default 1. A higher number asks for the same days once more, such as for those that have failed. */
  submission?: number;
}

/**
 * The job that now exists.
 *
 * @example
 * ```ts
 * const made: CreateExportCustomJobResult = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   friendlyName: 'October [0a1b2c3d-0a1b2c3d4e5f-1]',
 *   createdAt: '2026-11-02T10:00:07.000Z',
 *   adopted: false,
 * };
 * ```
 */
export interface CreateExportCustomJobResult {
  jobSid: string;
  /** The whole name at Twilio, marker included. */
  friendlyName: string;
  /** By Twilio's clock; of one that was found, when it was. */
  createdAt: Instant;
  /** Whether it was there already. */
  adopted: boolean;
}

/**
 * What `fetchExportJob` and `deleteExportJob` need.
 *
 * @example
 * ```ts
 * const input: FetchExportJobInput = { jobSid: 'JS0123456789abcdef0123456789abcdef', account: 'east' };
 * const job = await twilio.fetchExportJob(input);
 * ```
 */
export interface FetchExportJobInput extends AccountInput {
  jobSid: string;
}

/**
 * A job as Twilio tells of it. All fields of its answers may be null. Days are `YYYY-MM-DD`, UTC.
 *
 * @example
 * ```ts
 * const waiting = ({ jobQueuePosition, estimatedCompletionTime }: ExportCustomJob) =>
 *   `place ${jobQueuePosition ?? 'unknown'} in the queue, ready at ${estimatedCompletionTime ?? 'some time'}`;
 * ```
 */
export interface ExportCustomJob {
  jobSid: string | null;
  resourceType: string | null;
  friendlyName: string | null;
  startDay: string | null;
  /** Included. */
  endDay: string | null;
  /** By status; empty where Twilio says nothing of its days. A job has no status of its own. */
  details: ExportJobDetail[];
  /** A whole number, written as a text. */
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  webhookUrl: string | null;
  webhookMethod: string | null;
  email: string | null;
}

/**
 * The days of a job that are in one status.
 *
 * @example
 * ```ts
 * const detail: ExportJobDetail = { status: 'Completed', count: 29, days: ['2026-10-01..2026-10-28', '2026-10-30'] };
 * ```
 */
export interface ExportJobDetail {
  /** Twilio's word, one that is not known here included. */
  status: TwilioDayStatus | (string & {});
  /** How many days; null where Twilio does not say. */
  count: number | null;
  /** Which; null where Twilio does not say, even of a job that is over. */
  days: DayRange[] | null;
}

/**
 * What `listExportCustomJobs` needs.
 *
 * @example
 * ```ts
 * const input: ListExportCustomJobsInput = { resourceType: 'Calls', limit: 500 };
 * const { jobs } = await twilio.listExportCustomJobs(input);
 * ```
 */
export interface ListExportCustomJobsInput extends AccountInput {
  resourceType: ResourceType;
  /** How many jobs at most, 1 to 500. Default 100. */
  limit?: number;
}

/**
 * Jobs of a type, the latest first.
 *
 * @example
 * ```ts
 * const { jobs, truncated }: ListExportCustomJobsResult = await twilio.listExportCustomJobs({ resourceType: 'Calls' });
 * if (truncated) console.warn(`Only the latest ${jobs.length} jobs are looked at.`);
 * ```
 */
export interface ListExportCustomJobsResult {
  jobs: ExportCustomJob[];
  /** Whether there are more than the limit. */
  truncated: boolean;
}
