import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { runCommandLine } from '../../cli/program.ts';
import { nodeProgram, type NodeProgram } from '../support/node-program.ts';

/** How a command line ended. */
export interface CliEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Where and with what a command line runs. */
export interface CliSurroundings {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs the real command line in a process of its own, to its end. */
export async function runCli(words: string[], surroundings: CliSurroundings = {}): Promise<CliEnd> {
  return startCli(words, surroundings).ended;
}

/** Runs several command lines of one word each in another process. They share it, as its start takes longest. */
export async function runEach(
  words: string[],
  surroundings: CliSurroundings,
): Promise<Record<string, CliEnd>> {
  const { stdout, stderr } = await start(EACH_COMMAND, words, surroundings).ended;
  if (stdout === '') throw new Error(`expected the ends of ${words.join(', ')}, got none: ${stderr}`);
  return JSON.parse(stdout) as Record<string, CliEnd>;
}

/** A command line in a process of its own, while it runs. */
export function startCli(words: string[], surroundings: CliSurroundings = {}): RunningCli {
  return start(MAIN, words, surroundings);
}

interface RunningCli {
  child: ChildProcess;
  ended: Promise<CliEnd>;
  stdoutHas: (pattern: RegExp) => Promise<RegExpExecArray>;
}

function start(program: NodeProgram, words: string[], { cwd, env }: CliSurroundings): RunningCli {
  const child = spawn(process.execPath, [...program.execArgv, program.path, ...words], {
    // Neither Temporal's configuration of this machine nor its own: only what a test says.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_CONFIG_HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => ({
    code: code ?? null,
    stdout,
    stderr,
  }));
  const stdoutHas = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(stdout);
      if (found) return found;
      const more = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
      if (!more && !pattern.test(stdout))
        throw new Error(`ended without ${String(pattern)}: ${stdout}${stderr}`);
    }
  };
  return { child, ended, stdoutHas };
}

/**
 * Runs a command line in this process: what `main.ts` does, for what needs no process of its own.
 *
 * @param interruptAt Ctrl-C is pressed as soon as stderr has this.
 * @param size of the terminal that both streams are; without it they are none.
 */
export async function runCliHere(
  words: string[],
  env: Record<string, string> = {},
  interruptAt?: RegExp,
  size?: { columns: number; rows: number },
): Promise<CliEnd> {
  const listeners: (() => void)[] = [];
  const stdout = collect();
  const stderr = collect((text) => {
    if (interruptAt?.test(text)) for (const listener of listeners) listener();
  });
  if (size) for (const { stream } of [stdout, stderr]) Object.assign(stream, { isTTY: true, ...size });
  const code = await runCommandLine(words, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { XDG_CONFIG_HOME: '/nowhere', ...env },
    onInterrupt: (listener) => listeners.push(listener),
    onUnread: () => {},
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(onText?: (text: string) => void): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      onText?.(text);
      done();
    },
  });
  return { stream, text: () => text };
}

/** The JSON document on the last line of stdout. */
export function lastDocument({ stdout }: Pick<CliEnd, 'stdout'>): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

const MAIN = nodeProgram(new URL('../../cli/main.ts', import.meta.url));
const EACH_COMMAND = nodeProgram(new URL('each-command.ts', import.meta.url));
