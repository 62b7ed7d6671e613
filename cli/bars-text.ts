/** How several exports look while they run: a bar each, and one for all of them. */
import type { ObservedProgress } from '../client/index.ts';
import { bar, BAR_MAXIMUM, BAR_MINIMUM } from './bar.ts';
import { beginningOf, columnsOf, endOf } from './letters.ts';
import { phaseText } from './phase-text.ts';
import type { Terminal } from './terminal.ts';
import { visibleLine } from './visible.ts';

/** An export and how far it is; null before the first answer. */
export interface WatchedExport {
  workflowId: string;
  progress: ObservedProgress | null;
}

/** A line each, with its first problem below it, and a line for all of them. No line is wider than the terminal. */
export function barsText(
  exports: WatchedExport[],
  { columns, paint }: { columns: number; paint: Terminal['paint'] },
): string {
  const rows = exports.map(rowOf);
  const all = rows.length > 1 ? [...rows, totalOf(rows)] : rows;
  const widths = widthsOf(all, columns);
  return all.map((row) => rowText(row, widths, paint) + problemText(row.problems, columns, paint)).join('\n');
}

interface Row {
  name: string;
  done: number;
  total: number;
  /** `12/30`. */
  count: string;
  phase: string;
  problems: string[];
}

function rowOf({ workflowId, progress }: WatchedExport): Row {
  const name = visibleLine(workflowId.replace(/^bulk-export-/, ''));
  if (!progress) return { name, done: 0, total: 0, count: '?/?', phase: '…', problems: [] };
  const { done, total } = progress.days;
  return {
    name,
    done: done ?? 0,
    total: total ?? 0,
    count: `${done ?? '?'}/${total ?? '?'}`,
    phase: progress.phase ?? 'running',
    problems: progress.problems.map(({ problem }) => visibleLine(problem)),
  };
}

function totalOf(rows: Row[]): Row {
  const done = rows.reduce((sum, row) => sum + row.done, 0);
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  return { name: 'Total', done, total, count: `${done}/${total}`, phase: '', problems: [] };
}

/** In columns; what has none is not shown. */
type Widths = Record<'name' | 'bar' | 'count' | 'phase', number>;

/** As much of a name as tells its exports apart. */
const NAME_MINIMUM = 16;

/** The narrower the terminal, the shorter the bars and the names; then the phase goes, then the bars. */
function widthsOf(rows: Row[], columns: number): Widths {
  const widest = (field: 'name' | 'count' | 'phase') => Math.max(...rows.map((row) => columnsOf(row[field])));
  const name = widest('name');
  const count = widest('count');
  const beside = columns - count - 1;
  for (const phase of [widest('phase'), 0]) {
    const left = beside - 1 - (phase > 0 ? phase + 1 : 0);
    if (left < Math.min(name, NAME_MINIMUM) + BAR_MINIMUM) continue;
    const nameWidth = Math.min(name, left - BAR_MINIMUM);
    return { name: nameWidth, bar: Math.min(BAR_MAXIMUM, left - nameWidth), count, phase };
  }
  return { name: Math.max(0, Math.min(name, beside)), bar: 0, count, phase: 0 };
}

function rowText(row: Row, widths: Widths, paint: Terminal['paint']): string {
  return [
    shorten(row.name, widths.name),
    bar(row, widths.bar),
    row.count.padStart(widths.count),
    widths.phase > 0 ? phaseText(row.phase, paint) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** On a line of its own. */
function problemText(problems: string[], columns: number, paint: Terminal['paint']): string {
  const [first] = problems;
  if (first === undefined) return '';
  const more = problems.length > 1 ? ` (+${problems.length - 1})` : '';
  const whole = `  ! ${first}`;
  const room = Math.max(1, columns - more.length);
  const text = columnsOf(whole) > room ? `${beginningOf(whole, room - 1)}…` : whole;
  return `\n${paint('yellow', `${text}${more}`)}`;
}

/** With an ellipsis in the middle, as names of exports differ at their beginning and at their end; or with blanks. */
function shorten(name: string, width: number): string {
  if (width === 0) return '';
  const tail = Math.floor((width - 1) / 2);
  const shown =
    columnsOf(name) <= width ? name : `${beginningOf(name, width - 1 - tail)}…${endOf(name, tail)}`;
  return `${shown}${' '.repeat(width - columnsOf(shown))}`;
}
