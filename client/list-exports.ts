import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { ExportPhase } from '../workflows/api.ts';
import { SearchAttributeMissingError } from './export-errors.ts';
import { exportsQuery, type ExportsFilter } from './exports-query.ts';
import { phaseAttribute } from './phase-attribute.ts';
import { refusedSearchAttribute, type ExportMemo } from './start-options.ts';

/**
 * Which exports are listed, and how many.
 *
 * @example
 * ```ts
 * const latest: ListExportsOptions = { resourceType: 'Calls', limit: 10 };
 * ```
 */
export interface ListExportsOptions extends ExportsFilter {
  /** How many at the most. Default: all. */
  limit?: number;
}

/**
 * One export in a list.
 *
 * @example
 * ```ts
 * const line = ({ workflowId, phase, request }: ListedExport) => [workflowId, phase, request.destination].join();
 * ```
 */
export interface ListedExport {
  workflowId: string;
  runId: string;
  status: WorkflowExecutionInfo['status']['name'];
  /** What it is doing, or how it ended; null where the search attributes are not registered. */
  phase: ExportPhase | null;
  /** ISO 8601 in UTC. Where a long export went on in a new run, that run's. */
  startedAt: string;
  /** ISO 8601 in UTC; null while it runs. */
  endedAt: string | null;
  /** What was asked for; empty where another program started it. */
  request: Partial<ExportMemo>;
}

/** As `BulkExportsClient.list`. */
export async function* listExports(
  client: Client,
  { limit = Number.POSITIVE_INFINITY, ...filter }: ListExportsOptions,
): AsyncGenerator<ListedExport, void> {
  if (limit < 1 || Number.isNaN(limit)) throw new RangeError(`limit must be 1 or more, got ${limit}.`);
  let count = 0;
  try {
    for await (const execution of client.workflow.list({ query: exportsQuery(filter) })) {
      yield listed(execution);
      count += 1;
      if (count >= limit) return;
    }
  } catch (error) {
    const attribute = refusedSearchAttribute(error);
    if (attribute === undefined) throw error;
    throw new SearchAttributeMissingError(attribute, client.options.namespace, error);
  }
}

function listed(execution: WorkflowExecutionInfo): ListedExport {
  const { workflowId, runId, status, startTime, closeTime, memo, typedSearchAttributes } = execution;
  return {
    workflowId,
    runId,
    status: status.name,
    phase: phaseAttribute(typedSearchAttributes),
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
    request: { ...memo },
  };
}
