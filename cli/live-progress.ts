import type { ExportHandle } from '../client/index.ts';
import { progressLine, progressText } from './progress-text.ts';
import type { Terminal } from './terminal.ts';

/** How the progress is followed. */
export interface FollowOptions {
  handle: ExportHandle;
  terminal: Terminal;
  /** Ends the following, not the export. */
  signal: AbortSignal;
  intervalMs?: number;
}

/** Shows the progress until the export is over: redrawn in a terminal, a plain line a change else. */
export async function followProgress({ handle, terminal, signal, intervalMs }: FollowOptions): Promise<void> {
  const watching = handle.watch({ signal, ...(intervalMs !== undefined && { intervalMs }) });
  let last = '';
  for await (const progress of watching) {
    if (terminal.isLive) {
      terminal.draw((columns) => progressText(progress, terminal.paint, { columns }));
      continue;
    }
    const line = progressLine(progress);
    if (line !== last) terminal.say(line);
    last = line;
  }
  terminal.drawn();
}
