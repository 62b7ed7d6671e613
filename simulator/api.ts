/** The contract of the simulator in code. The script's own types are in `script.ts`, the ledger's in `ledger.ts`. */
import type { ClockOptions, SimulatorClock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { FaultScript, ResourceType, SimulatorScript } from './script.ts';

/**
 * The Account SID of the test pair, taken where no credentials are given. It belongs to nobody.
 *
 * @example
 * ```ts
 * const simulator = await startSimulator();
 * console.log(simulator.accountSid === TEST_ACCOUNT_SID); // true: no credentials were given
 * ```
 */
export const TEST_ACCOUNT_SID = `AC${'5'.repeat(32)}`;

/**
 * The Auth Token of the test pair. It opens nothing but a simulator.
 *
 * @example
 * ```ts
 * // For a client that reads the credentials that a simulator in another process takes.
 * const env = { ...process.env, TWILIO_ACCOUNT_SID: TEST_ACCOUNT_SID, TWILIO_AUTH_TOKEN: TEST_AUTH_TOKEN };
 * ```
 */
export const TEST_AUTH_TOKEN = '7e57'.repeat(8);

/**
 * How to start a simulator. Everything is optional.
 *
 * @example
 * ```ts
 * const options: SimulatorOptions = {
 *   clock: { kind: 'faster', speed: 600 },
 *   seed: 'friday',
 *   quotaDays: 30,
 *   script: { faults: [{ kind: 'status503', rate: 0.1 }] },
 * };
 * ```
 */
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

/**
 * The form of the refusal for too many requested days. Default 400, code 20001.
 *
 * @example
 * ```ts
 * const quotaRejection: QuotaRejection = { status: 429, code: 20429 };
 * const simulator = await startSimulator({ quotaDays: 0, quotaRejection });
 * ```
 */
export interface QuotaRejection {
  /** The HTTP status, from 400 to 499. */
  status: number;
  /** Twilio's own code, in the body. */
  code: number;
}

/**
 * One account and the ways to prove that it is meant.
 *
 * @example
 * ```ts
 * const credentials: SimulatorCredentials = {
 *   accountSid: 'AC0123456789abcdef0123456789abcdef',
 *   authToken: 'a token of the test',
 *   apiKeys: [{ sid: 'SK0123456789abcdef0123456789abcdef', secret: 'a secret of the test' }],
 * };
 * const simulator = await startSimulator({ credentials: [credentials] });
 * ```
 */
export interface SimulatorCredentials {
  accountSid: string;
  authToken: string;
  /** API keys of the account. */
  apiKeys?: { sid: string; secret: string }[];
  /** The account with which this one shares its quota. */
  parentAccountSid?: string;
}

/**
 * A running simulator.
 *
 * @example
 * ```ts
 * const simulator: Simulator = await startSimulator({ clock: { kind: 'manual' } });
 * const removeFault = simulator.faults.add({ kind: 'status500', operation: 'createJob' });
 * // … the client under test uses simulator.apiUrl, accountSid and authToken
 * removeFault();
 * simulator.clock.advance(12 * 60_000);
 * console.log(simulator.ledger().jobsMade);
 * await simulator.stop();
 * ```
 */
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
  /** What has happened so far: a copy, which stays as it is. */
  ledger: () => Ledger;
  /**
   * What a download of the day has to give; null where there is no file and, by the script, will be none.
   *
   * @throws for an account that the simulator does not have.
   */
  expectedFile: (input: ExpectedFileInput) => ExpectedFile | null;
  /** Ends both servers and every connection and timer. */
  stop: () => Promise<void>;
}

/**
 * Which file is asked about.
 *
 * @example
 * ```ts
 * const input: ExpectedFileInput = { resourceType: 'Messages', day: '2026-10-01', submission: 2 };
 * const file = simulator.expectedFile(input);
 * ```
 */
export interface ExpectedFileInput {
  resourceType: ResourceType;
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  /** Default: the first account. */
  accountSid?: string;
  /** By which submission's rules, where the file does not exist yet. Default 1. */
  submission?: number;
}

/**
 * What a good copy of the file looks like.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createHash } from 'node:crypto';
 * import { readFile } from 'node:fs/promises';
 *
 * const expected: ExpectedFile | null = simulator.expectedFile({ resourceType: 'Messages', day: '2026-10-01' });
 * const sha256 = createHash('sha256').update(await readFile('part-0.json.gz')).digest('hex');
 * assert.equal(sha256, expected?.sha256);
 * ```
 */
export interface ExpectedFile {
  /** Of the file as it is, compressed. */
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the file as it is, compressed; lower-case hex. */
  sha256: string;
}
