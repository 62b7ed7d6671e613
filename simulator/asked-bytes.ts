import type { IncomingHttpHeaders } from 'node:http';
import { parseByteRange } from './byte-range.ts';
import type { ByteRange } from './byte-range.ts';

/** What of a file decides whether a condition on it holds. */
export interface Validators {
  /** With its quotes, and `W/` before them where it is weak. */
  etag: string | undefined;
  /** As HTTP writes it. */
  lastModified: string;
}

/** Whether `If-Match` holds, as RFC 9110 says: one of a list, or any file; a weak ETag matches nothing. */
export function ifMatchHolds(header: string | undefined, { etag }: Validators): boolean {
  if (header === undefined || header.trim() === '*') {
    return true;
  }
  return (
    etag !== undefined && !etag.startsWith('W/') && header.split(',').some((each) => each.trim() === etag)
  );
}

/** The part that is asked for: all of it too where `If-Range` names another file than this. */
export function askedRange(
  headers: IncomingHttpHeaders,
  sizeBytes: number,
  validators: Validators,
): ByteRange {
  const ifRange = headers['if-range'];
  const isThis =
    ifRange === undefined ||
    ifRange === validators.lastModified ||
    (ifRange === validators.etag && !ifRange.startsWith('W/'));
  return isThis ? parseByteRange(headers.range, sizeBytes) : 'whole';
}
