import { RESOURCE_TYPES } from './script.ts';
import type { Operation, ResourceType } from './script.ts';

/** What a request to the API means. */
export type Route = KnownRoute | { operation: null; allowed: string[] };

/** A request that the API has. */
export type KnownRoute =
  | { operation: TypedOperation; resourceType: ResourceType }
  | { operation: 'fetchDay'; resourceType: ResourceType; day: string }
  | { operation: 'fetchJob' | 'deleteJob'; jobSid: string };

/** The operations of a whole resource type. */
export type TypedOperation = Exclude<Operation, 'fetchDay' | 'fetchJob' | 'deleteJob' | 'getFile'>;

/** The meaning of a method and a path; no operation, with the methods that the path has, where there is none. */
export function parseRoute(method: string, path: string): Route {
  // A slash at the end changes nothing: the real service was asked so, and answered.
  const segments = path.replace(/\/$/, '').split('/').map(decode);
  const [root, version, exports, first = '', second, third, ...rest] = segments;
  if (root !== '' || version !== 'v1' || exports !== 'Exports' || rest.length > 0) {
    return { operation: null, allowed: [] };
  }
  if (first === 'Jobs' && second !== undefined && third === undefined) {
    return jobRoute(method, second);
  }
  const resourceType = RESOURCE_TYPES.find((type) => type === first);
  if (resourceType === undefined) {
    return { operation: null, allowed: [] };
  }
  if (second === 'Days' && third !== undefined) {
    return method === 'GET'
      ? { operation: 'fetchDay', resourceType, day: third }
      : { operation: null, allowed: ['GET'] };
  }
  const operations = third === undefined ? operationsOf(second) : {};
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  return operation === undefined
    ? { operation: null, allowed: Object.keys(operations) }
    : { operation, resourceType };
}

function jobRoute(method: string, jobSid: string): Route {
  switch (method) {
    case 'GET':
      return { operation: 'fetchJob', jobSid };
    case 'DELETE':
      return { operation: 'deleteJob', jobSid };
    default:
      return { operation: null, allowed: ['GET', 'DELETE'] };
  }
}

function operationsOf(resource: string | undefined): Readonly<Record<string, TypedOperation>> {
  switch (resource) {
    case undefined:
      return { GET: 'fetchExport' };
    case 'Configuration':
      return { GET: 'fetchConfiguration', POST: 'updateConfiguration' };
    case 'Jobs':
      return { GET: 'listJobs', POST: 'createJob' };
    case 'Days':
      return { GET: 'listDays' };
    default:
      return {};
  }
}

function decode(segment: string): string {
  if (!segment.includes('%')) {
    return segment;
  }
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
