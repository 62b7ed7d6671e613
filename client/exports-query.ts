import { EXPORT_JOB_WORKFLOW_TYPE, type ExportPhase, type ResourceType } from '../workflows/api.ts';

/**
 * Which exports are listed: those that fit every filter. Default: all that the namespace remembers.
 *
 * @example
 * ```ts
 * const lost: ExportsFilter = { withFailedDays: true, closedAfter: '2026-11-16T00:00:00Z' };
 * for await (const { workflowId } of exports.list(lost)) console.log(workflowId);
 * ```
 */
export interface ExportsFilter {
  /** Temporal's status. One that was cancelled by the signal is `COMPLETED`: its `phase` is `cancelled`. */
  status?: ExportStatus | readonly ExportStatus[];
  /** What it is doing, or how it ended. */
  phase?: ExportPhase | readonly ExportPhase[];
  resourceType?: ResourceType | readonly ResourceType[];
  account?: string;
  /** Whether days of it have failed for good, or were deleted at Twilio. */
  withFailedDays?: boolean;
  /** An instant, ISO 8601 or a `Date`. Where a long export went on in a new run, that run's start counts. */
  startedAfter?: string | Date;
  /** An instant, ISO 8601 or a `Date`. */
  closedAfter?: string | Date;
  /** A filter of Temporal's beside these: `WorkflowId STARTS_WITH 'bulk-export-Calls'` for example. */
  query?: string;
}

/**
 * How Temporal calls the state of an export.
 *
 * @example
 * ```ts
 * const over: ExportStatus[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];
 * ```
 */
export type ExportStatus = keyof typeof STATUSES;

/** The filters that ask for search attributes, which a namespace has after `bulk-exports setup`. */
export const ATTRIBUTE_FILTERS = {
  phase: 'BulkExportPhase',
  resourceType: 'BulkExportResourceType',
  account: 'BulkExportAccount',
  withFailedDays: 'BulkExportDaysFailed',
} as const satisfies Partial<Record<keyof ExportsFilter, string>>;

/**
 * The filter in the language of Temporal's lists.
 *
 * @throws `RangeError` for an instant that is none, or a status that Temporal does not have.
 */
export function exportsQuery(filter: ExportsFilter): string {
  const { status, phase, resourceType, account, withFailedDays, startedAfter, closedAfter, query } = filter;
  return [
    `WorkflowType = ${quoted(EXPORT_JOB_WORKFLOW_TYPE)}`,
    // The runs from which an export went on are no exports of their own.
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...oneOf('ExecutionStatus', allOf(status).map(statusWord)),
    ...oneOf(ATTRIBUTE_FILTERS.phase, allOf(phase)),
    ...oneOf(ATTRIBUTE_FILTERS.resourceType, allOf(resourceType)),
    ...oneOf(ATTRIBUTE_FILTERS.account, allOf(account)),
    ...(withFailedDays === undefined
      ? []
      : [`${ATTRIBUTE_FILTERS.withFailedDays} ${withFailedDays ? '>' : '='} 0`]),
    ...(startedAfter === undefined ? [] : [`StartTime > ${instant('startedAfter', startedAfter)}`]),
    ...(closedAfter === undefined ? [] : [`CloseTime > ${instant('closedAfter', closedAfter)}`]),
    ...(query ? [`(${query})`] : []),
  ].join(' AND ');
}

const STATUSES = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
} as const;

function statusWord(status: string): string {
  const found = Object.entries(STATUSES).find(([name]) => name === status);
  if (found) return found[1];
  throw new RangeError(`status must be one of ${Object.keys(STATUSES).join(', ')}, got "${status}".`);
}

function allOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function oneOf(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${name} IN (${values.map(quoted).join(', ')})`];
}

/** The list's language escapes as MySQL does. */
function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function instant(name: string, value: string | Date): string {
  const time = new Date(value);
  if (!Number.isNaN(time.getTime())) return quoted(time.toISOString());
  throw new RangeError(`${name} must be an instant such as 2026-11-21T00:00:00Z, got "${String(value)}".`);
}
