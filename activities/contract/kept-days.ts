/**
 * The days that Twilio keeps, and whether it makes them by itself: types alone, part of the contract in
 * `../bulk-exports-api.ts`.
 */
import type { AccountInput } from './custom-jobs.ts';
import type { Day, ResourceType } from './words.ts';

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
