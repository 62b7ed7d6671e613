import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { followExport } from '../follow-export.ts';
import { progressText } from '../progress-text.ts';

/** `bulk-exports progress`: how far an export is; works without a worker, and after the end. */
export function progressCommand(cli: Cli): Command {
  const command = createCommand(cli, 'progress', async (options, context) =>
    withTemporal(options, context.env, async ({ exports }) => {
      const handle = exports.getHandle(options.argument);
      if (options.has('watch')) return followExport(handle, context);
      const progress = await handle.progress();
      return { document: progress, text: progressText(progress, context.terminal.paint) };
    }),
  );
  command
    .summary('how far an export is')
    .description(
      'Shows how far an export is. Without a worker it shows what the server knows alone, and says so.',
    )
    .argument('<workflow-id>', 'as "start" says it; "bulk-exports list" has those that there are')
    .option('--watch', 'go on showing it until the export is over, and end with it');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  bulk-exports progress bulk-export-Messages-2026-10-01..2026-10-30
  bulk-exports progress bulk-export-Messages-2026-10-01..2026-10-30 --json`;
