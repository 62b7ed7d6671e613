import { ExportError, type ExportHandle, type ExportJobResult } from '../client/index.ts';
import { formatBytes, formatCount, formatCounts } from './amounts.ts';
import { barsText, type WatchedExport } from './bars-text.ts';
import type { Answer, CommandContext } from './cli.ts';
import { CommandError, exitReasonOf } from './exit-codes.ts';
import { endingAnswer, type ResultAnswer } from './follow-export.ts';
import { showUntilOver } from './live-progress.ts';
import { plainTable } from './plain-table.ts';
import { progressLine } from './progress-text.ts';
import type { Terminal } from './terminal.ts';

/**
 * Shows several exports until all are over: bars in a terminal, a line for each change else. Answers with how each
 * ended; the reason is that of the first that did not end well.
 *
 * @throws {@link CommandError} `interrupted` on Ctrl-C, or when nobody reads any more: the exports go on; `ExportError` where one is not there.
 */
export async function watchExports(handles: ExportHandle[], context: CommandContext): Promise<Answer> {
  const unwatched = context.inattention();
  await showAll(handles, context.terminal, unwatched);
  if (unwatched.aborted) throw new CommandError('interrupted', 'Nobody watches any more; the exports go on.');
  const endings = await Promise.all(handles.map((handle) => endingOf(handle, context)));
  const badly = endings.filter(({ reason }) => reason !== 'success');
  const [only] = endings;
  return {
    document: { exports: endings.map(({ document }) => document) },
    text: endings.length === 1 && only ? only.text : endingsTable(endings.map(({ document }) => document)),
    reason: badly[0]?.reason ?? 'success',
    ...(badly.length > 0 && { failure: badly.map(failureText).join('\n') }),
  };
}

async function showAll(handles: ExportHandle[], terminal: Terminal, unwatched: AbortSignal): Promise<void> {
  const { paint } = terminal;
  const watched = handles.map(({ workflowId }): WatchedExport => ({ workflowId, progress: null }));
  const failed = new AbortController();
  const signal = AbortSignal.any([unwatched, failed.signal]);
  const show = (handle: ExportHandle, at: number): Promise<void> =>
    showUntilOver(
      { handle, terminal, signal },
      {
        draw: (progress) => {
          watched[at] = { workflowId: handle.workflowId, progress };
          terminal.draw((columns) => barsText(watched, { columns, paint }));
        },
        line: (progress) => `${handle.workflowId}: ${progressLine(progress)}`,
      },
    );
  try {
    await Promise.all(handles.map(show));
  } finally {
    failed.abort();
    terminal.drawn();
  }
}

interface Ending extends Answer {
  /** As of one export alone; without the fields of a result where there is none. */
  document: Pick<ResultAnswer['document'], 'workflowId' | 'error'> & Partial<ExportJobResult>;
}

/** Also of an export that has no result: what the others came to is not lost for that. */
async function endingOf(handle: ExportHandle, context: CommandContext): Promise<Ending> {
  try {
    return await endingAnswer(handle, context);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    const { workflowId } = handle;
    const { type, message } = error;
    const document = { workflowId, error: { type, message } };
    return { document, text: '', failure: message, reason: exitReasonOf(error) };
  }
}

function failureText({ document, failure }: Ending): string {
  return `${document.workflowId}: ${failure ?? document.outcome ?? 'failed'}`;
}

function endingsTable(documents: Ending['document'][]): string {
  return plainTable(
    { head: ['Workflow id', 'Outcome', 'Days', 'Records', 'Size'] },
    documents.map(({ workflowId, outcome, totals, error }) => {
      if (!totals) return [workflowId, error?.type ?? '', '', '', ''];
      const { days: _, sizeBytes, records, ...outcomes } = totals;
      return [
        workflowId,
        outcome ?? '',
        formatCounts(outcomes),
        formatCount(records),
        formatBytes(sizeBytes),
      ];
    }),
  );
}
