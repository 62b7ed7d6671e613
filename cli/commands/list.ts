import type { Command } from 'commander';
import type { ListedExport } from '../../client/index.ts';
import { formatInstant } from '../amounts.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { readFilter, withFilterOptions } from '../list-filter.ts';
import { plainTable } from '../plain-table.ts';
import { readWholeNumber } from '../read-number.ts';

/** `bulk-exports list`: the exports that the namespace remembers. */
export function listCommand(cli: Cli): Command {
  const command = createCommand(cli, 'list', async (options, context) => {
    const filter = { ...readFilter(options), limit: readWholeNumber(options, 'limit', LIMITS) };
    return withTemporal(options, context.env, async ({ exports }) => {
      const listed: ListedExport[] = [];
      for await (const item of exports.list(filter)) listed.push(item);
      return { document: listed, text: listed.length === 0 ? 'No exports.' : listText(listed) };
    });
  });
  withFilterOptions(command)
    .summary('list exports')
    .description(
      'Lists the exports that the namespace remembers: first those that run, then those that ended last.',
    )
    .option('--limit <count>', 'how many at the most (default: 50)');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  bulk-exports list
  bulk-exports list --status running --json
  bulk-exports list --phase incomplete,failed --closed-after 2026-11-01
  bulk-exports list --query "WorkflowId STARTS_WITH 'bulk-export-Calls'"`;

const LIMITS = { default: 50, minimum: 1, maximum: 1_000_000 };

function listText(listed: ListedExport[]): string {
  const hasPhases = listed.some(({ phase }) => phase !== null);
  return plainTable(
    { head: ['Workflow id', 'Status', ...(hasPhases ? ['Phase'] : []), 'Started', 'Ended'] },
    listed.map(({ workflowId, status, phase, startedAt, endedAt }) => [
      workflowId,
      status.toLowerCase(),
      ...(hasPhases ? [phase ?? ''] : []),
      formatInstant(startedAt),
      endedAt === null ? '' : formatInstant(endedAt),
    ]),
  );
}
