import type { Command } from 'commander';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { runningExports } from '../running-exports.ts';
import { watchExports } from '../watch-exports.ts';

/** `bulk-exports watch`: follows several exports at once, until all are over. */
export function watchCommand(cli: Cli): Command {
  const command = createCommand(cli, 'watch', async (options, context) =>
    withTemporal(options, context.env, async ({ exports }) => {
      const handles =
        options.words.length > 0
          ? [...new Set(options.words)].map((workflowId) => exports.getHandle(workflowId))
          : await runningExports(exports, context);
      if (handles.length === 0) return { document: { exports: [] }, text: 'No export runs.' };
      return watchExports(handles, context);
    }),
  );
  command
    .summary('follow several exports to their ends')
    .description(
      'Shows a bar for each export and one for all of them, until all are over; without a terminal a line for each ' +
        'change. Ends with the exit code of the first, in their order here, that was not complete.',
    )
    .argument('[workflow-id...]', 'default: those that run now');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  bulk-exports watch
  bulk-exports watch bulk-export-Messages-2026-10-01..2026-10-30 bulk-export-Calls-2026-10-01..2026-10-30`;
