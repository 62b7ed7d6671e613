/**
 * How a day came home and how an export ended, as results and manifests tell it: types alone, part of the contract in
 * `../api.ts`.
 */
import type { Day, DayOutcome, Instant, JobFate, ResourceType } from './words.ts';

/**
 * A published file, as it was verified from the disk.
 *
 * @example
 * ```ts
 * const file: DayFile = {
 *   location: 'file:///srv/exports/account=AC…/type=Messages/day=2026-10-01/part-0.json.gz',
 *   sizeBytes: 48_211_937,
 *   records: 512_044,
 *   sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
 * };
 * ```
 */
export interface DayFile {
  /** A URL: `file:///…` */
  location: string;
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the gzip file, lower-case hex. */
  sha256: string;
}

/**
 * The job that made a file, where it is none of the export.
 *
 * @example
 * ```ts
 * const madeBy: FileMaker = { friendlyName: 'nightly copy', createDate: '2026-11-02' };
 * ```
 */
export interface FileMaker {
  /** Of the job. One line without anything that steers a terminal, cut after 100 characters. */
  friendlyName: string;
  /** The UTC day on which it was made; null where Twilio does not say. */
  createDate: Day | null;
}

/**
 * A published day, or the proof that there was nothing to publish. `madeBy`: only where the file was made by another
 * job than those of the export that fetched it.
 *
 * @example
 * ```ts
 * const bytesOf = (result: DownloadExportDayResult) => (result.outcome === 'downloaded' ? result.file.sizeBytes : 0);
 * ```
 */
export type DownloadExportDayResult = ({ outcome: 'downloaded'; file: DayFile } | { outcome: 'empty' }) & {
  madeBy?: FileMaker;
};

/**
 * One requested day in the result and in the manifest.
 *
 * @example
 * ```ts
 * const day: ExportedDay = {
 *   day: '2026-10-01',
 *   outcome: 'downloaded',
 *   location: 's3://exports/account=AC…/type=Messages/day=2026-10-01/part-0.json.gz',
 *   sizeBytes: 48_211_937,
 *   records: 512_044,
 *   sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   attempts: 1,
 * };
 * ```
 */
export interface ExportedDay {
  day: Day;
  outcome: DayOutcome;
  /** A URL; only where the outcome is `downloaded`. */
  location?: string;
  /** Of the gzip file; 0 where there is none. */
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the gzip file, lower-case hex; only where the outcome is `downloaded`. */
  sha256?: string;
  /** The last job that was asked for this day; of a day that was published before, the one of then. */
  jobSid?: string;
  /** In how many submissions the day was. */
  attempts: number;
  /** Only where another job has made its file than those of the export, or of the one before that published it. */
  madeBy?: FileMaker;
  /** Why the outcome is not a good one. */
  problem?: string;
  /** Where it was already, so that no job was asked for it; only where the outcome is `downloaded` or `empty`. */
  reused?: ReusedDay;
}

/**
 * Where a day came from that no job of this export has made.
 *
 * @example
 * ```ts
 * const wayHome = (reused?: ReusedDay) => {
 *   if (reused === undefined) return 'by a job of this export';
 *   return reused.from === 'published' ? `proven by ${reused.manifest}` : `made at Twilio on ${reused.createDate}`;
 * };
 * ```
 */
export type ReusedDay =
  /** It lay in the destination. `manifest`: the URL of the one that proves it. */
  | { from: 'published'; manifest: string }
  /** Its file still lay at Twilio. The name is that of the job that made it, the date that of its making. */
  | { from: 'available'; friendlyName: string | null; createDate: Day };

/**
 * One job in the result and in the manifest.
 *
 * @example
 * ```ts
 * const job: ExportedJob = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   fate: 'deleted',
 * };
 * ```
 */
export interface ExportedJob {
  jobSid: string;
  startDay: Day;
  /** Included. */
  endDay: Day;
  fate: JobFate;
}

/**
 * Sums over the days: counts of days by outcome, `records` in lines of JSON, `sizeBytes` of the gzip files.
 *
 * @example
 * ```ts
 * const isWhole = ({ days, downloaded, empty }: ExportTotals) => downloaded + empty === days;
 * ```
 */
export interface ExportTotals {
  days: number;
  downloaded: number;
  empty: number;
  failed: number;
  deleted: number;
  cancelled: number;
  sizeBytes: number;
  records: number;
}

/**
 * The manifest: written last, so that who sees it sees whole days.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * // Of a destination of files, where `location` begins with file:
 * const readManifest = async (location: string) =>
 *   JSON.parse(await readFile(new URL(location), 'utf8')) as ExportManifest;
 * ```
 */
export interface ExportManifest {
  schemaVersion: 1;
  workflowId: string;
  /** The first run id. */
  exportId: string;
  account: string;
  /** Missing where the worker that wrote it did not know the account: then no later export reuses its days. */
  accountSid?: string;
  destination: string;
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  outcome: 'complete' | 'incomplete' | 'cancelled';
  /** By the engine's clock. */
  startedAt: Instant;
  /** By the engine's clock. */
  endedAt: Instant;
  days: ExportedDay[];
  jobs: ExportedJob[];
  totals: ExportTotals;
  /** What clean-up could not do within its time, a sentence each. */
  notCleaned: string[];
  /** The reason that the caller gave for the cancel. */
  cancelReason?: string;
}
