import {
  ExportError,
  type ExportErrorType,
  type ExportHandle,
  type ExportJobResult,
} from '../client/index.ts';
import type { Answer, CommandContext } from './cli.ts';
import { CommandError, exitReasonOf } from './exit-codes.ts';
import { followProgress } from './live-progress.ts';
import { resultText } from './result-text.ts';

/**
 * Shows the progress until the export is over, and answers with its result, also where it failed or was cancelled.
 *
 * @throws {@link CommandError} `interrupted` on Ctrl-C: the export goes on; `ExportError` where no result is known.
 */
export async function followExport(handle: ExportHandle, context: CommandContext): Promise<ResultAnswer> {
  const { workflowId } = handle;
  const { next } = context;
  await followToEnd(handle, context, {
    left:
      `The export goes on [${workflowId}]. Follow it with "${next('result', workflowId)}", ` +
      `stop it with "${next('cancel', workflowId)}".`,
  });
  return endingAnswer(handle, context);
}

/**
 * Shows the progress until the export is over.
 *
 * @param words `left`: how things stand when nobody watches any more, and what to do.
 * @throws {@link CommandError} `interrupted` on Ctrl-C, or when nobody reads any more, with these words.
 */
export async function followToEnd(
  handle: ExportHandle,
  { terminal, inattention }: CommandContext,
  words: { left: string },
): Promise<void> {
  const signal = inattention();
  await followProgress({ handle, terminal, signal });
  if (signal.aborted) throw new CommandError('interrupted', words.left);
}

/** An answer whose document is a result with its workflow id, and with what went wrong where something did. */
export interface ResultAnswer extends Answer {
  document: ExportJobResult & { workflowId: string; error?: { type: ExportErrorType; message: string } };
}

/**
 * The answer that an ended export is: its result in every ending that has one.
 *
 * @throws `ExportError` where no result is known.
 */
export async function endingAnswer(handle: ExportHandle, context: CommandContext): Promise<ResultAnswer> {
  const { workflowId } = handle;
  try {
    return resultAnswer(workflowId, await handle.result(), context);
  } catch (error) {
    if (!(error instanceof ExportError) || !error.result) throw error;
    const { type, message, result } = error;
    const answer = resultAnswer(workflowId, result, context);
    return {
      ...answer,
      document: { ...answer.document, error: { type, message } },
      failure: message,
      reason: exitReasonOf(error),
    };
  }
}

function resultAnswer(
  workflowId: string,
  result: ExportJobResult,
  { terminal }: CommandContext,
): ResultAnswer {
  return {
    document: { workflowId, ...result },
    text: resultText(result, terminal.paint),
    reason: result.outcome === 'complete' ? 'success' : result.outcome,
  };
}
