import type { Client } from '@temporalio/client';
import { DEFAULT_TASK_QUEUE, type ExportJobInput, type ExportJobResult } from '../workflows/api.ts';
import { ExportHandle } from './export-handle.ts';
import { ExportStarter, type StartExportOptions } from './export-starter.ts';
import { listExports, type ListedExport, type ListExportsOptions } from './list-exports.ts';
import type { WaitOptions } from './unless-aborted.ts';

/**
 * What the client needs.
 *
 * @example
 * ```ts
 * const options: BulkExportsClientOptions = { client, taskQueue: 'exports-of-emea' };
 * const exports = new BulkExportsClient(options);
 * ```
 */
export interface BulkExportsClientOptions {
  /** The SDK's client: its connection, namespace, data converter and interceptors are used. */
  client: Client;
  /** Where the workers listen. Default `bulk-exports`. */
  taskQueue?: string;
}

/**
 * Starts exports and finds them again.
 *
 * @example
 * ```ts
 * const exports = new BulkExportsClient({ client });
 * const handle = await exports.startExport({
 *   resourceType: 'Messages',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 * });
 * const { days, manifest } = await handle.result();
 * ```
 */
export class BulkExportsClient {
  readonly #client: Client;
  readonly #starter: ExportStarter;

  constructor({ client, taskQueue = DEFAULT_TASK_QUEUE }: BulkExportsClientOptions) {
    this.#client = client;
    this.#starter = new ExportStarter({ client, taskQueue });
  }

  /**
   * Starts an export. The same request again, while it runs, is the same export: then the handle is `joined`. What
   * is done where one has ended, `ifFinished` says.
   *
   * @throws `InvalidInputError` naming every fault, before anything starts; `ExportConflictError` where an export of
   * this id runs with another input, or has ended and is neither to be joined nor to be started again.
   *
   * @example
   * ```ts
   * // May be repeated until every day is there: a complete export is not made again.
   * const handle = await exports.startExport(input, { ifFinished: 'joinIfComplete' });
   * ```
   */
  async startExport(input: ExportJobInput, options: StartExportOptions = {}): Promise<ExportHandle> {
    return this.#starter.start(input, options);
  }

  /**
   * Starts an export as `startExport` does, and waits for its end as `ExportHandle.result` does.
   *
   * @throws what these two throw. After the signal's abort, its reason; what was started goes on.
   *
   * @example
   * ```ts
   * const { totals } = await exports.runExport(input, { signal: AbortSignal.timeout(3_600_000) });
   * ```
   */
  async runExport(
    input: ExportJobInput,
    { signal, ...options }: StartExportOptions & WaitOptions = {},
  ): Promise<ExportJobResult> {
    signal?.throwIfAborted();
    const handle = await this.startExport(input, options);
    return handle.result(signal ? { signal } : {});
  }

  /**
   * The export of this workflow id; the latest, where there were several. Asks nothing.
   *
   * @example
   * ```ts
   * const { phase } = await exports.getHandle('bulk-export-Messages-2026-10-01..2026-10-30').progress();
   * ```
   */
  getHandle(workflowId: string): ExportHandle {
    return new ExportHandle({ client: this.#client, workflowId });
  }

  /**
   * The exports that the namespace remembers: first those that run, then those that ended last. The list follows the
   * truth by a moment.
   *
   * @throws `SearchAttributeMissingError` for a filter by what the namespace has not registered; `RangeError` for an
   * option that can not be; the SDK's `ServiceError` for a `query` that Temporal does not understand.
   *
   * @example
   * ```ts
   * for await (const { workflowId, phase } of exports.list({ status: 'RUNNING', account: 'east', limit: 20 }))
   *   console.log(workflowId, phase);
   * ```
   */
  list(options: ListExportsOptions = {}): AsyncIterable<ListedExport> {
    return listExports(this.#client, options);
  }
}
