import type { Command } from 'commander';
import { checkExportInput, type ExportJobInput } from '../../client/index.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { followExport } from '../follow-export.ts';
import { asUsageError, readStartInput, withInputOptions } from '../start-input.ts';

/** `bulk-exports start`: starts an export, or joins the one that runs; with `--wait` follows it to its end. */
export function startCommand(cli: Cli): Command {
  const command = createCommand(cli, 'start', async (options, context) => {
    const input = checkedInput(readStartInput(options));
    return withTemporal(options, context.env, async ({ exports, namespace }) => {
      const workflowId = options.text('workflowId');
      const handle = await exports.startExport(input, workflowId === undefined ? {} : { workflowId });
      const { runId } = await handle.describe();
      context.terminal.say(`The export runs [${handle.workflowId}, run ${runId}, namespace ${namespace}].`);
      if (options.has('wait')) return followExport(handle, context);
      return {
        document: { workflowId: handle.workflowId, runId, namespace },
        text: [
          `Follow it: bulk-exports progress --watch ${handle.workflowId}`,
          `Its end:   bulk-exports result ${handle.workflowId}`,
          `Stop it:   bulk-exports cancel ${handle.workflowId}`,
        ].join('\n'),
      };
    });
  });
  withInputOptions(command.summary('start an export').description(DESCRIPTION))
    .option('--workflow-id <id>', 'default: bulk-export-{type}-{start day}..{end day}')
    .option(
      '--task-queue <name>',
      'where the workers listen (default: BULK_EXPORTS_TASK_QUEUE, or bulk-exports)',
    )
    .option('--wait', 'show the progress and end with the export');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const DESCRIPTION = `Starts an export of days of one resource type. The same request again, while it runs, is the
same export; another one under the same id is refused. Durations are written "10 minutes" or in milliseconds.`;

const EXAMPLES = `
Examples:
  bulk-exports start --resource-type Messages --start-day 2026-10-01 --end-day 2026-10-30 --wait
  bulk-exports start --resource-type Calls --start-day 2026-10-01 --end-day 2026-10-01 --destination lake --json`;

/** Checked before Temporal is asked for anything: a mistyped day is told though no server is up. */
function checkedInput(input: object): ExportJobInput {
  try {
    checkExportInput(input);
    return input as ExportJobInput;
  } catch (error) {
    throw asUsageError(error);
  }
}
