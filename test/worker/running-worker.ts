import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A worker in a process of its own, with the environment that it is given. */
export class WorkerProcess {
  readonly ended: Promise<{ exitCode: number | null; signal: string | null }>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(variables: Record<string, string>, graceTime?: string) {
    const program = fileURLToPath(new URL('worker-process.ts', import.meta.url));
    const { PATH, HOME } = process.env;
    const args = ['--import', 'tsx', program].concat(graceTime ?? []);
    this.#child = spawn(process.execPath, args, { env: { PATH, HOME, ...variables } });
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

  async end(signal: NodeJS.Signals): Promise<{ exitCode: number | null; signal: string | null }> {
    this.#child.kill(signal);
    return await this.ended;
  }
}
