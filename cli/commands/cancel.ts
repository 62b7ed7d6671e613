import type { Command } from 'commander';
import { ExportError, type CancelInput } from '../../client/index.ts';
import { createCommand, type Cli, type CommandOptions } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { endingAnswer, followToEnd } from '../follow-export.ts';

/** `bulk-exports cancel`: stops an export with its clean-up; with `--wait` shows the receipt. */
export function cancelCommand(cli: Cli): Command {
  const command = createCommand(cli, 'cancel', async (options, context) =>
    withTemporal(options, context.env, async ({ exports }) => {
      const handle = exports.getHandle(options.argument);
      const { workflowId } = handle;
      const wait = options.has('wait');
      try {
        await handle.cancel(readCancel(options));
        context.terminal.say(`The export is asked to stop [${workflowId}].`);
      } catch (error) {
        // The receipt of one that is over is how it ended.
        if (!wait || !(error instanceof ExportError) || error.type !== 'ExportEnded') throw error;
        context.terminal.say(`The export is over already [${workflowId}].`);
      }
      if (!wait) return { document: { workflowId, cancelRequested: true }, text: '' };

      await followToEnd(handle, context, {
        left:
          `The export is asked to stop, and cleans up without anybody waiting [${workflowId}]. ` +
          `Its receipt: "${context.next('result', workflowId)}".`,
      });
      const answer = await endingAnswer(handle, context);
      if (answer.reason !== 'cancelled') return answer;
      // As it was asked for: no failure here.
      const { error: _, ...document } = answer.document;
      return { document, text: answer.text };
    }),
  );
  command
    .summary('stop an export, with its clean-up')
    .description(
      'Asks an export to stop, to delete its jobs at Twilio and to leave a receipt. Days that are here stay.',
    )
    .argument('<workflow-id>', 'as "start" says it; "bulk-exports list" has those that there are')
    .option('--reason <text>', 'kept in the result')
    .option('--keep-job', 'leave the jobs at Twilio')
    .option(
      '--wait',
      'wait for the receipt and show it; 0 whether it was cancelled or complete, also before',
    );
  return withConnectOptions(command).addHelpText('after', EXAMPLES);
}

function readCancel(options: CommandOptions): CancelInput {
  const reason = options.text('reason');
  return {
    ...(reason !== undefined && { reason }),
    ...(options.has('keepJob') && { deleteJob: false }),
  };
}

const EXAMPLES = `
Example:
  bulk-exports cancel bulk-export-Messages-2026-10-01..2026-10-30 --reason "wrong month" --wait`;
