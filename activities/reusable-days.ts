/** What `findReusableDays` is asked and answers: types alone, part of the contract in `api.ts`. */
import type { DownloadExportDayResult, ReusedDay } from './export-report.ts';
import type { Day, DayRange, ExportIdentity, ForeignFiles, Persistence } from './export-words.ts';

/** What `findReusableDays` needs. */
export interface FindReusableDaysInput extends ExportIdentity, Persistence {
  destination: string;
  startDay: Day;
  endDay: Day;
  /** `available`: also what still lies at Twilio. */
  reuse: 'published' | 'available';
  /** Of what lies at Twilio: `refuse` leaves what no job of this package in this namespace has made. */
  foreignFiles: ForeignFiles;
}

/** What is there. A day that is not named needs a job. */
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

/** A day whose file still lies at Twilio, made by whichever job. */
export interface AvailableDay {
  day: Day;
  /** As which it is fetched: Twilio does not say, and where the list tells a size there are records or a gzip of none. */
  status: 'Completed' | 'CompletedOrEmpty';
  reused: Extract<ReusedDay, { from: 'available' }>;
}

/** A day that an export before has brought home. */
export type PublishedDay = {
  day: Day;
  /** Of then; null where its manifest names none. */
  jobSid: string | null;
  reused: ReusedDay;
} & DownloadExportDayResult;
