import type { Day, DayFile, ExportManifest, ResourceType } from '../api.ts';

/**
 * Which file of which export.
 *
 * @example
 * ```ts
 * const key: DayKey = {
 *   accountSid: 'AC0123456789abcdef0123456789abcdef',
 *   resourceType: 'Messages',
 *   day: '2026-10-01',
 *   exportId: '0199c2f4-5b7e-7c3d-9a61-0e4f7b2d5c98',
 * };
 * ```
 */
export interface DayKey {
  accountSid: string;
  resourceType: ResourceType;
  day: Day;
  /** The first run id: half files and verdicts of two exports never meet. */
  exportId: string;
  /** The job at Twilio that the file is of, where it is known. No name is made of it. */
  jobSid?: string;
}

/**
 * What a verified file is known to hold.
 *
 * @example
 * ```ts
 * const proof: DayProof = {
 *   sizeBytes: 48_211_937,
 *   records: 512_044,
 *   sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
 * };
 * ```
 */
export interface DayProof {
  /** Of the gzip file. */
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Of the bytes as they are stored, lower-case hex. */
  sha256: string;
}

/**
 * A destination for days. It decides nothing about Twilio, and it is the only memory of a fetch: what it does not
 * hold is not there. Every method throws a `StorageProblem` where it can not do its part.
 *
 * @example
 * ```ts
 * // A folder that tells of each manifest.
 * const folder = createFileStorage('file:///srv/exports');
 * const telling: DayStorage = {
 *   ...folder,
 *   writeManifest: async (input) => {
 *     const location = await folder.writeManifest(input);
 *     console.log(`${input.workflowId} is written to ${location}`);
 *     return location;
 *   },
 * };
 * ```
 */
export interface DayStorage {
  /** Proves that days can be stored now: writes something of this export and removes it. */
  check: (exportId: string) => Promise<void>;
  /**
   * Says at once, by a `StorageProblem` of the kind `crowded`, that a half file would find no room now: asked before
   * a link is, which is good for one fetch. Where it is left out there is room.
   */
  admit?: (key: DayKey) => void;
  /** The published file, if this export has published and proven it and it was not touched since. */
  findPublished: (key: DayKey) => Promise<DayFile | null>;
  /**
   * The longest half file that an earlier attempt of this export left, as this attempt's own: whatever the other
   * attempt still writes does not reach it. The others are removed. Null where there is none to go on from.
   */
  adoptHalf: (key: DayKey) => Promise<HalfFile | null>;
  /**
   * An empty half file. Without a strong ETag no later attempt will go on from it. `totalBytes`: what the file will
   * come to, where the store tells it.
   */
  createHalf: (key: DayKey, etag: string | null, totalBytes?: number | null) => Promise<HalfFile>;
  /** Removes what this export left for the day, the published file excepted. */
  sweepDay: (key: DayKey) => Promise<void>;
  /** Removes what checks for this export left, where a worker was killed over one. */
  sweepChecks: (exportId: string) => Promise<void>;
  /**
   * Removes what any export has left beside its days and manifests and nobody has touched for so long. It may be
   * called often, and does nothing where it was done a moment ago.
   */
  sweepStale: (input: SweepStaleInput) => Promise<void>;
  /** Writes the manifest at once and whole, in place of an earlier one, and gives its URL. */
  writeManifest: (input: StoreManifestInput) => Promise<string>;
  /** What exports before left here. Where it is left out no day is ever reused. */
  readonly earlier?: EarlierExports;
  /** Lets go of connections, once the worker has ended. */
  close?: () => void;
}

/**
 * The days that exports before have published, and their word on them.
 *
 * @example
 * ```ts
 * const earlier: EarlierExports | undefined = storage.earlier;
 * const place = { accountSid: 'AC0123456789abcdef0123456789abcdef', resourceType: 'Calls', day: '2026-10-01' } as const;
 * console.log('There is a file already:', (await earlier?.hasDay(place)) ?? false);
 * ```
 */
export interface EarlierExports {
  /**
   * The manifests of all exports, the newest first. Listing takes no more memory for more of them; one that is too
   * large, or that can not be read, is left out.
   */
  readManifests: (input: ReadManifestsInput) => AsyncIterable<StoredManifest>;
  /**
   * The file that has the day's name now, if it is the one of this proof: its size and its sha256, read anew, or as the
   * store itself keeps them. Null for any other file, for one that can not be read, and where there is none.
   */
  findProven: (input: FindProvenInput) => Promise<DayFile | null>;
  /** Whether a file has the day's name now. */
  hasDay: (key: PlaceOfDay) => Promise<boolean>;
}

