/** A worker in a process of its own, for the tests of what such a process shows. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { type Metric, parseMetrics } from '../support/prometheus-text.ts';

/** A worker process that shows its metrics to Prometheus, unless its variables say otherwise. */
export class MeasuredWorker {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  private constructor(address: string, variables: Record<string, string>) {
    this.address = address;
    const program = fileURLToPath(new URL('worker-process.ts', import.meta.url));
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, BULK_EXPORTS_METRICS_ADDRESS: address, ...variables };
    this.#child = spawn(process.execPath, ['--import', 'tsx', program, '1 second', '100'], {
      env,
      // By the channel it learns of our end, also where somebody kills this process.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#ended = once(this.#child, 'close');
  }

  /** Starts one, and waits until it is ready. */
  static async start(variables: Record<string, string>): Promise<MeasuredWorker> {
    const worker = new MeasuredWorker(`127.0.0.1:${await freePort()}`, variables);
    while (!worker.#output.includes('The worker is ready')) {
      if (worker.#child.exitCode !== null) throw new Error(`no worker: ${worker.#output}`);
      await pause(20);
    }
    return worker;
  }

  /** What it shows now. */
  async metrics(): Promise<Map<string, Metric>> {
    const response = await fetch(`http://${this.address}/metrics`);
    return parseMetrics(await response.text());
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
