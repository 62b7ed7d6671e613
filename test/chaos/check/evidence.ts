/** What the check judges: what was asked, and what the engine, Twilio's side and the disk hold in the end. */

/** What was done to an export while it ran. */
export type Disturbance =
  'none' | 'cancelSignal' | 'cancelEngine' | 'terminate' | 'checkNowStorm' | 'shortTimeout';

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
  /** The events of all runs, as the engine keeps them. */
  events: unknown[];
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
  /** What Twilio's side told of the live jobs, again and again while the exports ran. */
  sightings: JobEvidence[][];
  truthOf: (day: { accountSid: string; resourceType: string; day: string }) => DayTruth;
  /** The folder of the destination. */
  destination: string;
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