/**
 * How many manifests are read, and of what size.
 *
 * @example
 * ```ts
 * const input: ReadManifestsInput = { most: 100, largestBytes: 4_194_304, signal: AbortSignal.timeout(60_000) };
 * if (storage.earlier)
 *   for await (const { location } of storage.earlier.readManifests(input)) console.log(location);
 * ```
 */
export interface ReadManifestsInput {
  /** The oldest beyond these are left out. */
  most: number;
  /** A larger one is left out, unread. */
  largestBytes: number;
  signal: AbortSignal;
}

/**
 * A manifest as it lies there: anybody may have written it.
 *
 * @example
 * ```ts
 * const manifest: StoredManifest = {
 *   location: 'file:///srv/exports/_manifests/october/0199c2f4.json',
 *   text: '{"schemaVersion": 1}',
 * };
 * ```
 */
export interface StoredManifest {
  /** A URL. */
  location: string;
  text: string;
}

/**
 * Where a day lies, of whichever export.
 *
 * @example
 * ```ts
 * const place: PlaceOfDay = {
 *   accountSid: 'AC0123456789abcdef0123456789abcdef',
 *   resourceType: 'Messages',
 *   day: '2026-10-01',
 * };
 * const path = publishedPath(place);
 * ```
 */
export type PlaceOfDay = Omit<DayKey, 'exportId'>;

/**
 * A day and what is said of its file.
 *
 * @example
 * ```ts
 * const isStillThere = async (key: PlaceOfDay, proof: DayProof) => {
 *   const input: FindProvenInput = { key, proof, signal: AbortSignal.timeout(60_000) };
 *   const file = await storage.earlier?.findProven(input);
 *   return file !== null && file !== undefined;
 * };
 * ```
 */
export interface FindProvenInput {
  key: PlaceOfDay;
  proof: DayProof;
  signal: AbortSignal;
}

/**
 * What counts as stale, and when to stop.
 *
 * @example
 * ```ts
 * const twoDays: SweepStaleInput = { staleMs: 172_800_000, signal: AbortSignal.timeout(60_000) };
 * await storage.sweepStale(twoDays);
 * ```
 */
export interface SweepStaleInput {
  /** How long nobody has touched a file, at least. Proofs of published files stay longer. */
  staleMs: number;
  /** Ends the sweep between two folders; what is left is for the next one. */
  signal: AbortSignal;
}

/**
 * A manifest and the two names by which it is found.
 *
 * @example
 * ```ts
 * const nameOf = ({ workflowId, exportId }: StoreManifestInput) =>
 *   `_manifests/${encodeURIComponent(workflowId)}/${exportId}.json`;
 * ```
 */
export interface StoreManifestInput {
  /** Any text: the storage makes it safe. */
  workflowId: string;
  exportId: string;
  manifest: ExportManifest;
}

/**
 * A part of a file.
 *
 * @example
 * ```ts
 * const firstMebibyte: ByteRange = { fromBytes: 0, endBytes: 1_048_576 };
 * ```
 */
export interface ByteRange {
  /** Of its first byte, from 0. */
  fromBytes: number;
  /** Of the first byte that is not of it. */
  endBytes: number;
}

/**
 * One day's bytes on their way, owned by one attempt.
 *
 * @example
 * ```ts
 * // A half file that tells of its publication.
 * const telling = (half: HalfFile): HalfFile => ({
 *   ...half,
 *   publish: async (proof, signal) => {
 *     const file = await half.publish(proof, signal);
 *     console.log(`${file.location} has ${file.sizeBytes} bytes`);
 *     return file;
 *   },
 * });
 * ```
 */
export interface HalfFile {
  /** The strong ETag of the file that these bytes are of; null where there was none. */
  readonly etag: string | null;
  /** The bytes that lie there, from the first on without a gap. */
  readonly sizeBytes: () => number;
  /** Writes at an explicit offset. */
  write: (chunks: Uint8Array[], offsetBytes: number) => Promise<void>;
  /** Returns once the bytes would survive a crash. */
  flush: () => Promise<void>;
  /** The bytes as they lie there now, from the first on; or those of a range, also while more are being written. */
  read: (range?: ByteRange) => AsyncIterable<Uint8Array>;
  /**
   * Gives the file its final name, at once and whole, and keeps the proof with it. Once the signal aborts, what takes
   * its time ends and publishes nothing.
   */
  publish: (proof: DayProof, signal?: AbortSignal) => Promise<DayFile>;
  /** Removes it. */
  discard: () => Promise<void>;
  /** Lets go of it and leaves the bytes for a later attempt. Harmless after `publish` and `discard`. */
  close: () => Promise<void>;
}
