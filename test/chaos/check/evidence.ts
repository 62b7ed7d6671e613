/** What the check judges: what was asked, and what the engine, Twilio's side and the disk hold in the end. */

/** What was done to an export while it ran. */
export type Disturbance =
  | 'none'
  | 'cancelSignal'
  | 'cancelEngine'
  | 'terminate'
  | 'checkNowStorm'
  | 'shortTimeout'
  | 'reset'
  | 'pauseActivities';

/** One export, as it was asked for. */
export interface AskedExport {
  workflowId: string;
  accountSid: string;
  resourceType: string;
  startDay: string;
  endDay: string;
  maximumAttempts: number;
  deleteJob: boolean;
  allowIncomplete: boolean;
  disturbance: Disturbance;
  /** Whether the script has credentials refused where an export begins. */
  mayBeRefused: boolean;
}

/** A workflow, as the engine tells of it. Payloads are decoded. */
export interface WorkflowEvidence {
  /** Of the first run of the chain: jobs and manifests bear it. */
  firstRunId: string;
  /** How many runs the chain has. */
  runs: number;
  /** The engine's word: `COMPLETED`, `FAILED`, `CANCELLED`, `TERMINATED`, `RUNNING`, … */
  status: string;
  /** Of a completed one. */
  result: unknown;
  /** Of a failed one. */
  failure: { type: string; message: string; details: unknown[] } | null;
  /** The names of the signals that the history holds. */
  signals: string[];
  /** Whether the engine was asked to cancel it. */
  cancelRequested: boolean;
  /** The events of all runs that led to its end, as the engine keeps them. */
  events: unknown[];
  /** The events of the runs that a reset has put aside: they share their beginning with those. */
  abandoned: unknown[][];
  /** The description, pending activities included. */
  description: unknown;
}

/** A job, as Twilio's side tells of it. */
export interface JobEvidence {
  jobSid: string;
  accountSid: string;
  resourceType: string;
  friendlyName: string;
  startDay: string;
  endDay: string;
  createdAt: string;
  /** `alive`: a day of it is not final. */
  state: string;
  deletedAt: string | null;
}

/** What is read of the ledger of Twilio's side. */
export interface LedgerEvidence {
  jobs: JobEvidence[];
  authorizationAtStore: number;
}

/** What reaping was seen to do once all exports but the last were closed. */
export interface ReapingEvidence {
  /** What Twilio's side told before the dry run and after it. */
  before: LedgerEvidence;
  after: LedgerEvidence;
  /** The jobs that the dry run called orphans. */
  orphans: string[];
  /** The jobs that Twilio's side told of as deleted once it had been told to. */
  reaped: string[];
  /** What it could not do in the end. */
  failures: string[];
}

/** One whole file that a day had at some time. */
export interface FileVersion {
  sha256: string;
  sizeBytes: number;
  records: number;
}

/** The truth about a day of an account: it has no records, or its file was one of these. */
export type DayTruth = 'empty' | Iterable<FileVersion>;

/** All that is judged. */
export interface Evidence {
  asked: AskedExport[];
  /** By workflow id. */
  workflows: ReadonlyMap<string, WorkflowEvidence>;
  ledger: LedgerEvidence;
  /** Jobs of somebody else in the same accounts. */
  strangers: ReadonlySet<string>;
  /** When the engine was told to reset a workflow, by Twilio's clock: by workflow id. */
  resets: ReadonlyMap<string, string[]>;
  /** The workflow ids of exports that were not closed when the run was given up. */
  openAtLimit: ReadonlySet<string>;
  reaping: ReapingEvidence;
  /** The paths below the destination when all exports but the last were closed. */
  leftBeforeLast: string[];
  /** What Twilio's side told of the live jobs, again and again while the exports ran. */
  sightings: JobEvidence[][];
  truthOf: (day: { accountSid: string; resourceType: string; day: string }) => DayTruth;
  /** The folder of the destination. */
  destination: string;
  /** What the location of a file in it begins with: a URL that ends in `/`. */
  locations: string;
  /** Uploads that are open at the store, and files that lie where days are kept on their way to it. */
  leftOnTheWay: string[];
  /** The folder of the logs of the workers and the server. */
  logs: string;
  /** Credentials by a name for the report, and patterns of what must not be found either. */
  secrets: Record<string, string>;
  patterns: Record<string, RegExp>;
  /** Requests with credentials that came to a server that is not Twilio's. */
  authorizationElsewhere: number;
}

/** Something that is not as it has to be. */
export interface Violation {
  rule: string;
  /** The export, the job, the file. */
  where: string;
  what: string;
}
