import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { followExport } from '../follow-export.ts';

/** `bulk-exports result`: waits for the end of an export and shows its result. */
export function resultCommand(cli: Cli): Command {
  const command = createCommand(cli, 'result', async (options, context) =>
    withTemporal(options, context.env, async ({ exports }) =>
      followExport(exports.getHandle(options.argument), context),
    ),
  );
  command
    .summary('wait for the end of an export')
    .description('Waits for the end of an export and shows its result: every day with its outcome.')
    .argument('<workflow-id>', 'as "start" says it; "bulk-exports list" has those that there are');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  bulk-exports result bulk-export-Messages-2026-10-01..2026-10-30
  bulk-exports result bulk-export-Messages-2026-10-01..2026-10-30 --json | tail -n 1 | jq .manifest`;
