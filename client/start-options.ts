import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { exportSearchAttributes, NO_JOB_SID } from '../workflows/api.ts';
import type { ResolvedExportJobInput } from '../workflows/input.ts';

type StartOptions = Parameters<Client['workflow']['start']>[1];

/**
 * What a list shows of an export without asking it: stored beside the workflow, readable without a worker.
 *
 * @example
 * ```ts
 * for await (const { request } of exports.list()) {
 *   const { account, destination }: Partial<ExportMemo> = request;
 *   console.log(account, destination);
 * }
 * ```
 */
export interface ExportMemo {
  resourceType: string;
  startDay: string;
  endDay: string;
  account: string;
  destination: string;
}

/** The texts that Temporal's UI shows of an export, and the memo for lists. */
export function describeAtStart(
  input: ResolvedExportJobInput,
): Pick<StartOptions, 'staticSummary' | 'staticDetails' | 'memo'> {
  const { resourceType, startDay, endDay, account, destination } = input;
  const memo: ExportMemo = { resourceType, startDay, endDay, account, destination };
  const from = account === 'default' ? '' : ` of ${account}`;
  return {
    staticSummary: `${resourceType}${from} ${startDay}..${endDay} → ${destination}`,
    staticDetails: [
      `Twilio Bulk Export of **${resourceType}**, ${startDay} to ${endDay}, both included (UTC).`,
      '',
      `- Account: \`${account}\``,
      `- Destination: \`${destination}\``,
      `- Name at Twilio: \`${input.friendlyName.replaceAll('`', "'")}\` (and a marker)`,
      '',
      'To stop it, send the signal `cancel`: it cleans up at Twilio and leaves a receipt. *Terminate* does neither.',
    ].join('\n'),
    memo: { ...memo },
  };
}

/**
 * Starts an export with those of its search attributes that the namespace has: an export needs none, and a namespace need
 * not have them. The workflow keeps those up to date that it was given. Each that is missing costs one refused request.
 */
export async function startWithKnownAttributes<Started>(
  { resolved, daysTotal }: { resolved: ResolvedExportJobInput; daysTotal: number },
  start: (typedSearchAttributes: SearchAttributePair[]) => Promise<Started>,
): Promise<Started> {
  let attributes = initialSearchAttributes(resolved, daysTotal);
  for (;;) {
    try {
      return await start(attributes);
    } catch (error) {
      const refused = refusedSearchAttribute(error);
      const known = attributes.filter(({ key }) => key.name !== refused);
      if (known.length === attributes.length) throw error;
      attributes = known;
    }
  }
}

/** All of them, before anything is known. */
export function initialSearchAttributes(
  input: ResolvedExportJobInput,
  daysTotal: number,
): SearchAttributePair[] {
  const types = exportSearchAttributes;
  return [
    { key: { name: 'BulkExportPhase', type: types.BulkExportPhase }, value: 'creating' },
    {
      key: { name: 'BulkExportResourceType', type: types.BulkExportResourceType },
      value: input.resourceType,
    },
    { key: { name: 'BulkExportAccount', type: types.BulkExportAccount }, value: input.account },
    { key: { name: 'BulkExportDaysDone', type: types.BulkExportDaysDone }, value: 0 },
    { key: { name: 'BulkExportDaysTotal', type: types.BulkExportDaysTotal }, value: daysTotal },
    { key: { name: 'BulkExportDaysFailed', type: types.BulkExportDaysFailed }, value: 0 },
    { key: { name: 'BulkExportJobSid', type: types.BulkExportJobSid }, value: [NO_JOB_SID] },
  ];
}

/** The attribute for which a start or a list was refused, as the namespace lacks it: the server names the first of them. */
export function refusedSearchAttribute(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  // In the message it stands whichever connection was used; a native one has no details.
  if (!isGrpcServiceError(cause) || !/search attribute/i.test(cause.message)) return undefined;
  return Object.keys(exportSearchAttributes).find((name) => cause.message.includes(name));
}
