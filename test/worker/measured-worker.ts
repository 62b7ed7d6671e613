import { freePort } from '../support/free-port.ts';
import { type Metric, parseMetrics } from '../support/prometheus-text.ts';
import { WorkerProcess } from './running-worker.ts';

/** A worker process that shows its metrics to Prometheus, unless its variables say otherwise. */
export class MeasuredWorker extends WorkerProcess {
  readonly address: string;

  private constructor(address: string, variables: Record<string, string>) {
    const times = { graceTime: '1 second', countIntervalMs: 100 };
    super({ BULK_EXPORTS_METRICS_ADDRESS: address, ...variables }, times);
    this.address = address;
  }

  /** Starts one, and waits until it is ready. */
  static async start(variables: Record<string, string>): Promise<MeasuredWorker> {
    const worker = new MeasuredWorker(`127.0.0.1:${await freePort()}`, variables);
    await worker.ready();
    return worker;
  }

  /** What it shows now. */
  async metrics(): Promise<Map<string, Metric>> {
    const response = await fetch(`http://${this.address}/metrics`);
    return parseMetrics(await response.text());
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }
}
