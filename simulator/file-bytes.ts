import { createHash } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
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

/**
 * The SHA-256 of the whole file, lower-case hex. Takes about a second for a gigabyte, the first time; a file that is
 * made again of the same things has the same ETag, and is not read again.
 */
export function sha256Of(file: FileBytes): string {
  const known = hashes.get(file.etag) ?? hashFile(file);
  hashes.set(file.etag, known);
  const [oldest] = hashes.size > REMEMBERED_HASHES ? hashes.keys() : [];
  if (oldest !== undefined) {
    hashes.delete(oldest);
  }
  return known;
}

const hashes = new Map<string, string>();
const REMEMBERED_HASHES = 10_000;

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

/**
 * Whether a gzip member ends before this offset, so that what stands before it is whole. Files are made of members
 * without gaps.
 */
export function isMemberEnd(file: FileBytes, offset: number): boolean {
  const repeatedBytes = file.repeated.length * file.times;
  return (
    offset === file.sizeBytes || (offset <= repeatedBytes && offset % Math.max(1, file.repeated.length) === 0)
  );
}

/** Of each member: the bytes of its header, which no checksum covers, and of its trailer, the checksum and the size. */
export const GZIP_HEADER_BYTES = 10;
const GZIP_TRAILER_BYTES = 8;

const NOTHING = Buffer.alloc(0);

/** A member of these makes some 60 kB: few enough to compress in milliseconds, enough to send at full speed. */
const RECORDS_A_MEMBER = 500;

/** A member that fills up a file of an exact size has room for one record at least; the longest has some 700 bytes. */
const SMALLEST_LAST_MEMBER_BYTES = 1000;

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
  while (repeated.length > sizeBytes - SMALLEST_LAST_MEMBER_BYTES && count > 1) {
    count = Math.floor(count / 2);
    repeated = gzipSync(makeRecords(of, count));
  }
  let times = Math.floor(sizeBytes / repeated.length);
  while (sizeBytes - times * repeated.length < SMALLEST_LAST_MEMBER_BYTES) {
    times -= 1;
  }
  const last = lastMember(of, sizeBytes - times * repeated.length);
  return assemble({ etag, records: count * times + last.records, repeated, times, rest: last.member });
}

/** A member of exactly so many bytes: as many records as fit, not compressed, and blanks behind the last of them. */
function lastMember(of: RecordsOf, bytes: number): { member: Buffer; records: number } {
  const lines = makeRecords(of, RECORDS_A_MEMBER).trimEnd().split('\n');
  const roomBytes = bytes - storedOverhead(bytes);
  let records = 0;
  let filledBytes = 0;
  for (const line of lines) {
    const lineBytes = Buffer.byteLength(line) + 1;
    if (filledBytes + lineBytes > roomBytes) {
      break;
    }
    filledBytes += lineBytes;
    records += 1;
  }
  const text = `${lines.slice(0, records).join('\n')}${' '.repeat(roomBytes - filledBytes)}\n`;
  return { member: storedMember(Buffer.from(text)), records };
}

/** Of deflate's stored blocks: the most that one holds, and what each has in front of it. */
const STORED_BLOCK_BYTES = 65_535;
const STORED_BLOCK_HEADER_BYTES = 5;

/** What is not content in a member of so many bytes that is stored. */
function storedOverhead(bytes: number): number {
  const framed = bytes - GZIP_HEADER_BYTES - GZIP_TRAILER_BYTES;
  const blocks = Math.ceil(framed / (STORED_BLOCK_BYTES + STORED_BLOCK_HEADER_BYTES));
  return GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES + blocks * STORED_BLOCK_HEADER_BYTES;
}

/** Put together by hand: zlib's own choice of blocks, and so the size, is nobody's promise. */
function storedMember(content: Buffer): Buffer {
  const parts: Buffer[] = [gzipSync('').subarray(0, GZIP_HEADER_BYTES)];
  for (let start = 0; start < content.length; start += STORED_BLOCK_BYTES) {
    const block = content.subarray(start, start + STORED_BLOCK_BYTES);
    const header = Buffer.alloc(STORED_BLOCK_HEADER_BYTES);
    header.writeUInt8(start + block.length === content.length ? 1 : 0, 0);
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(block.length ^ 0xffff, 3);
    parts.push(header, block);
  }
  const trailer = Buffer.alloc(GZIP_TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([...parts, trailer]);
}

function assemble(parts: FileParts): FileBytes {
  return { ...parts, sizeBytes: parts.repeated.length * parts.times + parts.rest.length };
}
