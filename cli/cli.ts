import { Command } from 'commander';
import { exitCodes, type ExitReason } from './exit-codes.ts';
import { nextCommand } from './next-command.ts';
import type { OutputStream } from './output-stream.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { visibleJson } from './visible.ts';

/** What is outside of the command line. */
export interface Surroundings {
  stdout: OutputStream;
  stderr: OutputStream;
  env: NodeJS.ProcessEnv;
  /** Calls `listener` at the first Ctrl-C or SIGTERM; the next one, or the first without a listener, ends the process. */
  onInterrupt: (listener: () => void) => void;
  /** Calls `listener` once something was written that nobody reads any more, as after `| head`. */
  onUnread: (listener: () => void) => void;
}

/** How a command answers. */
export interface Answer {
  /** For programs: the one JSON document. */
  document: unknown;
  /** For people. */
  text: string;
  /** Said on stderr after the text: why this is no success. */
  failure?: string;
  reason?: ExitReason;
}

/** What a command works with, beside its options. */
export interface CommandContext extends Surroundings {
  terminal: Terminal;
  /** Ends when the person asks to end. Before a command asks for it, that ends the process at once. */
  interruption: () => AbortSignal;
  /** The same, and when nobody reads any more: for those who do nothing but show. */
  inattention: () => AbortSignal;
  isJson: boolean;
  /** Gives the answer now, for a command that goes on afterwards. At most one answer is given. */
  answer: (answer: Answer) => void;
  /** The command of that name about this export, as a person may type it next: called as this one was. */
  next: (name: string, workflowId: string) => string;
}

/** What stood on the command line. Names are in camelCase: `--start-day` is `startDay`. */
export interface CommandOptions {
  /** What follows the command without a name; empty where there is none. */
  argument: string;
  /** All that follows the command without a name. */
  words: string[];
  /** The value of an option; undefined where it was not given. */
  text: (name: string) => string | undefined;
  /** Whether an option without a value was given. */
  has: (name: string) => boolean;
}

/** A command as the program knows it: it keeps the exit code for later. */
export interface Cli {
  surroundings: Surroundings;
  exitCode: number;
}

/**
 * A command with `--json`. What `run` returns is the answer, on stdout: a JSON document on its last line where that
 * is asked for, a text else.
 */
export function createCommand(
  cli: Cli,
  name: string,
  run: (options: CommandOptions, context: CommandContext) => Promise<Answer | undefined>,
): Command {
  return new Command(name)
    .option('--json', 'one JSON document on the last line of stdout, all else on stderr')
    .action(async (...parameters: unknown[]) => {
      const options = readOptions(parameters.at(-1) as Command);
      const isJson = options.has('json');
      const { surroundings } = cli;
      const terminal = createTerminal({ ...surroundings, isJson });
      const interruption = signalBy(surroundings.onInterrupt);
      const unread = signalBy(surroundings.onUnread);
      const inattention = () => AbortSignal.any([interruption(), unread()]);
      const answer = ({ document, text, failure, reason = 'success' }: Answer) => {
        cli.exitCode = exitCodes[reason].code;
        if (text !== '') terminal.show(text);
        if (failure !== undefined) terminal.say(failure);
        if (isJson) surroundings.stdout.write(`${visibleJson(document)}\n`);
      };
      const last = await run(options, {
        ...surroundings,
        terminal,
        interruption,
        inattention,
        isJson,
        answer,
        next: (command, workflowId) => nextCommand({ options, env: surroundings.env }, command, workflowId),
      });
      if (last) answer(last);
      await flushed(surroundings.stdout);
    });
}

/** Listens from the first call on. */
function signalBy(listen: (listener: () => void) => void): () => AbortSignal {
  let signal: AbortSignal | undefined;
  return () => {
    if (signal) return signal;
    const controller = new AbortController();
    listen(() => controller.abort());
    signal = controller.signal;
    return signal;
  };
}

function readOptions(command: Command): CommandOptions {
  const options = command.opts<Record<string, unknown>>();
  return {
    argument: command.args[0] ?? '',
    words: command.args,
    text: (name) => (typeof options[name] === 'string' ? options[name] : undefined),
    has: (name) => options[name] === true,
  };
}

/** A long document into a pipe would be cut where the process ends before it is read. */
async function flushed(stream: OutputStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
