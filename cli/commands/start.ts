import type { Command } from 'commander';
import { checkExportInput, type ExportJobInput } from '../../client/index.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { followExport } from '../follow-export.ts';
import { asUsageError, readStartInput, withInputOptions } from '../start-input.ts';

/** The document of `start`. */
interface BegunExport {
  workflowId: string;
  runId: string;
  namespace: string;
  /** Whether it ran already. */
  joined: boolean;
}

/** `bulk-exports start`: starts an export, or joins the one that runs; with `--wait` follows it to its end. */
export function startCommand(cli: Cli): Command {
  const command = createCommand(cli, 'start', async (options, context) => {
    const input = checkedInput(readStartInput(options));
    return withTemporal(options, context.env, async ({ exports, namespace }) => {
      const workflowId = options.text('workflowId');
      const handle = await exports.startExport(input, workflowId === undefined ? {} : { workflowId });
      const { runId } = await handle.describe();
      const begun = { workflowId: handle.workflowId, runId, namespace, joined: handle.joined };
      context.terminal.say(begunText(begun));
      if (!options.has('wait')) return { document: begun, text: hintsText(begun) };

      const ended = await followExport(handle, context);
      return { ...ended, document: { ...ended.document, joined: handle.joined } };
    });
  });
  withInputOptions(command.summary('start an export').description(DESCRIPTION))
    .option('--workflow-id <id>', 'default: bulk-export-{type}-{startDay}..{endDay}')
    .option(
      '--task-queue <name>',
      'where the workers listen (default: BULK_EXPORTS_TASK_QUEUE, or bulk-exports)',
    )
    .option('--wait', 'show the progress and end with the export');
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

const DESCRIPTION =
  'Starts an export of days of one resource type. The same request again, while it runs, is the same export; ' +
  'another one under the same id is refused. Durations are written "10 minutes" or in milliseconds.';

const EXAMPLES = `
Examples:
  bulk-exports start --resource-type Messages --start-day 2026-10-01 --end-day 2026-10-30 --wait
  bulk-exports start --resource-type Calls --start-day 2026-10-01 --end-day 2026-10-01 --destination lake --json`;

function begunText({ workflowId, runId, namespace, joined }: BegunExport): string {
  const ids = `[${workflowId}, run ${runId}, namespace ${namespace}]`;
  return joined
    ? `The same export runs already and is joined, nothing new was started ${ids}.`
    : `The export has started ${ids}.`;
}

function hintsText({ workflowId }: BegunExport): string {
  return [
    `Follow it: bulk-exports progress --watch ${workflowId}`,
    `Its end:   bulk-exports result ${workflowId}`,
    `Stop it:   bulk-exports cancel ${workflowId}`,
  ].join('\n');
}

/** Checked before Temporal is asked for anything: a mistyped day is told though no server is up. */
function checkedInput(input: object): ExportJobInput {
  try {
    checkExportInput(input);
    return input as ExportJobInput;
  } catch (error) {
    throw asUsageError(error);
  }
}
