import type { ResolvedExportJobInput } from '../workflows/input.ts';

/**
 * The workflow id of an export that was given none: it reads well in lists, and the same request has the same id.
 * The account and the destination stand in it only where they are not `default`.
 *
 * @example
 * ```ts
 * defaultWorkflowId(checkExportInput(input).resolved); // bulk-export-Messages-2026-10-01..2026-10-30
 * ```
 */
export function defaultWorkflowId(
  input: Pick<ResolvedExportJobInput, 'resourceType' | 'startDay' | 'endDay' | 'account' | 'destination'>,
): string {
  const account = input.account === 'default' ? '' : `-${input.account}`;
  const destination = input.destination === 'default' ? '' : `-to-${input.destination}`;
  return `bulk-export${account}-${input.resourceType}-${input.startDay}..${input.endDay}${destination}`;
}
