import { isDay } from '../day-range.ts';
import { hashExportId } from '../marker.ts';
import { isResourceType } from '../resource-types.ts';
import { isAccountSid } from '../twilio/twilio-account.ts';
import type { PlaceOfDay } from './day-storage.ts';
import { StorageProblem } from './storage-problem.ts';

/** The name of a published day in its folder: readers of Hive partitions take every name that has no `_` first. */
export const PUBLISHED_NAME = 'part-0.json.gz';

/** The folder of the manifests in a destination. */
export const MANIFESTS = '_manifests';

/** A longer one makes a name that some file systems refuse; then no attempt goes on from another's bytes. */
const ETAG_LIMIT_CHARACTERS = 150;

/**
 * The folder of a day, relative to the destination, its names parted by `/`. Only checked words go into it, so it
 * never leads outside.
 */
export function dayFolder({ accountSid, resourceType, day }: PlaceOfDay): string {
  if (!isAccountSid(accountSid) || !isResourceType(resourceType) || !isDay(day)) {
    throw new StorageProblem(
      'rejected',
      'the account, the resource type or the day is not one that has a folder',
    );
  }
  return `account=${accountSid}/type=${resourceType}/day=${day}`;
}

/**
 * Where a day is published, relative to the destination, its names parted by `/`: what readers of all destinations know.
 *
 * @throws `StorageProblem` of kind `rejected` for an account, a type or a day that can have no folder.
 *
 * @example
 * ```ts
 * publishedPath({ accountSid: 'AC0123456789abcdef0123456789abcdef', resourceType: 'Messages', day: '2026-10-01' });
 * // account=AC0123456789abcdef0123456789abcdef/type=Messages/day=2026-10-01/part-0.json.gz
 * ```
 */
export function publishedPath(key: PlaceOfDay): string {
  return `${dayFolder(key)}/${PUBLISHED_NAME}`;
}

/** Whether a path, relative to a destination and parted by `/`, is one that a day is published under. */
export function isPublishedPath(path: string): boolean {
  const [account = '', type = '', day = '', name, ...rest] = path.split('/');
  return (
    isAccountFolder(account) &&
    isTypeFolder(type) &&
    isDayFolder(day) &&
    name === PUBLISHED_NAME &&
    rest.length === 0
  );
}

/** Whether a folder of a destination is that of an account. */
export function isAccountFolder(name: string): boolean {
  return name.startsWith('account=') && isAccountSid(name.slice('account='.length));
}

/** Whether a folder of an account is that of a resource type. */
export function isTypeFolder(name: string): boolean {
  return name.startsWith('type=') && isResourceType(name.slice('type='.length));
}

/** Whether a folder of a resource type is that of a day. */
export function isDayFolder(name: string): boolean {
  return name.startsWith('day=') && isDay(name.slice('day='.length));
}

/**
 * Whether a name is one that an attempt gives to what is not published yet: its half file, or the proof of it. The
 * proof of a published file is none.
 */
export function isAbandonable(name: string): boolean {
  return /^(?:_half-[0-9a-f]{12}-[A-Za-z0-9_-]*-[0-9a-f]{8}|_verdict-[0-9a-f]{12}-[0-9a-f]{8}\.json)$/.test(
    name,
  );
}

/** Whether a name is that of the proof of a published file, of any export. */
export function isProof(name: string): boolean {
  return /^_verdict-[0-9a-f]{12}\.json$/.test(name);
}

/** The name of the proof that an export keeps beside a published day. */
export function verdictName(exportId: string): string {
  return `${verdictPrefix(exportId)}.json`;
}

/** The name of the proof of one attempt, until its file is published. `attemptId`: as of {@link halfName}. */
export function attemptVerdictName(exportId: string, attemptId: string): string {
  return `${verdictPrefix(exportId)}-${attemptId}.json`;
}

/** What the names of an export's proofs begin with, of every attempt. */
export function verdictPrefix(exportId: string): string {
  return `_verdict-${hashExportId(exportId)}`;
}

/** What the names of an export's half files begin with. */
export function halfPrefix(exportId: string): string {
  return `_half-${hashExportId(exportId)}-`;
}

/** The name of one attempt's half file. `attemptId`: 8 hex digits, of that attempt alone. */
export function halfName(exportId: string, etag: string | null, attemptId: string): string {
  const kept = etag !== null && isStrongEtag(etag) ? etag : '';
  return `${halfPrefix(exportId)}${Buffer.from(kept).toString('base64url')}-${attemptId}`;
}

/** The ETag of which the half file of this name holds bytes; null where no attempt may go on from it. */
export function readHalfEtag(name: string, exportId: string): string | null {
  const prefix = halfPrefix(exportId);
  const match = name.startsWith(prefix)
    ? /^([A-Za-z0-9_-]+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length))
    : null;
  const etag = Buffer.from(match?.[1] ?? '', 'base64url').toString();
  return isStrongEtag(etag) ? etag : null;
}

/** Whether an ETag proves that two answers are byte for byte the same file, and fits into a name. */
export function isStrongEtag(etag: string): boolean {
  return /^"[\u0021\u0023-\u007E]+"$/.test(etag) && Math.ceil((etag.length * 4) / 3) <= ETAG_LIMIT_CHARACTERS;
}
