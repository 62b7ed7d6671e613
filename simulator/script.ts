/** The script: what the simulator does to days, jobs, webhooks and requests. Plain JSON, so that a file can hold it. */

/**
 * What can be exported, spelled as in the path.
 *
 * @example
 * ```ts
 * const resourceType: ResourceType = 'Messages';
 * ```
 */
export type ResourceType = 'Messages' | 'Calls' | 'Conferences' | 'Participants';

/** All resource types, in the order of the documents. */
export const RESOURCE_TYPES: readonly ResourceType[] = ['Messages', 'Calls', 'Conferences', 'Participants'];

/** Every kind of request that is counted, and that a fault can meet. `getFile` alone is of the file store. */
export const OPERATIONS = [
  'fetchExport',
  'fetchConfiguration',
  'updateConfiguration',
  'createJob',
  'listJobs',
  'fetchJob',
  'deleteJob',
  'listDays',
  'fetchDay',
  'getFile',
] as const;

/**
 * A kind of request: one of {@link OPERATIONS}. `getFile` alone is of the file store.
 *
 * @example
 * ```ts
 * const operations: Operation[] = ['fetchDay', 'getFile'];
 * ```
 */
export type Operation = (typeof OPERATIONS)[number];

/**
 * Milliseconds, or a number with its unit: `20 minutes`, `1 hour`, `500 ms`, `7 days`.
 *
 * @example
 * ```ts
 * const running: ScriptDuration = '2 minutes'; // or 120_000
 * ```
 */
export type ScriptDuration = number | string;

/**
 * One day `YYYY-MM-DD`, or several in a row, both ends included: `YYYY-MM-DD..YYYY-MM-DD`.
 *
 * @example
 * ```ts
 * const days: ScriptDays = '2026-10-01..2026-10-07';
 * ```
 */
export type ScriptDays = string;

/**
 * The whole script. Everything is optional; without a script every day completes after a while, with records.
 *
 * @example
 * ```ts
 * const script: SimulatorScript = {
 *   description: 'The second of October fails once; one create in ten has its answer lost.',
 *   life: { submitted: '5 minutes', running: '1 minute' },
 *   days: [
 *     {
 *       days: '2026-10-02',
 *       submissions: [1],
 *       statuses: [{ status: 'Submitted', for: '5 minutes' }, { status: 'Failed' }],
 *     },
 *   ],
 *   faults: [{ kind: 'resetAfter', operation: 'createJob', rate: 0.1 }],
 * };
 * simulator.setScript(script);
 * ```
 */
export interface SimulatorScript {
  /** For people: what happens, and what a good client makes of it. Nothing follows from it. */
  description?: string;
  /** How days live that no rule of `days` gives statuses. */
  life?: LifeScript;
  /** Rules for days. Of several that match a day, each field is taken from the last one that sets it. */
  days?: DayScript[];
  /** In which form a job tells its `details`. Of several that match, the last. */
  details?: DetailsScript[];
  /** How the webhook of a job or of the configuration is called. */
  webhook?: WebhookScript;
  /** What goes wrong with requests. */
  faults?: FaultScript[];
  /** What DELETE answers for a job that is over. Default 204; then the job is gone. */
  deleteCompleteAnswers?: 204 | 404 | 405;
  /** Fields that are null in every good answer that has them: all may be, and `resource_type` was. */
  nullFields?: string[];
  /** Errors with all four fields, or without `code` and `more_info`. Default `whole`. */
  errorBodies?: 'whole' | 'bare';
  /** Whether anybody is mailed when a job is over: some users never were. Default `sent`. */
  emails?: 'sent' | 'never';
  /**
   * Requests of one account at once, over which the answer is 429. Default: no limit, and then most answers take no
   * time. Where there is one, each takes 5 ms of real time, so that requests that come together are seen together.
   */
  concurrentRequests?: number;
  /** What the file store does otherwise than S3 usually does. */
  store?: StoreScript;
}

/**
 * Habits of the file store that a client has to live with.
 *
 * @example
 * ```ts
 * const store: StoreScript = { etag: 'none', ranges: 'ignored' };
 * simulator.setScript({ store });
 * ```
 */
export interface StoreScript {
  /** What its ETags are. Default `strong`. */
  etag?: 'strong' | 'weak' | 'none';
  /** Whether `Range` is honoured with 206 or ignored with a 200 of the whole file. Default `honoured`. */
  ranges?: 'honoured' | 'ignored';
  /** Said in a header of the whole file; the bytes are the same. Default: nothing is said. */
  contentEncoding?: 'gzip';
}

