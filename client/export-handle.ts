import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { cancelSignal, checkNowSignal, type CancelInput, type ExportJobResult } from '../workflows/api.ts';
import { awaitExport } from './await-export.ts';
import { ExportCancelledError, ExportError } from './export-errors.ts';
import { describeExport, runOf, type FollowedExport, type RunHandle } from './followed-export.ts';
import { observeExport } from './observe-export.ts';
import { exportEnded } from './out-of-reach.ts';
import type { ObservedProgress } from './progress.ts';
import { unlessAborted, type WaitOptions } from './unless-aborted.ts';
import { watchProgress, type WatchOptions } from './watch-progress.ts';

/**
 * What a handle needs.
 *
 * @example
 * ```ts
 * const options: ExportHandleOptions = { client, workflowId, queryTimeoutMs: 1_000 };
 * const progress = await new ExportHandle(options).progress();
 * ```
 */
export interface ExportHandleOptions {
  client: Client;
  workflowId: string;
  /** Pins the handle to one export, where another of the same id may follow. Default: the latest at each call. */
  firstExecutionRunId?: string;
  /** Whether the export was there already when it was asked for. Default false. */
  joined?: boolean;
  /** How long the workflow may take to answer before the server's description is taken, in ms. Default 5000. */
  queryTimeoutMs?: number;
}

/** A worker that is up answers in milliseconds; a person waits for this long without wondering. */
const QUERY_TIMEOUT_MS = 5_000;

/**
 * One export: follow it, cancel it, have its result. Made by `BulkExportsClient`. A handle that a start gave stays
 * with that export, though a later one takes the same id.
 *
 * @example
 * ```ts
 * const handle: ExportHandle = exports.getHandle('bulk-export-Messages-2026-10-01..2026-10-30');
 * for await (const { phase, days } of handle.watch()) console.log(phase, days.done, 'of', days.total);
 * ```
 */
export class ExportHandle {
  /** By which every client finds the export again. */
  readonly workflowId: string;
  /** Whether `startExport` found it, running or at its end, and started nothing. */
  readonly joined: boolean;
  readonly #followed: FollowedExport;

  constructor({
    client,
    workflowId,
    firstExecutionRunId,
    joined = false,
    queryTimeoutMs = QUERY_TIMEOUT_MS,
  }: ExportHandleOptions) {
    this.workflowId = workflowId;
    this.joined = joined;
    this.#followed = { client, workflowId, firstExecutionRunId, queryTimeoutMs };
  }

  /**
   * How far the export is. The workflow's own answer, freshened by the looks that are under way; where no worker
   * answers, what the server knows alone (`source: 'description'`). Works after the end as well.
   *
   * @throws `ExportError` of type `ExportNotFound`.
   *
   * @example
   * ```ts
   * const { phase, days, problems } = await handle.progress();
   * ```
   */
  async progress(): Promise<ObservedProgress> {
    return observeExport(this.#followed, undefined);
  }

  /**
   * The progress now and whenever it differs, until the export is over; its end is the last of them. After the first
   * it waits through times when Temporal can not be reached.
   *
   * @throws `ExportError` of type `ExportNotFound`.
   *
   * @example
   * ```ts
   * for await (const { phase, days } of handle.watch()) console.log(phase, days.done, 'of', days.total);
   * ```
   */
  watch(options: WatchOptions = {}): AsyncGenerator<ObservedProgress, void> {
    const observe = (round?: AbortSignal) => observeExport(this.#followed, round);
    return watchProgress(() => unlessAborted(this.#followed.client, options.signal, observe), options);
  }

  /**
   * Asks the export to stop, to clean up at Twilio and to leave its receipt. Returns when the wish is recorded;
   * `result()` then throws `ExportCancelledError` with the receipt. Repeating it changes nothing.
   *
   * @throws `ExportError` of type `ExportNotFound`, or `ExportEnded` where there is nothing left to cancel.
   *
   * @example
   * ```ts
   * await handle.cancel({ reason: 'wrong month' });
   * ```
   */
  async cancel(input: CancelInput = {}): Promise<void> {
    await this.#tell((run) => run.signal(cancelSignal, input));
  }

  /**
   * Asks the export to stop, and waits for its receipt: the result, with outcome `cancelled`, the fate of each job at
   * Twilio and the days that were downloaded before. A cancel that comes too late changes nothing: then the receipt is
   * how the export ended, now or long ago.
   *
   * @throws what `result()` throws, except `ExportCancelledError` with a receipt.
   *
   * @example
   * ```ts
   * const { outcome, jobs } = await handle.cancelAndWait({ reason: 'wrong month' });
   * ```
   */
  async cancelAndWait(input: CancelInput = {}, options: WaitOptions = {}): Promise<ExportJobResult> {
    try {
      await this.cancel(input);
    } catch (error) {
      if (!(error instanceof ExportError) || error.type !== 'ExportEnded') throw error;
    }
    try {
      return await this.result(options);
    } catch (error) {
      if (error instanceof ExportCancelledError && error.result) return error.result;
      throw error;
    }
  }

  /**
   * Asks the export to look at Twilio now, not when the next look is due.
   *
   * @throws `ExportError` of type `ExportNotFound` or `ExportEnded`.
   *
   * @example
   * ```ts
   * await handle.checkNow();
   * ```
   */
  async checkNow(): Promise<void> {
    await this.#tell((run) => run.signal(checkNowSignal));
  }

  /**
   * Waits for the end, however long that takes, also while Temporal can not be reached, and through a reset.
   *
   * @returns an outcome `complete`, or `incomplete` where the input allows it.
   * @throws `ExportIncompleteError`, `ExportCancelledError`, `ExportRejectedError`,
   * `AuthenticationRejectedError`, `StorageRejectedError`, `InvalidInputError`, `ExportTimedOutError`; `ExportError`
   * of type `ExportNotFound`, `ExportTerminated` or `ExportFailed`; the SDK's `ServiceError` where Temporal can not be
   * reached to begin with. After the signal's abort, its reason; the export goes on.
   *
   * @example
   * ```ts
   * const { outcome, totals, manifest } = await handle.result({ signal: AbortSignal.timeout(60_000) });
   * ```
   */
  async result({ signal }: WaitOptions = {}): Promise<ExportJobResult> {
    const { client } = this.#followed;
    const description = await unlessAborted(client, signal, () => this.describe());
    return unlessAborted(client, signal, (round) => awaitExport(this.#followed, description, round));
  }

  /**
   * Temporal's own description of the workflow: status, run id, times. Needs no worker.
   *
   * @throws `ExportError` of type `ExportNotFound`, also where the workflow of this id is no export.
   *
   * @example
   * ```ts
   * const { status, runId, startTime } = await handle.describe();
   * ```
   */
  async describe(): Promise<WorkflowExecutionDescription> {
    return describeExport(this.#followed);
  }

  /** Signals the current run. A run that Continue-As-New ended a moment ago has a successor, which is told instead. */
  async #tell(signal: (run: RunHandle) => Promise<void>): Promise<void> {
    const { runId, closeTime } = await this.describe();
    try {
      await signal(runOf(this.#followed, runId));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      if (closeTime) throw exportEnded(this.workflowId, error);
      await this.#tell(signal);
    }
  }
}
