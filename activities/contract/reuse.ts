/** What `findReusableDays` is asked and answers: types alone, part of the contract in `../api.ts`. */
import type { DownloadExportDayResult, ReusedDay } from './report.ts';
import type { Day, DayRange, ExportIdentity, ForeignFiles, Persistence } from './words.ts';

/**
 * What `findReusableDays` needs.
 *
 * @example
 * ```ts
 * const input: FindReusableDaysInput = {
 *   ...identity,
 *   destination: 'default',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   reuse: 'published',
 *   foreignFiles: 'accept',
 * };
 * ```
 */
export interface FindReusableDaysInput extends ExportIdentity, Persistence {
  destination: string;
  startDay: Day;
  endDay: Day;
  /** `available`: also what still lies at Twilio. */
  reuse: 'published' | 'available';
  /** Of what lies at Twilio: `refuse` leaves what no job of this package in this namespace has made. */
  foreignFiles: ForeignFiles;
}

/**
 * What is there. A day that is not named needs a job.
 *
 * @example
 * ```ts
 * const daysWithoutJob = ({ published, available }: FindReusableDaysResult) =>
 *   [...published, ...available].map(({ day }) => day);
 * ```
 */
export interface FindReusableDaysResult {
  /** Days that lie in the destination, or were empty. */
  published: PublishedDay[];
  /** Of the others, those to be fetched at once. */
  available: AvailableDay[];
  /**
   * What the jobs were asked for that the export has at Twilio from before a reset, in the order of their submissions,
   * no day twice: asked for in the same order each is adopted. Missing where there are none.
   */
  underWay?: DayRange[];
}

/**
 * A day whose file still lies at Twilio, made by whichever job.
 *
 * @example
 * ```ts
 * const available: AvailableDay = {
 *   day: '2026-10-01',
 *   status: 'Completed',
 *   reused: { from: 'available', friendlyName: 'nightly copy', createDate: '2026-11-02' },
 * };
 * ```
 */
export interface AvailableDay {
  day: Day;
  /** As which it is fetched: Twilio does not say, and where the list tells a size there are records or a gzip of none. */
  status: 'Completed' | 'CompletedOrEmpty';
  reused: Extract<ReusedDay, { from: 'available' }>;
}

/**
 * A day that an export before has brought home.
 *
 * @example
 * ```ts
 * const published: PublishedDay = {
 *   day: '2026-10-01',
 *   jobSid: null,
 *   outcome: 'empty',
 *   reused: { from: 'published', manifest: 'file:///srv/exports/_manifests/october/0199c2f4.json' },
 * };
 * ```
 */
export type PublishedDay = {
  day: Day;
  /** Of then; null where its manifest names none. */
  jobSid: string | null;
  reused: ReusedDay;
} & DownloadExportDayResult;
