import type { ExportHandle, ExportJobResult } from '../client/index.ts';
import type { Answer, CommandContext } from './cli.ts';
import { CommandError } from './exit-codes.ts';
import { followProgress } from './live-progress.ts';
import { resultText } from './result-text.ts';

/**
 * Shows the progress until the export is over, and answers with its result.
 *
 * @throws {@link CommandError} `interrupted` on Ctrl-C: the export goes on.
 */
export async function followExport(handle: ExportHandle, context: CommandContext): Promise<Answer> {
  await followToEnd(handle, context);
  return resultAnswer(handle.workflowId, await handle.result(), context);
}

/**
 * Shows the progress until the export is over.
 *
 * @throws {@link CommandError} `interrupted` on Ctrl-C: the export goes on.
 */
export async function followToEnd(handle: ExportHandle, context: CommandContext): Promise<void> {
  const { terminal, interrupted } = context;
  await followProgress({ handle, terminal, interrupted });
  if (!interrupted.aborted) return;
  throw new CommandError(
    'interrupted',
    `The export goes on [${handle.workflowId}]. Follow it with "bulk-exports result ${handle.workflowId}", ` +
      `stop it with "bulk-exports cancel ${handle.workflowId}".`,
  );
}

/** The answer that an ended export is. */
export function resultAnswer(
  workflowId: string,
  result: ExportJobResult,
  { terminal }: CommandContext,
): Answer {
  return {
    document: { workflowId, ...result },
    text: resultText(result, terminal.paint),
    reason: result.outcome === 'complete' ? 'success' : result.outcome,
  };
}
