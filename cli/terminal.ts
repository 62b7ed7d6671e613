import { styleText } from 'node:util';
import { wantsColours } from './colours.ts';
import { createLiveArea } from './live-area.ts';
import type { OutputStream } from './output-stream.ts';
import { visible } from './visible.ts';

/** Where the command line writes: answers to stdout, everything else to stderr. */
export interface Terminal {
  /** A line on stderr: what is going on. */
  say: (line: string) => void;
  /** The answer for people, on stdout; on stderr where a JSON document is asked for. */
  show: (text: string) => void;
  /** Whether `draw` can redraw. */
  readonly isLive: boolean;
  /** Redraws a text in place on stderr, in the width that there is; only where `isLive`. */
  draw: (render: (columns: number) => string) => void;
  /** Leaves the last drawing standing. */
  drawn: () => void;
  paint: (colour: Colour, text: string) => string;
}

/** The few colours in use. */
export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** What a terminal is made of. */
export interface TerminalOptions {
  stdout: OutputStream;
  stderr: OutputStream;
  env: NodeJS.ProcessEnv;
  /** Whether stdout is for a JSON document alone. */
  isJson: boolean;
}

/** Without a terminal there is no redrawing, and colours are there only where they are asked for. */
export function createTerminal({ stdout, stderr, env, isJson }: TerminalOptions): Terminal {
  // A terminal that tells no height is none that can be redrawn.
  const isLive = stderr.isTTY === true && (stderr.rows ?? 0) > 0 && env['TERM'] !== 'dumb';
  const isColoured = wantsColours(env, { isTerminal: isLive && stdout.isTTY === true });
  const live = createLiveArea(stderr);
  const shown = (text: string): string => visible(text, { colours: isColoured });
  return {
    say: (line) => void stderr.write(`${shown(line)}\n`),
    show: (text) => void (isJson ? stderr : stdout).write(`${shown(text)}\n`),
    isLive,
    draw: (render) => live.draw((columns) => shown(render(columns))),
    drawn: () => live.end(),
    // Newer versions of Node would judge by the process's own stdout.
    paint: (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text),
  };
}
