import type { ExportHandle, ObservedProgress } from '../client/index.ts';
import { progressLine, progressText } from './progress-text.ts';
import type { Terminal } from './terminal.ts';
import { visibleLine } from './visible.ts';

/** How an export is shown while it runs. */
export interface ShowOptions {
  handle: ExportHandle;
  terminal: Terminal;
  /** Ends the showing, not the export. */
  signal: AbortSignal;
  intervalMs?: number;
}

/** How it looks. */
export interface Look {
  /** Called for each progress where the terminal can redraw. */
  draw: (progress: ObservedProgress) => void;
  /** What is said elsewhere, where it differs from what was said last. */
  line: (progress: ObservedProgress) => string;
}

/** Shows the progress until the export is over: redrawn in a terminal, a plain line a change else. */
export async function followProgress(options: ShowOptions): Promise<void> {
  const { terminal } = options;
  try {
    await showUntilOver(options, {
      draw: (progress) => terminal.draw((columns) => progressText(progress, terminal.paint, { columns })),
      line: progressLine,
    });
  } finally {
    terminal.drawn();
  }
}

/** The same in a look of the caller's, who ends the drawing. */
export async function showUntilOver(
  { handle, terminal, signal, intervalMs }: ShowOptions,
  { draw, line }: Look,
): Promise<void> {
  let last = '';
  for await (const progress of handle.watch({ signal, ...(intervalMs !== undefined && { intervalMs }) })) {
    if (terminal.isLive) {
      draw(progress);
      continue;
    }
    const said = visibleLine(line(progress));
    if (said !== last) terminal.say(said);
    last = said;
  }
}
