import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { visible } from './visible.ts';

/** Where the command line writes: answers to stdout, everything else to stderr. */
export interface Terminal {
  /** A line on stderr: what is going on. */
  say: (line: string) => void;
  /** The answer for people, on stdout; on stderr where a JSON document is asked for. */
  show: (text: string) => void;
  /** Whether `draw` can redraw, and colours are of use. */
  readonly isLive: boolean;
  /** Redraws `text` in place on stderr; only where `isLive`. */
  draw: (text: string) => void;
  /** Leaves the last drawing standing. */
  drawn: () => void;
  paint: (colour: Colour, text: string) => string;
}

/** The few colours in use. */
export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** A stream of the process, or one that a test reads. */
export type OutputStream = NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'rows'>>;

/** What a terminal is made of. */
export interface TerminalOptions {
  stdout: OutputStream;
  stderr: OutputStream;
  env: NodeJS.ProcessEnv;
  /** Whether stdout is for a JSON document alone. */
  isJson: boolean;
}

/** Colours respect `NO_COLOR`; without a terminal there are neither colours nor redrawing. */
export function createTerminal({ stdout, stderr, env, isJson }: TerminalOptions): Terminal {
  // A terminal that tells no height is none that can be redrawn.
  const isLive = stderr.isTTY === true && (stderr.rows ?? 0) > 0 && env['TERM'] !== 'dumb';
  const isColoured = isLive && stdout.isTTY === true && !env['NO_COLOR'];
  const logUpdate = createLogUpdate(stderr);
  const shown = (text: string): string => visible(text, { colours: isColoured });
  return {
    say: (line) => void stderr.write(`${shown(line)}\n`),
    show: (text) => void (isJson ? stderr : stdout).write(`${shown(text)}\n`),
    isLive,
    draw: (text) => logUpdate(shown(text)),
    drawn: () => logUpdate.done(),
    paint: (colour, text) => (isColoured ? styleText(colour, text) : text),
  };
}
