import { isJsonObject, readS3Url, S3_URL_RULE } from '../activities/for-worker.ts';
import type { Environment } from './environment.ts';
import { isKnownName, KNOWN_NAME_RULE } from './known-name.ts';

/** Files go below the folder where the worker was started. */
export const DEFAULT_DESTINATIONS = { default: 'file:./exports' };

/** Reads the destinations by name, and adds what is wrong to `faults`. */
export function readDestinations(env: Environment, faults: string[]): Record<string, string> {
  const text = env['BULK_EXPORTS_DESTINATIONS'];
  if (!text) return DEFAULT_DESTINATIONS;

  const parsed = parse(text);
  if (parsed === null) {
    faults.push(
      'BULK_EXPORTS_DESTINATIONS must be JSON of names and URLs such as {"default": "file:./exports"}, ' +
        'got text that is no such object',
    );
    return {};
  }
  const destinations: Record<string, string> = {};
  for (const [name, url] of Object.entries(parsed)) {
    const fault = faultOf(name, url);
    if (fault === null) destinations[name] = String(url);
    else faults.push(`BULK_EXPORTS_DESTINATIONS, ${JSON.stringify(name.slice(0, 80))} must be ${fault}`);
  }
  return destinations;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) && Object.keys(parsed).length > 0 ? parsed : null;
  } catch {
    return null;
  }
}

function faultOf(name: string, url: unknown): string | null {
  if (!isKnownName(name)) return KNOWN_NAME_RULE;
  if (typeof url === 'string' && isFileUrl(url)) return null;
  if (typeof url === 'string' && /^s3:/i.test(url)) {
    const read = readS3Url(url);
    return 'fault' in read ? `${S3_URL_RULE}, ${read.fault}` : null;
  }
  return (
    'a file: URL such as file:./exports or file:///srv/exports, or an s3: URL such as s3://bucket/exports, got ' +
    kindOf(url)
  );
}

/** Absolute (`file:///srv/exports`, no host), or relative to the folder where the worker is started. */
function isFileUrl(url: string): boolean {
  return /^file:(\/\/\/|\/(?!\/)|[^/])[^?#]*$/i.test(url) && canDecode(url);
}

function canDecode(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}

/** The scheme alone: a URL of another kind may carry a credential. */
function kindOf(url: unknown): string {
  if (typeof url !== 'string') return url === null ? 'null' : `a value of type ${typeof url}`;
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0];
  if (scheme === undefined) return 'a text that is no URL';
  return scheme.toLowerCase() === 'file:' ? 'a file: URL with a host, a query or no path' : `a ${scheme} URL`;
}
