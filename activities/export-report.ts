/** How a day came home and how an export ended, as results and manifests tell it: types alone, part of the contract in `api.ts`. */
import type { Day, DayOutcome, Instant, JobFate, ResourceType } from './export-words.ts';

/** A published file, as it was verified from the disk. */
export interface DayFile {
  /** A URL: `file:///…` */
  location: string;
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the gzip file, lower-case hex. */
  sha256: string;
}

/** The job that made a file, where it is none of the export. */
export interface FileMaker {
  /** Of the job. One line without anything that steers a terminal, cut after 100 characters. */
  friendlyName: string;
  /** The UTC day on which it was made; null where Twilio does not say. */
  createDate: Day | null;
}

/**
 * A published day, or the proof that there was nothing to publish. `madeBy`: only where the file was made by another
 * job than those of the export that fetched it.
 */
export type DownloadExportDayResult = ({ outcome: 'downloaded'; file: DayFile } | { outcome: 'empty' }) & {
  madeBy?: FileMaker;
};

/** One requested day in the result and in the manifest. */
export interface ExportedDay {
  day: Day;
  outcome: DayOutcome;
  /** A URL; only where the outcome is `downloaded`. */
  location?: string;
  sizeBytes: number;
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

/** Where a day came from that no job of this export has made. */
export type ReusedDay =
  /** It lay in the destination. `manifest`: the URL of the one that proves it. */
  | { from: 'published'; manifest: string }
  /** Its file still lay at Twilio. The name is that of the job that made it, the date that of its making. */
  | { from: 'available'; friendlyName: string | null; createDate: Day };

/** One job in the result and in the manifest. */
export interface ExportedJob {
  jobSid: string;
  startDay: Day;
  endDay: Day;
  fate: JobFate;
}

/** Sums over the days. */
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

/** The manifest: written last, so that who sees it sees whole days. */
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
  startedAt: Instant;
  endedAt: Instant;
  days: ExportedDay[];
  jobs: ExportedJob[];
  totals: ExportTotals;
  /** What clean-up could not do within its time, a sentence each. */
  notCleaned: string[];
  /** The reason that the caller gave for the cancel. */
  cancelReason?: string;
}
