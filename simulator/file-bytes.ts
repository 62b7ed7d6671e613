import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { hexOf } from './random.ts';
import { makeRecords } from './records.ts';
import type { RecordsOf } from './records.ts';

/** A file as it is served: gzip members, of which the first may repeat, so that gigabytes take no memory. */
export interface FileBytes {
  sizeBytes: number;
  /** JSON lines. */
  records: number;
  /** Strong, with its quotes. */
  etag: string;
  /** The file is `repeated` so many `times`, then `rest`. */
  repeated: Buffer;
  times: number;
  rest: Buffer;
}

/** How much a file holds: so many records, or as many as fit into exactly so many bytes. */
export type FileAmount = { records: number } | { sizeBytes: number } | 'zeroBytes';

/**
 * Compresses what the file is made of: at most a few thousand records, whatever its size.
 * Files of more than one member hold the same records again and again.
 */
export function makeFileBytes(of: RecordsOf, amount: FileAmount): FileBytes {
  const etag = `"${hexOf(32, 'etag', ...Object.values(of), JSON.stringify(amount))}"`;
  if (amount === 'zeroBytes') {
    return assemble({ etag, records: 0, repeated: NOTHING, times: 0, rest: NOTHING });
  }
  return 'records' in amount
    ? fileOfRecords({ of, etag, records: amount.records })
    : fileOfSize({ of, etag, sizeBytes: amount.sizeBytes });
}

/** The SHA-256 of the whole file, lower-case hex. Takes about a second for a gigabyte, the first time. */
export function sha256Of(file: FileBytes): string {
  const known = hashes.get(file) ?? hashFile(file);
  hashes.set(file, known);
  return known;
}

const hashes = new WeakMap<FileBytes, string>();

function hashFile(file: FileBytes): string {
  const hash = createHash('sha256');
  for (let time = 0; time < file.times; time += 1) {
    hash.update(file.repeated);
  }
  return hash.update(file.rest).digest('hex');
}

/**
 * The bytes of the file from an offset up to the end of a member, or to `end`; never empty before it. The buffer is
 * the file's own: copy it before changing it.
 */
export function bytesAt(file: FileBytes, offset: number, end = file.sizeBytes): Buffer {
  const { repeated, rest } = file;
  const repeatedBytes = repeated.length * file.times;
  const isRepeated = offset < repeatedBytes;
  const member = isRepeated ? repeated : rest;
  const start = isRepeated ? offset % repeated.length : offset - repeatedBytes;
  const left = end - offset;
  // Most often it is all of a member: a view of it would be made for nothing.
  return start === 0 && left >= member.length ? member : member.subarray(start, start + left);
}

const NOTHING = Buffer.alloc(0);

/** A member of these makes some 60 kB: few enough to compress in milliseconds, enough to send at full speed. */
const RECORDS_A_MEMBER = 500;

/** The header and trailer of a gzip member of nothing, without and with an extra field. */
const EMPTY_MEMBER_BYTES = 20;
const SMALLEST_PADDED_MEMBER_BYTES = 22;
/** The extra field of a gzip header holds at most 65,535 bytes. */
const LARGEST_PADDED_MEMBER_BYTES = 60_000;

interface FileParts {
  etag: string;
  records: number;
  repeated: Buffer;
  times: number;
  rest: Buffer;
}

function fileOfRecords(input: { of: RecordsOf; etag: string; records: number }): FileBytes {
  const { of, etag, records } = input;
  const times = Math.floor(records / RECORDS_A_MEMBER);
  const left = records % RECORDS_A_MEMBER;
  const repeated = times > 0 ? gzipSync(makeRecords(of, RECORDS_A_MEMBER)) : NOTHING;
  const rest = left > 0 || times === 0 ? gzipSync(makeRecords(of, left)) : NOTHING;
  return assemble({ etag, records, repeated, times, rest });
}

function fileOfSize(input: { of: RecordsOf; etag: string; sizeBytes: number }): FileBytes {
  const { of, etag, sizeBytes } = input;
  let count = RECORDS_A_MEMBER;
  let repeated = gzipSync(makeRecords(of, count));
  while (repeated.length > sizeBytes - SMALLEST_PADDED_MEMBER_BYTES && count > 1) {
    count = Math.floor(count / 2);
    repeated = gzipSync(makeRecords(of, count));
  }
  let times = Math.floor(sizeBytes / repeated.length);
  // What no member fits into is filled with members of nothing: too small a gap takes one member less.
  if (!canPad(sizeBytes - times * repeated.length)) {
    times -= 1;
  }
  const rest = padding(sizeBytes - times * repeated.length);
  return assemble({ etag, records: count * times, repeated, times, rest });
}

function canPad(gapBytes: number): boolean {
  return gapBytes === 0 || gapBytes === EMPTY_MEMBER_BYTES || gapBytes >= SMALLEST_PADDED_MEMBER_BYTES;
}

function padding(gapBytes: number): Buffer {
  const members: Buffer[] = [];
  let left = gapBytes;
  while (left > LARGEST_PADDED_MEMBER_BYTES) {
    // Half of the largest at the most, so that what is left is never too small for a member.
    const bytes = Math.min(LARGEST_PADDED_MEMBER_BYTES, left - LARGEST_PADDED_MEMBER_BYTES / 2);
    members.push(emptyMember(bytes));
    left -= bytes;
  }
  return Buffer.concat(left > 0 ? [...members, emptyMember(left)] : members);
}

/** A gzip member that holds nothing and is so many bytes long, by an extra field that readers skip. */
function emptyMember(bytes: number): Buffer {
  const empty = gzipSync('');
  if (bytes === EMPTY_MEMBER_BYTES) {
    return empty;
  }
  const header = Buffer.from(empty.subarray(0, 10));
  header[3] = 4; // FEXTRA
  const extra = Buffer.alloc(2 + bytes - SMALLEST_PADDED_MEMBER_BYTES);
  extra.writeUInt16LE(extra.length - 2, 0);
  return Buffer.concat([header, extra, empty.subarray(10)]);
}

function assemble(parts: FileParts): FileBytes {
  return { ...parts, sizeBytes: parts.repeated.length * parts.times + parts.rest.length };
}
