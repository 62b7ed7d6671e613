/** A destination in a bucket. It holds no credential. */
export interface S3Destination {
  bucket: string;
  /** What every key begins with: empty, or names that end in `/`. */
  prefix: string;
  /** Undefined: by the SDK's own environment and profile. */
  region: string | undefined;
  /** Undefined: AWS's own, or by the SDK's own environment and profile. */
  endpoint: string | undefined;
  /** Whether the bucket's name is a part of the path, and not of the host's name. */
  forcePathStyle: boolean;
  checksum: S3Checksum;
}

/**
 * What the store checks each part by. `sha256`: S3's own, kept on the object; AWS, R2 and MinIO know it. `md5`: the
 * header `Content-MD5`, which every store knows.
 */
export type S3Checksum = 'sha256' | 'md5';

/** A destination, or what is wrong with its URL: `…, got …`. */
export type ReadS3Url = { destination: S3Destination } | { fault: string };

/** What an `s3:` URL has to be, in words. */
export const S3_URL_RULE =
  's3://BUCKET/PREFIX, with ?region=…&endpoint=…&forcePathStyle=true&checksum=md5 where they are needed';

/**
 * Reads `s3://bucket/prefix?region=…&endpoint=…&forcePathStyle=true&checksum=md5`. The prefix is taken as it is
 * written. A fault never repeats a value: someone may have put a key there.
 */
export function readS3Url(url: string): ReadS3Url {
  const match = /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(url);
  const [, bucket = '', path = '', query = ''] = match ?? [];
  const prefix = path.replace(/\/$/, '');
  const parameters = new URLSearchParams(query);
  const faults = [
    match === null && 'a URL of another form, or with a #',
    match !== null && !BUCKET.test(bucket) && 'a bucket whose name is none, or has more than a name in it',
    !isPrefix(prefix) && 'a prefix with characters or names that not every store takes',
    ...findParameterFaults(parameters),
  ];
  const fault = faults.find((one) => one !== false);
  if (fault !== undefined) {
    return { fault: `got ${fault}` };
  }
  return {
    destination: {
      bucket,
      prefix: prefix === '' ? '' : `${prefix}/`,
      region: parameters.get('region') ?? undefined,
      endpoint: parameters.get('endpoint') ?? undefined,
      forcePathStyle: parameters.get('forcePathStyle') === 'true',
      checksum: parameters.get('checksum') === 'md5' ? 'md5' : 'sha256',
    },
  };
}

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** Keys and URLs are then the same text, also where a store keeps its objects as files. */
function isPrefix(prefix: string): boolean {
  const names = prefix === '' ? [] : prefix.split('/');
  return names.every((name) => /^[A-Za-z0-9!_.*'()=+@,:-]+$/.test(name) && name !== '.' && name !== '..');
}

const isValid: Record<string, (value: string) => boolean> = {
  region: (value) => /^[a-z0-9-]{1,64}$/i.test(value),
  endpoint: isEndpoint,
  forcePathStyle: (value) => value === 'true' || value === 'false',
  checksum: (value) => value === 'sha256' || value === 'md5',
};

const shapes: Record<string, string> = {
  region: 'the name of a region',
  endpoint: 'an http: or https: URL without credentials and query',
  forcePathStyle: 'true or false',
  checksum: 'sha256 or md5',
};

function findParameterFaults(parameters: URLSearchParams): string[] {
  return [...new Set(parameters.keys())].flatMap((name) => {
    const check = Object.hasOwn(isValid, name) ? isValid[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(isValid).join(', ');
      return [`a parameter ${JSON.stringify(name.slice(0, 40))}, which is none of ${known}`];
    }
    const values = parameters.getAll(name);
    return values.length === 1 && values.every(check)
      ? []
      : [`a parameter ${name} that is not ${shapes[name] ?? ''}, once`];
  });
}

function isEndpoint(value: string): boolean {
  if (!URL.canParse(value)) {
    return false;
  }
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
