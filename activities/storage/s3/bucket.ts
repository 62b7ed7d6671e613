/** The few requests to S3 that a destination needs. Each throws a `StorageProblem` that says what could not be done. */
export interface Bucket {
  /** Null where there is no such object. */
  headObject: (key: string) => Promise<StoredObject | null>;
  /** The objects whose keys begin so, in the order of their keys. */
  listObjects: (keyPrefix: string, signal: AbortSignal) => AsyncIterable<ListedObject>;
  /** The text of an object, of which no more than so many bytes are read; null where there is no such object. */
  getText: (key: string, largestBytes: number, signal: AbortSignal) => Promise<string | null>;
  /** Writes an object at once and whole. */
  putObject: (object: NewObject, body: Uint8Array, signal?: AbortSignal) => Promise<void>;
  /** Begins an object that comes in parts, and gives the id of the upload. It has its name once it is completed. */
  createUpload: (object: NewObject) => Promise<string>;
  /** The store has checked the part against its checksum when this returns. `number`: from 1. */
  uploadPart: (
    upload: OpenUpload,
    part: { number: number; body: Uint8Array },
    signal?: AbortSignal,
  ) => Promise<UploadedPart>;
  /** `parts`: all of them, in their order. */
  completeUpload: (upload: OpenUpload, parts: UploadedPart[]) => Promise<void>;
  /** One that is gone already is fine. */
  abortUpload: (upload: OpenUpload) => Promise<void>;
  /** The open uploads of all keys that begin so. Some stores, such as MinIO, know those of whole keys alone. */
  listUploads: (keyPrefix: string) => AsyncIterable<OpenUpload & { beganAtMs: number }>;
  close: () => void;
}

/** What an object says of itself. */
export interface StoredObject {
  sizeBytes: number;
  metadata: Record<string, string>;
}

/** An object as a list tells of it. */
export interface ListedObject {
  key: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

/** An object to be. */
export interface NewObject {
  key: string;
  contentType: string;
  metadata: Record<string, string>;
}

/** An object on its way. */
export interface OpenUpload {
  key: string;
  uploadId: string;
}

/** What completes an upload. */
export interface UploadedPart {
  number: number;
  etag: string | undefined;
  /** In base64, where the store was given one. */
  sha256: string | undefined;
}
