import type { ExportJobInput } from './api.ts';

/**
 * The workflow id of an export that is given none: it reads well in lists, and the same request has the same id. The
 * account and the destination stand in it only where they are not `default`. Pure: it may be called in workflows.
 *
 * @example
 * ```ts
 * defaultWorkflowId({ resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-30' });
 * // bulk-export-Messages-2026-10-01..2026-10-30
 * ```
 */
export function defaultWorkflowId(
  input: Pick<ExportJobInput, 'resourceType' | 'startDay' | 'endDay' | 'account' | 'destination'>,
): string {
  const { account = 'default', resourceType, startDay, endDay, destination = 'default' } = input;
  const from = account === 'default' ? '' : `-${account}`;
  const to = destination === 'default' ? '' : `-to-${destination}`;
  return `bulk-export${from}-${resourceType}-${startDay}..${endDay}${to}`;
}
