/** What an export is started with: part of the contract in `../api.ts`. */
import type { Duration } from '@temporalio/common';
import type { Day, ForeignFiles, ResourceType, Webhook } from '../../activities/api.ts';

/**
 * What to export, and how patient to be. Only the first three are required. Unknown fields are refused.
 *
 * @example
 * ```ts
 * const input: ExportJobInput = {
 *   resourceType: 'Messages',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   destination: 'archive',
 *   resubmit: { maximumAttempts: 5, cooldown: '30 minutes' },
 *   timeout: '7 days',
 * };
 * ```
 */
export interface ExportJobInput {
  resourceType: ResourceType;
  /** The first day, `YYYY-MM-DD`, UTC. */
  startDay: Day;
  /** The last day, included; at most 366 days from the first, and at least two days before today (UTC). */
  endDay: Day;
  /** Default `{resourceType} {startDay}..{endDay}`. A marker is appended by which the job is found again. */
  friendlyName?: string;
  /**
   * Handed to Twilio: called when a job is over. A hint to look now; nothing depends on it. Default: the receiver that
   * the worker knows of by its `BULK_EXPORTS_PUBLIC_URL`, if any.
   */
  webhook?: Webhook;
  /** Handed to Twilio: told when a job is over. */
  email?: string;
  /** The name of an account that the worker knows. Default `default`. */
  account?: string;
  /** The name of a destination that the worker knows. Default `default`. */
  destination?: string;
  /**
   * Which days need no job, as they are there already: with `published`, the default, those that an earlier manifest
   * of the destination proves and that still lie there; with `available` also those whose files still lie at Twilio,
   * whichever job has made them.
   */
  reuse?: 'never' | 'published' | 'available';
  /** How many days are fetched at a time, 1 to 50. Default 4. */
  maxConcurrentDownloads?: number;
  /** Whether the jobs are deleted at Twilio at the end. Default true. */
  deleteJob?: boolean;
  resubmit?: {
    /** In how many submissions one day may be, the first included, 1 to 20. Default 3. */
    maximumAttempts?: number;
    /** How long a failed day waits before it is submitted again. Default `10 minutes`. */
    cooldown?: Duration;
  };
  poll?: {
    /** Default `10 seconds`. */
    minimumInterval?: Duration;
    /** Default `15 minutes`. */
    maximumInterval?: Duration;
  };
  /** How long a day may stay in ErrorDuringRun before it counts as failed. Default `24 hours`. */
  errorPatience?: Duration;
  /** For the whole export; then it fails with `ExportTimedOut`. Default `14 days`. */
  timeout?: Duration;
  /** Whether an export with failed days completes, with outcome `incomplete`, instead of failing. Default false. */
  allowIncomplete?: boolean;
  /**
   * What is done with a day whose file was made by another job than those of the export: it is taken, and the result
   * says who made it; or it is not, and the day goes out again. Default `accept`.
   */
  foreignFiles?: ForeignFiles;
}
