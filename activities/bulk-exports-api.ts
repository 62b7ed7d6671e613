/**
 * The operations of Twilio's Bulk Exports API as activities, for workflows of one's own: types alone, and nothing of it
 * exists at run time. The export of days to files is not made of these, but of those of `api.ts`.
 *
 * The property names of {@link BulkExportsApi} are the activity types on the wire. They never change.
 */
import type { DeleteExportJobResult, Webhook } from './contract/jobs.ts';
import type { Day, DayRange, Instant, ResourceType, TwilioDayStatus } from './contract/words.ts';

/**
 * What a workflow of one's own may ask Twilio for, once the plugin is in its Worker. Links to files are not among it:
 * they work once, for minutes, and would stand in a history; `downloadExportDay` of {@link ExportActivities} fetches a
 * day into a destination.
 *
 * Each throws `InvalidInput` (also for an account that the worker does not know), `AuthenticationRejected` and
 * `ExportRejected` (Twilio refused; the message has its words, code and request id), never retried; and `RateLimited`
 * and `TwilioUnavailable`, retried by the engine. `startToCloseTimeout` has to be longer than requests wait for their
 * turn and lists take: 15 minutes are enough.
 *
 * @example
 * ```ts
 * import { proxyActivities } from '@temporalio/workflow';
 *
 * const twilio = proxyActivities<BulkExportsApi>({ startToCloseTimeout: '15 minutes', heartbeatTimeout: '1 minute' });
 * const { days } = await twilio.listExportDays({ resourceType: 'Messages', startDay: '2026-10-01' });
 * ```
 */
export interface BulkExportsApi {
  /**
   * Makes a job at Twilio, or finds the one that it has made: for the same days, the same `requestId` and the same
   * `submission` there is one job, however often it is asked for. Nothing deletes it but you.
   *
   * @throws also `QuotaExhausted`, never retried: its details have `retryAfterMs`.
   * @example
   * ```ts
   * const { jobSid } = await twilio.createExportCustomJob({
   *   resourceType: 'Messages',
   *   startDay: '2026-10-01',
   *   endDay: '2026-10-30',
   * });
   * ```
   */
  createExportCustomJob: (input: CreateExportCustomJobInput) => Promise<CreateExportCustomJobResult>;

  /**
   * The job as Twilio tells of it now; null where Twilio knows no such job, or none any more.
   *
   * @example
   * ```ts
   * const job = await twilio.fetchExportJob({ jobSid });
   * const isOver = job?.details.every(({ status }) => ['Completed', 'CompletedEmptyRecords', 'Failed'].includes(status));
   * ```
   */
  fetchExportJob: (input: FetchExportJobInput) => Promise<ExportCustomJob | null>;

  /**
   * Deletes a job. That it is gone already, or can not be deleted any more, is a fate and no failure. Wrong credentials
   * and names are retried slowly here: what a clean-up deletes is to be deleted.
   *
   * @example
   * ```ts
   * const { fate } = await twilio.deleteExportJob({ jobSid });
   * ```
   */
  deleteExportJob: (input: FetchExportJobInput) => Promise<DeleteExportJobResult>;

  /**
   * The jobs of a type that Twilio still lists, those of others of the account included, the latest first.
   *
   * @example
   * ```ts
   * const { jobs, truncated } = await twilio.listExportCustomJobs({ resourceType: 'Calls', limit: 500 });
   * ```
   */
  listExportCustomJobs: (input: ListExportCustomJobsInput) => Promise<ListExportCustomJobsResult>;

  /**
   * The files that lie at Twilio, in the order in which they were made; a day may be there more than once.
   *
   * @example
   * ```ts
   * const { days } = await twilio.listExportDays({ resourceType: 'Messages', startDay: '2026-10-01' });
   * const bytes = days.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
   * ```
   */
  listExportDays: (input: ListExportDaysInput) => Promise<ListExportDaysResult>;

  /**
   * Whether Twilio makes the file of each day by itself, and whom it calls then.
   *
   * @example
   * ```ts
   * const { enabled } = await twilio.fetchExportConfiguration({ resourceType: 'Messages' });
   * ```
   */
  fetchExportConfiguration: (input: FetchExportConfigurationInput) => Promise<ExportConfiguration>;

  /**
   * Changes what is given, and leaves the rest. Gives what then holds.
   *
   * @example
   * ```ts
   * await twilio.updateExportConfiguration({ resourceType: 'Messages', enabled: true });
   * ```
   */
  updateExportConfiguration: (input: UpdateExportConfigurationInput) => Promise<ExportConfiguration>;
}

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

/**
 * What `listExportDays` needs.
 *
 * @example
 * ```ts
 * const input: ListExportDaysInput = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-30' };
 * const { days } = await twilio.listExportDays(input);
 * ```
 */
export interface ListExportDaysInput extends AccountInput {
  resourceType: ResourceType;
  /** Default the first that is there. */
  startDay?: Day;
  /** Included. Default the last that is there. */
  endDay?: Day;
  /** How many files at most, 1 to 1,000. Default 400. */
  limit?: number;
}

/**
 * Files of a type, in the order in which they were made.
 *
 * @example
 * ```ts
 * const { days }: ListExportDaysResult = await twilio.listExportDays({ resourceType: 'Messages' });
 * const bytes = days.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
 * ```
 */
export interface ListExportDaysResult {
  days: ExportDay[];
  /** Whether there are more than the limit. */
  truncated: boolean;
}

/**
 * The file of a day, as Twilio's list tells of it.
 *
 * @example
 * ```ts
 * const file: ExportDay = {
 *   day: '2026-10-01',
 *   sizeBytes: 48_211_937,
 *   createDate: '2026-11-02',
 *   friendlyName: 'October [0a1b2c3d-0a1b2c3d4e5f-1]',
 * };
 * ```
 */
export interface ExportDay {
  day: Day;
  /** Of the gzip file; null where Twilio does not say. */
  sizeBytes: number | null;
  /** The UTC day on which it was made. */
  createDate: Day | null;
  /** Of the job that made it. */
  friendlyName: string | null;
}

/**
 * What `fetchExportConfiguration` needs.
 *
 * @example
 * ```ts
 * const input: FetchExportConfigurationInput = { resourceType: 'Messages', account: 'east' };
 * const { enabled } = await twilio.fetchExportConfiguration(input);
 * ```
 */
export interface FetchExportConfigurationInput extends AccountInput {
  resourceType: ResourceType;
}

/**
 * What Twilio does by itself for a type.
 *
 * @example
 * ```ts
 * const configuration: ExportConfiguration = {
 *   enabled: true,
 *   webhookUrl: 'https://hooks.example.com/twilio',
 *   webhookMethod: 'POST',
 * };
 * ```
 */
export interface ExportConfiguration {
  /** Whether the file of each day is made by itself; null where Twilio does not say. */
  enabled: boolean | null;
  /** Called then; null where there is none. */
  webhookUrl: string | null;
  webhookMethod: string | null;
}

/**
 * What `updateExportConfiguration` needs: at least one of the fields besides account and type.
 *
 * @example
 * ```ts
 * const input: UpdateExportConfigurationInput = { resourceType: 'Messages', enabled: true, webhookUrl: null };
 * await twilio.updateExportConfiguration(input);
 * ```
 */
export interface UpdateExportConfigurationInput extends AccountInput {
  resourceType: ResourceType;
  enabled?: boolean;
  /** Null takes the webhook away. */
  webhookUrl?: string | null;
  /** Where a URL is given and this is not: `POST`. */
  webhookMethod?: 'GET' | 'POST';
}
