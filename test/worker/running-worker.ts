import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeProgram } from '../support/node-program.ts';

/** What a worker process has otherwise. */
export interface WorkerTimes {
  graceTime?: string;
  /** From one question to the next how many exports run. */
  countIntervalMs?: number;
}

/** How a process ended. */
export interface ProcessEnd {
  exitCode: number | null;
  signal: string | null;
}

/** A worker in a process of its own, with the environment that it is given. */
export class WorkerProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(variables: Record<string, string>, { graceTime = '', countIntervalMs }: WorkerTimes = {}) {
    const { path, execArgv } = nodeProgram(new URL('worker-process.ts', import.meta.url));
    const { PATH, HOME } = process.env;
    const times = [graceTime, ...(countIntervalMs === undefined ? [] : [String(countIntervalMs)])];
    this.#child = spawn(process.execPath, [...execArgv, path, ...times], {
      env: { PATH, HOME, ...variables },
      // By the channel it learns of our end, also where somebody kills this process.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    this.ended = once(this.#child, 'close').then(([exitCode, signal]) => ({ exitCode, signal }));
  }

  /** What it printed so far, both streams; whole lines of one may stand between those of the other. */
  output(): string {
    return this.#output;
  }

  /** Waits until it says that it is ready. Throws where it ends before. */
  async ready(): Promise<void> {
    while (!this.#output.includes('The worker is ready')) {
      if (this.#child.exitCode !== null) throw new Error(`no worker: ${this.#output}`);
      await pause(20);
    }
  }

  async end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    this.#child.kill(signal);
    return await this.ended;
  }
}
