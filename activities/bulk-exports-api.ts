/**
 * The operations of Twilio's Bulk Exports API as activities, for workflows of one's own: types alone, and nothing of it
 * exists at run time. The export of days to files is not made of these, but of those of `api.ts`.
 *
 * The property names of {@link BulkExportsApi} are the activity types on the wire. They never change.
 */
import type {
  CreateExportCustomJobInput,
  CreateExportCustomJobResult,
  ExportCustomJob,
  FetchExportJobInput,
  ListExportCustomJobsInput,
  ListExportCustomJobsResult,
} from './contract/custom-jobs.ts';
import type { DeleteExportJobResult } from './contract/jobs.ts';
import type {
  ExportConfiguration,
  FetchExportConfigurationInput,
  ListExportDaysInput,
  ListExportDaysResult,
  UpdateExportConfigurationInput,
} from './contract/kept-days.ts';

export type {
  AccountInput,
  CreateExportCustomJobInput,
  CreateExportCustomJobResult,
  ExportCustomJob,
  ExportJobDetail,
  FetchExportJobInput,
  ListExportCustomJobsInput,
  ListExportCustomJobsResult,
} from './contract/custom-jobs.ts';
export type {
  ExportConfiguration,
  ExportDay,
  FetchExportConfigurationInput,
  ListExportDaysInput,
  ListExportDaysResult,
  UpdateExportConfigurationInput,
} from './contract/kept-days.ts';

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
