import type { Command } from 'commander';
import type { BulkExportsClient, ListedExport } from '../../client/index.ts';
import { formatInstant } from '../amounts.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { plainTable } from '../plain-table.ts';
import { readWholeNumber } from '../read-number.ts';

/** `bulk-exports list`: the exports that the namespace remembers, the latest first. */
export function listCommand(cli: Cli): Command {
  const command = createCommand(cli, 'list', async (options, context) => {
    const limit = readWholeNumber(options, 'limit', LIMITS);
    return withTemporal(options, context.env, async ({ exports }) => {
      const listed = await firstOf(exports, options.text('query'), limit);
      return { document: listed, text: listed.length === 0 ? 'No exports.' : listText(listed) };
    });
  });
  command
    .summary('list exports')
    .description('Lists the exports that the namespace remembers, the latest first.')
    .option('--query <filter>', "a filter of Temporal's, for example \"ExecutionStatus = 'Running'\"")
    .option('--limit <count>', 'how many at the most (default: 50)');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  bulk-exports list
  bulk-exports list --query "ExecutionStatus = 'Running'" --json
  bulk-exports list --query "BulkExportPhase = 'incomplete'"    (after bulk-exports setup)`;

const LIMITS = { default: 50, minimum: 1, maximum: 1_000_000 };

async function firstOf(
  exports: BulkExportsClient,
  query: string | undefined,
  limit: number,
): Promise<ListedExport[]> {
  const listed: ListedExport[] = [];
  for await (const item of exports.list(query === undefined ? {} : { query })) {
    listed.push(item);
    if (listed.length >= limit) break;
  }
  return listed;
}

function listText(listed: ListedExport[]): string {
  return plainTable(
    { head: ['Workflow id', 'Status', 'Started', 'Ended'] },
    listed.map(({ workflowId, status, startedAt, endedAt }) => [
      workflowId,
      status.toLowerCase(),
      formatInstant(startedAt),
      endedAt === null ? '' : formatInstant(endedAt),
    ]),
  );
}
