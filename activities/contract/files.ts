/** The files of an export in its destination: types alone, part of the contract in `../api.ts`. */
import type { ExportManifest } from './report.ts';
import type { Day, DayRange, ExportIdentity, ForeignFiles, Persistence } from './words.ts';

/**
 * What `downloadExportDay` needs.
 *
 * @example
 * ```ts
 * const input: DownloadExportDayInput = {
 *   ...identity,
 *   destination: 'default',
 *   day: '2026-10-01',
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   status: 'Completed',
 * };
 * ```
 */
export interface DownloadExportDayInput extends ExportIdentity, Persistence {
  destination: string;
  day: Day;
  /** The job that made the day, where it is known: a destination may note it with the file. */
  jobSid?: string;
  /** What the job's picture says of the day: it decides what a missing or an empty file means. */
  status: 'Completed' | 'CompletedEmptyRecords' | 'CompletedOrEmpty';
  /**
   * Whether a file that another job than those of this export has made is taken. Refused, it is as if there were no
   * file yet. Missing in the input of a version before: then it is taken. `refuseOtherNamespaces`: of a day that is to
   * be reused any export of this package in this namespace may have made it, and nobody else.
   */
  foreignFiles?: ForeignFiles | 'refuseOtherNamespaces';
}

/**
 * What `sweepExportFiles` needs.
 *
 * @example
 * ```ts
 * const input: SweepExportFilesInput = { ...identity, destination: 'default', days: ['2026-10-01..2026-10-30'] };
 * ```
 */
export interface SweepExportFilesInput extends ExportIdentity {
  destination: string;
  days: DayRange[];
}

/**
 * What `writeExportManifest` needs.
 *
 * @example
 * ```ts
 * const inputFor = (manifest: ExportManifest): WriteExportManifestInput => ({
 *   ...identity,
 *   destination: manifest.destination,
 *   workflowId: manifest.workflowId,
 *   manifest,
 * });
 * ```
 */
export interface WriteExportManifestInput extends ExportIdentity {
  destination: string;
  workflowId: string;
  manifest: ExportManifest;
}

/**
 * Where the manifest lies.
 *
 * @example
 * ```ts
 * const written: WriteExportManifestResult = { location: 'file:///srv/exports/_manifests/october/0199c2f4.json' };
 * ```
 */
export interface WriteExportManifestResult {
  /** A URL: `file:///…` */
  location: string;
}