/**
 * The life of a day that has no statuses of its own. All times are of the simulator's clock.
 *
 * @example
 * ```ts
 * const life: LifeScript = { submitted: '1 minute', running: '30 seconds', parallelDays: 4, emptyRate: 0.2 };
 * simulator.setScript({ life });
 * ```
 */
export interface LifeScript {
  /** How long a job waits before its first days run. Default `10 minutes`. */
  submitted?: ScriptDuration;
  /** How long a day runs. Default `2 minutes`. */
  running?: ScriptDuration;
  /** How many days of a job run at once. Default 10. */
  parallelDays?: number;
  /** How long a day stays in ErrorDuringRun before Twilio itself runs it again. Default `30 minutes`. */
  errorDuringRun?: ScriptDuration;
  /** How long a running day stays in RunningToBeDeleted. Default `1 minute`. */
  runningToBeDeleted?: ScriptDuration;
  /** Jobs of others ahead in the queue when a job is made; they pass while it waits. Default 0. */
  jobsAhead?: number;
  /** The share of days, 0 to 1, without records. Default 0. */
  emptyRate?: number;
  /** The share of days, 0 to 1, that meet one ErrorDuringRun. Default 0. */
  errorRate?: number;
  /** The share of days, 0 to 1, that end Failed; drawn anew in each submission. Default 0. */
  failedRate?: number;
}

/**
 * One rule for days.
 *
 * @example
 * ```ts
 * const large: DayScript = { resourceType: 'Messages', days: '2026-10-01', sizeBytes: 500_000_000 };
 * const failsOnce: DayScript = { days: '2026-10-02', submissions: [1], statuses: [{ status: 'Failed' }] };
 * simulator.setScript({ days: [large, failsOnce] });
 * ```
 */
export interface DayScript {
  /** Default: every type. */
  resourceType?: ResourceType;
  /** Default: every day. */
  days?: ScriptDays;
  /** The n-th jobs, from 1, that cover the day, counted for each day by itself. Default: all. */
  submissions?: number[];
  /** What the day goes through, from the creation of the job. The last status stays. Any word is a status. */
  statuses?: StatusScript[];
  /** How many records the file holds; 0 is an empty day, if no rule gives a size. Default: some 40 to 160, by the seed. */
  records?: number;
  /** The exact size of the file; wins over `records`. At least 2,000. */
  sizeBytes?: number;
  /**
   * What the file is, once the day is Completed or CompletedEmptyRecords: records, a gzip of nothing, an answer
   * of no bytes at all, or no file (404).
   */
  file?: 'records' | 'emptyFile' | 'zeroBytes' | 'missing';
  /** How long after its completion the file appears. Default 0. */
  fileDelay?: ScriptDuration;
  /** Other numbers give other bytes, as when prices are filled in later. Default 1. */
  version?: number;
  /** Whether `details` names the day, only counts it, or leaves it out. Default `named`. */
  inDetails?: 'named' | 'counted' | 'missing';
}

/**
 * A status and how long it lasts. Only the last of a list has no `for`.
 *
 * @example
 * ```ts
 * const statuses: StatusScript[] = [
 *   { status: 'Submitted', for: '5 minutes' },
 *   { status: 'ErrorDuringRun', for: '1 hour' },
 *   { status: 'Completed' },
 * ];
 * ```
 */
export interface StatusScript {
  status: string;
  for?: ScriptDuration;
}

/**
 * When `details` has which form.
 *
 * @example
 * ```ts
 * const details: DetailsScript[] = [{ form: 'withDays' }, { form: 'null', jobs: [1], until: '10 minutes' }];
 * simulator.setScript({ details });
 * ```
 */
export interface DetailsScript {
  /** Groups with their days; groups with `days: null`; null; an empty list. */
  form: 'withDays' | 'daysNull' | 'null' | 'emptyList';
  resourceType?: ResourceType;
  /** The n-th jobs, from 1, of the account and the type. Default: all. */
  jobs?: number[];
  /** Since the creation of the job. Default 0. */
  from?: ScriptDuration;
  /** Since the creation of the job, not included. Default: for ever. */
  until?: ScriptDuration;
}

/**
 * How a webhook is called.
 *
 * @example
 * ```ts
 * const webhook: WebhookScript = { times: 4, delay: '30 seconds', signature: 'forged' };
 * simulator.setScript({ webhook });
 * ```
 */
