import { readNetworkError } from '../../twilio/network-error.ts';
import { StorageProblem } from '../storage-problem.ts';
import type { StorageProblemKind } from '../storage-problem.ts';

/** What S3 could not do, and the code that it gave; an empty one where it gave none. */
export class S3Problem extends StorageProblem {
  readonly code: string;

  constructor(finding: Finding, message: string, code: string) {
    super(kindByFinding[finding], message, adviceByFinding[finding]);
    this.code = code;
  }
}

/**
 * Reads an error of the SDK; one that is none of S3's or of the network's passes as it is. Of the error itself only
 * its code, its status and the request's id are repeated: the rest may hold what was signed, and the key's id.
 */
export function toS3Problem(doing: string, error: unknown): unknown {
  if (error instanceof StorageProblem || !(error instanceof Error)) {
    return error;
  }
  const code = readCode(error);
  if (error instanceof TypeError && code !== 'ERR_INVALID_URL') {
    return error;
  }
  const { status, requestId } = readAnswer(error);
  if (status !== null) {
    const words = code === '' ? String(status) : `${status} ${code}`;
    const request = requestId === null ? '' : ` [request ${requestId}]`;
    const finding = findingByCode[code] ?? readStatus(status);
    return new S3Problem(finding, `${doing}: S3 answered ${words}${request}`, code);
  }
  const beforeSending = readSetUp(error) ?? findingByCode[code];
  if (beforeSending !== undefined) {
    const words = wordsBeforeSending[beforeSending] ?? 'the SDK did not send it';
    return new S3Problem(beforeSending, `${doing}: ${words}${code === '' ? '' : ` (${code})`}`, code);
  }
  const words = code === 'TimeoutError' ? 'no answer came in time' : readNetworkError(error).words;
  const finding = /CERT|_TLS_|SELF_SIGNED/.test(code)
    ? 'certificate'
    : code === 'ENOTFOUND'
      ? 'host'
      : 'busy';
  return new S3Problem(finding, `${doing}: ${words}`, code);
}

/** Why S3 said no, as far as a reader can do something about it. */
type Finding =
  | 'busy'
  | 'bucket'
  | 'certificate'
  | 'clock'
  | 'credentials'
  | 'endpoint'
  | 'full'
  | 'host'
  | 'permission'
  | 'region'
  | 'unsupported';

const kindByFinding: Record<Finding, StorageProblemKind> = {
  busy: 'busy',
  bucket: 'rejected',
  certificate: 'rejected',
  clock: 'rejected',
  credentials: 'rejected',
  endpoint: 'rejected',
  full: 'full',
  // A name that can not be looked up is also what a network looks like that is away.
  host: 'busy',
  permission: 'rejected',
  region: 'rejected',
  unsupported: 'rejected',
};

const adviceByFinding: Record<Finding, string> = {
  busy: 'It is tried again.',
  bucket: 'Check the name of the bucket, and that it is at this endpoint and in this region.',
  certificate: 'Check the endpoint, and that this machine trusts its certificate (NODE_EXTRA_CA_CERTS).',
  clock: 'Check the clock of this machine: S3 refuses what is signed a quarter of an hour off.',
  credentials: 'Check the credentials that the SDK finds: AWS_ACCESS_KEY_ID, AWS_PROFILE or the role.',
  endpoint: 'Check the endpoint, by ?endpoint=… or AWS_ENDPOINT_URL_S3: it has to be an http: or https: URL.',
  full: 'Check the quota of the store; it is tried again.',
  host: 'Check the endpoint; a store that knows no bucket in its host name needs ?forcePathStyle=true. It is tried again.',
  permission:
    'Check that the credentials may do s3:PutObject, s3:GetObject and s3:AbortMultipartUpload below the prefix, and ' +
    's3:ListBucket and s3:ListBucketMultipartUploads on the bucket.',
  region: 'Check the region, by ?region=… or AWS_REGION, and the endpoint.',
  unsupported: 'Check the endpoint and the region; a store that does not know SHA-256 needs ?checksum=md5.',
};

const findingByCode: Record<string, Finding> = {
  NoSuchBucket: 'bucket',
  InvalidBucketName: 'bucket',
  AccessDenied: 'permission',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  InvalidToken: 'credentials',
  ExpiredToken: 'credentials',
  TokenRefreshRequired: 'credentials',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  EndpointError: 'endpoint',
  ERR_INVALID_URL: 'endpoint',
  PermanentRedirect: 'region',
  AuthorizationHeaderMalformed: 'region',
  IllegalLocationConstraintException: 'region',
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  BadDigest: 'busy',
  XAmzContentSHA256Mismatch: 'busy',
  IncompleteBody: 'busy',
  InvalidPart: 'busy',
  NoSuchUpload: 'busy',
  RequestTimeout: 'busy',
  SlowDown: 'busy',
};

function readStatus(status: number): Finding {
  switch (status) {
    case 301:
    case 307:
      return 'region';
    case 401:
    case 403:
      return 'permission';
    case 429:
      return 'busy';
    case 501:
      return 'unsupported';
    case 507:
      return 'full';
    default:
      return status >= 500 || status === 404 || status === 409 ? 'busy' : 'unsupported';
  }
}

/** What the SDK finds out of the region, without asking S3, has no code of its own: only its words. */
function readSetUp({ message }: Error): Finding | undefined {
  return /^(?:Region is missing|Region not accepted|Invalid region)/.test(message) ? 'region' : undefined;
}

const wordsBeforeSending: Partial<Record<Finding, string>> = {
  credentials: 'the SDK found no credentials',
  endpoint: 'the endpoint is no URL that the SDK takes',
  region: 'the SDK found no region, or one whose name is none',
};

/** A word, or nothing: an answer that is not S3's may hold anything. */
function readCode(error: Error): string {
  const own: unknown = Reflect.get(error, 'code');
  const code = typeof own === 'string' ? own : error.name;
  return /^\w{1,60}$/.test(code) && !/^(?:Error|Unknown|UnknownError|\d+)$/.test(code) ? code : '';
}

function readAnswer(error: Error): { status: number | null; requestId: string | null } {
  const metadata: unknown = Reflect.get(error, '$metadata');
  const { httpStatusCode, requestId } = (metadata ?? {}) as Record<string, unknown>;
  return {
    status: typeof httpStatusCode === 'number' ? httpStatusCode : null,
    requestId: typeof requestId === 'string' && /^[\w+/=.:-]{1,128}$/.test(requestId) ? requestId : null,
  };
}
