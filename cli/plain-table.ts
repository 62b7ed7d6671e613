import Table from 'cli-table3';
import { visibleLine } from './visible.ts';

/** A table with columns apart by blanks alone: easy on the eyes, and on `awk`. */
export function plainTable(options: Table.TableConstructorOptions, rows: (string | number)[][]): string {
  const table = new Table({ ...options, chars: NO_LINES, style: STYLE });
  table.push(...rows.map((cells) => cells.map((cell) => visibleLine(String(cell)))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

const STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 2 };
