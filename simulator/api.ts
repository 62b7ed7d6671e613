/** The contract of the simulator in code. The script's own types are in `script.ts`, the ledger's in `ledger.ts`. */
import type { ClockOptions, SimulatorClock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { FaultScript, ResourceType, SimulatorScript } from './script.ts';

/** The Account SID of the test pair, taken where no credentials are given. It belongs to nobody. */
export const TEST_ACCOUNT_SID = `AC${'5'.repeat(32)}`;

/** The Auth Token of the test pair. It opens nothing but a simulator. */
export const TEST_AUTH_TOKEN = '7e57'.repeat(8);

/** How to start a simulator. Everything is optional. */
export interface SimulatorOptions {
  /** The accounts, at least one; the first is the one that {@link Simulator} names. Default: the test pair. */
  credentials?: SimulatorCredentials[];
  /** Of the API. Default 0: the system's choice. */
  port?: number;
  /** Of the file store. Default 0: the system's choice. */
  storePort?: number;
  /** Default: real time. */
  clock?: ClockOptions;
  /** The same seed, script and requests give the same bytes, ids and faults. Default `simulator`. */
  seed?: string;
  script?: SimulatorScript;
  /** How many days an account may ask for in a UTC day: a whole number, 0 refuses every create. Default 366. */
  quotaDays?: number;
  /** What a create over the quota is refused with: Twilio's own form is not public. */
  quotaRejection?: QuotaRejection;
  /**
   * Whether webhooks are sent to loopback addresses only, so that an example's address is never called.
   * Default `loopback`.
   */
  webhookTargets?: 'loopback' | 'any';
  /**
   * For how long of real time a link works at least, so that four minutes of a fast clock can be used.
   * Default 10 seconds on a clock of kind `faster`, else 0.
   */
  linkMinimumMs?: number;
}

/** The form of the refusal for too many requested days. Default 400, code 20001. */
export interface QuotaRejection {
  /** From 400 to 499. */
  status: number;
  code: number;
}

/** One account and the ways to prove that it is meant. */
export interface SimulatorCredentials {
  accountSid: string;
  authToken: string;
  /** API keys of the account. */
  apiKeys?: { sid: string; secret: string }[];
  /** The account with which this one shares its quota. */
  parentAccountSid?: string;
}

/** A running simulator. */
export interface Simulator {
  /** The base of the API, without a slash at its end. */
  apiUrl: string;
  /** The base of the file store, another origin. */
  storeUrl: string;
  /** Of the first account. */
  accountSid: string;
  /** Of the first account. */
  authToken: string;
  clock: SimulatorClock;
  /** Faults beside those of the script. */
  faults: {
    /**
     * Adds a fault; the function that comes back takes it out again.
     *
     * @throws SimulatorScriptInvalid
     */
    add: (fault: FaultScript) => () => void;
    /** Takes out all faults, those of the script too. */
    clear: () => void;
  };
  /**
   * Replaces the script, faults included. Jobs that exist keep the lives that were planned for their days.
   *
   * @throws SimulatorScriptInvalid
   */
  setScript: (script: SimulatorScript) => void;
  ledger: () => Ledger;
  /** What a download of the day has to give; null where there is no file and, by the script, will be none. */
  expectedFile: (input: ExpectedFileInput) => ExpectedFile | null;
  /** Ends both servers and every connection and timer. */
  stop: () => Promise<void>;
}

/** Which file. */
export interface ExpectedFileInput {
  resourceType: ResourceType;
  day: string;
  /** Default: the first account. */
  accountSid?: string;
  /** By which submission's rules, where the file does not exist yet. Default 1. */
  submission?: number;
}

/** What a good copy of the file looks like. */
export interface ExpectedFile {
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the file as it is, compressed; lower-case hex. */
  sha256: string;
}
