import { createHash } from 'node:crypto';
import type { DayProof } from '../day-storage.ts';
import { StorageProblem } from '../storage-problem.ts';
import type { Bucket, NewObject, OpenUpload, UploadedPart } from './bucket.ts';
import type { PartMemory, TakenPart } from './part-memory.ts';
import { partBytesOf, readParts } from './read-parts.ts';
import type { PartReader } from './read-parts.ts';

/** What is uploaded where. */
export interface UploadDayInput {
  bucket: Bucket;
  object: NewObject;
  /** The bytes from the first on. They are read once. */
  read: () => AsyncIterable<Uint8Array>;
  /** What the bytes were proven to be. */
  proof: DayProof;
  /** Of all uploads together. */
  memory: PartMemory;
  signal: AbortSignal;
}

/**
 * Uploads a file so that the object has its name once it is whole, and proven: what the disk gives now is hashed once
 * more, and each part is checked by the store. A file of one part is written at once. Whatever ends it before leaves
 * no open upload, as far as the store can be reached.
 */
export async function uploadDay(input: UploadDayInput): Promise<void> {
  const { bucket, object, proof, memory, signal } = input;
  if (proof.sizeBytes <= partBytesOf(proof.sizeBytes, memory.partBytes)) {
    await putWhole(input);
    return;
  }
  const upload = { key: object.key, uploadId: await bucket.createUpload(object) };
  try {
    const parts = await uploadParts(input, upload);
    signal.throwIfAborted();
    await bucket.completeUpload(upload, parts);
  } catch (error) {
    // What is left open for want of an answer, the end of the export closes.
    await bucket.abortUpload(upload).catch(() => {});
    throw error;
  }
}

async function putWhole({ bucket, object, read, proof, memory, signal }: UploadDayInput): Promise<void> {
  const part = await memory.take(partBytesOf(proof.sizeBytes, memory.partBytes), signal);
  const reader = readParts(read());
  let isIdle = false;
  try {
    const body = part.bytes.subarray(0, await reader.readInto(part.bytes));
    assertProven(createHash('sha256').update(body).digest('hex'), proof);
    await bucket.putObject(object, body, signal);
    isIdle = true;
  } finally {
    await reader.close();
    part.release(isIdle);
  }
}

async function uploadParts(input: UploadDayInput, upload: OpenUpload): Promise<UploadedPart[]> {
  const { bucket, read, proof, memory } = input;
  const stop = new AbortController();
  const signal = AbortSignal.any([input.signal, stop.signal]);
  const hash = createHash('sha256');
  const reader = readParts(read());
  const sending: Promise<UploadedPart>[] = [];

  async function send(part: TakenPart, body: Uint8Array): Promise<UploadedPart> {
    const number = sending.length + 1;
    let isIdle = false;
    try {
      const uploaded = await bucket.uploadPart(upload, { number, body }, signal);
      isIdle = true;
      return uploaded;
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      part.release(isIdle);
    }
  }

  try {
    for (;;) {
      const part = await memory.take(partBytesOf(proof.sizeBytes, memory.partBytes), signal);
      const body = await fillPart(reader, part);
      if (body === null) {
        break;
      }
      hash.update(body);
      const sent = send(part, body);
      // It is awaited once all of them are on their way; until then its failure must not count as unowned.
      sent.catch(() => {});
      sending.push(sent);
    }
    const parts = await Promise.all(sending);
    assertProven(hash.digest('hex'), proof);
    return parts;
  } finally {
    stop.abort();
    await reader.close();
    await Promise.allSettled(sending);
  }
}

/** The part that was read, or null at the end: then its memory is given back. */
async function fillPart(reader: PartReader, part: TakenPart): Promise<Uint8Array | null> {
  let filledBytes = 0;
  try {
    filledBytes = await reader.readInto(part.bytes);
    return filledBytes === 0 ? null : part.bytes.subarray(0, filledBytes);
  } finally {
    if (filledBytes === 0) {
      part.release(true);
    }
  }
}

function assertProven(sha256: string, proof: DayProof): void {
  if (sha256 !== proof.sha256) {
    throw new StorageProblem(
      'busy',
      `the spool gave other bytes than were proven: expected sha256 ${proof.sha256}, got ${sha256}`,
      'It is verified again. Check the disk of the spool if this stays.',
    );
  }
}
