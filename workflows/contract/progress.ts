/** What an export tells while it runs: part of the contract in `../api.ts`. */
import type { Day, DayRange, Instant, ResourceType } from '../../activities/api.ts';
import type { ExportJobResult } from './result.ts';

/**
 * What the export is doing, or how it ended: the last four are ends.
 *
 * @example
 * ```ts
 * const isOver = (phase: ExportPhase) => ['complete', 'incomplete', 'cancelled', 'failed'].includes(phase);
 * ```
 */
export type ExportPhase =
  | 'creating'
  | 'waiting'
  | 'downloading'
  | 'waitingForQuota'
  | 'cleaning'
  | 'complete'
  | 'incomplete'
  | 'cancelled'
  | 'failed';

/**
 * The answer to the query `progress`.
 *
 * @example
 * ```ts
 * const { phase, days, problems }: ExportProgress = await client.workflow.getHandle(workflowId).query('progress');
 * console.log(`${phase}: ${days.downloaded + days.empty} of ${days.total} days`, problems);
 * ```
 */
export interface ExportProgress {
  phase: ExportPhase;
  resourceType: ResourceType;
  startDay: Day;
  endDay: Day;
  /** How many: all that were asked for, and those that have each outcome. */
  days: {
    total: number;
    downloaded: number;
    empty: number;
    failed: number;
    deleted: number;
    /** Of the downloaded and empty ones, those that were there already. */
    reused: number;
    /** Twilio's statuses of the days that have no outcome yet. `NotSubmitted`: no job is asked for them now. */
    byStatus: Record<string, number>;
  };
  /** Of the gzip files of the downloaded days. */
  sizeBytes: number;
  /** JSON lines of the downloaded days. */
  records: number;
  jobs: ExportJobProgress[];
  problems: ExportProblem[];
  /** Null until the end, then the whole result, also after *Canceled* and after a failure with a result. */
  result: ExportJobResult | null;
}

/**
 * One job at Twilio, as of the last change.
 *
 * @example
 * ```ts
 * const job: ExportJobProgress = {
 *   jobSid: 'JS0123456789abcdef0123456789abcdef',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 *   byStatus: { Completed: 28, Running: 2 },
 *   jobQueuePosition: null,
 *   estimatedCompletionTime: '2026-11-02T10:30:00.000Z',
 *   asOf: '2026-11-02T10:12:31.000Z',
 * };
 * ```
 */
export interface ExportJobProgress {
  jobSid: string;
  startDay: Day;
  endDay: Day;
  /** How many of its days are in each of Twilio's statuses. */
  byStatus: Record<string, number>;
  /** A whole number, written as a text. */
  jobQueuePosition: string | null;
  estimatedCompletionTime: Instant | null;
  /** By Twilio's clock; null before the first look. */
  asOf: Instant | null;
}

/**
 * Something that a person should know.
 *
 * @example
 * ```ts
 * const line = ({ since, day, problem }: ExportProblem) => `${since} ${day ?? 'the export'}: ${problem}`;
 * ```
 */
export interface ExportProblem {
  /** A sentence: what is wrong and what to do. */
  problem: string;
  since: Instant;
  day?: DayRange;
  jobSid?: string;
  /** Of files that are still to be fetched and have less than a day left: until when Twilio keeps them, at least. */
  expiresAt?: Instant;
  /** Of what is no fault but a wait by plan, for the quota of the next day: when it goes on by itself. */
  resumesAt?: Instant;
}
