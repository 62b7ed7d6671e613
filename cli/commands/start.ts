import type { Command } from 'commander';
import { checkExportInput, type ExportJobInput, type FinishedPolicy } from '../../client/index.ts';
import { formatInstant } from '../amounts.ts';
import { createCommand, type Cli, type CommandContext } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { followExport } from '../follow-export.ts';
import { readChoices } from '../read-choice.ts';
import { asUsageError, readStartInput, withInputOptions } from '../start-input.ts';

const FINISHED_POLICIES: { [Policy in FinishedPolicy]: Policy } = {
  startAgain: 'startAgain',
  joinIfComplete: 'joinIfComplete',
  join: 'join',
  refuse: 'refuse',
};

/** The document of `start`. */
interface BegunExport {
  workflowId: string;
  runId: string;
  namespace: string;
  /** Whether it was there already, running or at its end. */
  joined: boolean;
}

/** `bulk-exports start`: starts an export, or joins the one that runs; with `--wait` follows it to its end. */
export function startCommand(cli: Cli): Command {
  const command = createCommand(cli, 'start', async (options, context) => {
    const input = checkedInput(readStartInput(options));
    const [ifFinished] = readChoices(options, 'ifFinished', FINISHED_POLICIES) ?? [];
    return withTemporal(options, context.env, async ({ exports, namespace }) => {
      const workflowId = options.text('workflowId');
      const handle = await exports.startExport(input, {
        ...(workflowId !== undefined && { workflowId }),
        ...(ifFinished && { ifFinished }),
      });
      const { runId, closeTime } = await handle.describe();
      const begun = { workflowId: handle.workflowId, runId, namespace, joined: handle.joined };
      context.terminal.say(begunText(begun, closeTime));
      if (!options.has('wait')) return { document: begun, text: hintsText(begun, context, closeTime) };

      const ended = await followExport(handle, context);
      return { ...ended, document: { ...ended.document, joined: handle.joined } };
    });
  });
  withInputOptions(command.summary('start an export').description(DESCRIPTION))
    .option('--workflow-id <id>', 'default: bulk-export-{type}-{startDay}..{endDay}')
    .option(
      '--if-finished <policy>',
      `where this export has ended already: ${Object.keys(FINISHED_POLICIES).join(', ')} (default: startAgain)`,
    )
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

/** `endedAt`: where it is joined and over. */
function begunText({ workflowId, runId, namespace, joined }: BegunExport, endedAt?: Date): string {
  const ids = `[${workflowId}, run ${runId}, namespace ${namespace}]`;
  if (!joined) return `The export has started ${ids}.`;
  return endedAt
    ? `The same export has ended already, at ${formatInstant(endedAt.toISOString())}, and is joined, nothing new was started ${ids}.`
    : `The same export runs already and is joined, nothing new was started ${ids}.`;
}

function hintsText({ workflowId }: BegunExport, { next }: CommandContext, endedAt?: Date): string {
  const end = `Its end:   ${next('result', workflowId)}`;
  if (endedAt) return end;
  return [`Follow it: ${next('watch', workflowId)}`, end, `Stop it:   ${next('cancel', workflowId)}`].join(
    '\n',
  );
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