export interface WebhookScript {
  /** How often the one event is delivered; 0 is never. Default 1. */
  times?: number;
  /** How long after the event. Default 0. */
  delay?: ScriptDuration;
  /** Signed with the account's Auth Token, with another key, or not. Default `signed`. */
  signature?: 'signed' | 'forged' | 'none';
  /** The body of a POST. JSON is signed by `bodySHA256` in the URL. Default `form`. */
  body?: 'form' | 'json';
}

/**
 * Which requests a fault meets. All that is given must hold. Of several faults that meet one request, those are played,
 * and counted, that come before it ends: `slow`, the resets, the statuses, then what happens to the answer.
 *
 * @example
 * ```ts
 * const firstDownload: FaultMatch = { operation: 'getFile', days: '2026-10-01', nth: 1 };
 * simulator.faults.add({ ...firstDownload, kind: 'stall', at: 0.7 });
 * ```
 */
export interface FaultMatch {
  /** Default: every operation that the kind fits. */
  operation?: Operation | Operation[];
  resourceType?: ResourceType;
  /** Only requests for these days; of all operations only `fetchDay` and `getFile` have one. */
  days?: ScriptDays;
  /**
   * Only the n-th matching requests, from 1, counted for each operation, type and day by itself. Requests without good
   * credentials, or without a good link, are not counted.
   */
  nth?: number | number[];
  /** Played at most so often, over all. */
  times?: number;
  /** The share of matching requests, 0 to 1, drawn from the seed. */
  rate?: number;
}

/**
 * One fault: what goes wrong, and which requests it meets.
 *
 * @example
 * ```ts
 * const fault: FaultScript = { kind: 'status429', retryAfter: 30, operation: 'createJob', times: 2 };
 * simulator.faults.add(fault);
 * ```
 */
export type FaultScript = FaultMatch & FaultKindScript;

/**
 * What goes wrong.
 *
 * @example
 * ```ts
 * const lateCreate: FaultKindScript = { kind: 'carriedOutLate', delay: '30 seconds' };
 * simulator.faults.add({ ...lateCreate, operation: 'createJob', nth: 1 });
 * ```
 */
export type FaultKindScript =
  /** 401, as for a token that was just changed. */
  | { kind: 'status401' }
  /** 429; with a Retry-After of so many seconds where it is given. Never carried out. */
  | { kind: 'status429'; retryAfter?: number }
  /** 500 with the API's own body. Never carried out. */
  | { kind: 'status500' }
  /** 503 with a page of HTML; of the file store with S3's `SlowDown`. Never carried out. */
  | { kind: 'status503' }
  /** The connection is reset before anything was carried out. */
  | { kind: 'resetBefore' }
  /** The request is carried out and its answer lost. */
  | { kind: 'resetAfter' }
  /** The connection is reset at once; the request is carried out later (simulated time). */
  | { kind: 'carriedOutLate'; delay: ScriptDuration }
  /** The answer takes so much longer, in real time. */
  | { kind: 'slow'; delayMs: number }
  /** The file is cut at this share of its length; Content-Length and ETag are of no help in seeing it. Default 0.5. */
  | { kind: 'truncated'; at?: number }
  /** A byte at this share of the answer is another one. Default 0.25. */
  | { kind: 'corrupt'; at?: number }
  /** Content-Length promises so many bytes more than there are. Default 1,000. */
  | { kind: 'wrongLength'; extraBytes?: number }
  /** Nothing more is sent after this share of the answer, and the connection stays open. Default 0.5. Wins over `resetMidBody`. */
  | { kind: 'stall'; at?: number }
  /** The connection ends after this share of the answer. Default 0.5. */
  | { kind: 'resetMidBody'; at?: number }
  /** The link that is given out has expired. */
  | { kind: 'expiredLink' }
  /** The link that is given out has been used already, as one that was kept for a second attempt. */
  | { kind: 'usedLink' }
  /** The link that is given out is this one. */
  | { kind: 'foreignLink'; url: string }
  /** From this fetch of the day on, its file has other bytes and another ETag. */
  | { kind: 'changedFile' };

/**
 * The name of a fault.
 *
 * @example
 * ```ts
 * const played: Partial<Record<FaultKind, number>> = simulator.ledger().faults;
 * console.log('Answers that were lost:', played.resetAfter ?? 0);
 * ```
 */
export type FaultKind = FaultKindScript['kind'];
