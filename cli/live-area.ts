import { createLogUpdate } from 'log-update';
import { columnsOf } from './letters.ts';
import { USUAL_COLUMNS, type OutputStream } from './output-stream.ts';

/** A text at the end of a terminal that is redrawn in place, also when somebody changes the window's size. */
export interface LiveArea {
  /** `render` is called again with the new width when that changes. */
  draw: (render: (columns: number) => string) => void;
  /** Leaves the last drawing standing. */
  end: () => void;
}

/** A live area on a stream that is a terminal. */
export function createLiveArea(stream: OutputStream): LiveArea {
  const logUpdate = createLogUpdate(stream);
  let render: ((columns: number) => string) | undefined;
  let drawn = { text: '', columns: 0 };

  const redraw = () => {
    const columns = stream.columns ?? USUAL_COLUMNS;
    drawn = { text: render?.(columns) ?? '', columns };
    logUpdate(drawn.text);
  };
  const redrawInNewSize = () => {
    const columns = stream.columns ?? USUAL_COLUMNS;
    if (columns === drawn.columns) return;
    // The terminal has broken the lines of the drawing anew, which log-update does not know.
    stream.write(eraseRows(rowsOf(drawn, columns) + 1));
    logUpdate.done();
    redraw();
  };
  return {
    draw: (next) => {
      if (!render) stream.on('resize', redrawInNewSize);
      render = next;
      redraw();
    },
    end: () => {
      stream.off('resize', redrawInNewSize);
      render = undefined;
      logUpdate.done();
    },
  };
}

/** How many rows a drawing takes after the width has changed: each of its rows is broken anew, none are joined. */
function rowsOf(drawn: { text: string; columns: number }, columns: number): number {
  const inRows = (width: number) => Math.max(1, Math.ceil(width / columns));
  return drawn.text.split('\n').reduce((rows, line) => {
    const width = columnsOf(line.replaceAll(COLOUR, ''));
    const whole = Math.floor(width / drawn.columns);
    const rest = width - whole * drawn.columns;
    return rows + whole * inRows(drawn.columns) + (rest > 0 || whole === 0 ? inRows(rest) : 0);
  }, 0);
}

const ESCAPE = '\u001B';
const COLOUR = new RegExp(String.raw`${ESCAPE}\[\d+m`, 'g');

/** This row and those above it, so many in all. */
function eraseRows(count: number): string {
  const eraseRow = `${ESCAPE}[2K`;
  return `${eraseRow}${`${ESCAPE}[1A${eraseRow}`.repeat(count - 1)}${ESCAPE}[G`;
}
