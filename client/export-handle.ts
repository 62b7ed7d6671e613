import {
  TerminatedFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  cancelSignal,
  checkNowSignal,
  EXPORT_JOB_WORKFLOW_TYPE,
  progressQuery,
  type CancelInput,
  type ExportJobInput,
  type ExportJobResult,
  type ExportProgress,
} from '../workflows/api.ts';
import { describedProgress, endedProgress, type Ending } from './described-progress.ts';
import { completedResult, failedEnding } from './export-ending.ts';
import { ExportCancelledError, ExportError } from './export-errors.ts';
import { exportEnded, exportNotFound, otherWorkflow } from './out-of-reach.ts';
import { throughOutages } from './outages.ts';
import { readPendingLooks } from './pending-looks.ts';
import { isOver, mergeProgress, type ObservedProgress } from './progress.ts';
import { describeCurrentRun, firstRunIdOf } from './run-chain.ts';
import { readStartInput } from './start-input.ts';
import { unlessAborted, type WaitOptions } from './unless-aborted.ts';
import { watchProgress, type WatchOptions } from './watch-progress.ts';

type ExportJobWorkflow = (input: ExportJobInput) => Promise<ExportJobResult>;

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
  readonly #client: Client;
  readonly #firstExecutionRunId: string | undefined;
  readonly #queryTimeoutMs: number;

  constructor({
    client,
    workflowId,
    firstExecutionRunId,
    joined = false,
    queryTimeoutMs = QUERY_TIMEOUT_MS,
  }: ExportHandleOptions) {
    this.workflowId = workflowId;
    this.joined = joined;
    this.#client = client;
    this.#firstExecutionRunId = firstExecutionRunId;
    this.#queryTimeoutMs = queryTimeoutMs;
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
    return this.#progressUnless(undefined);
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
    const ask = () => unlessAborted(this.#client, options.signal, (round) => this.#progressUnless(round));
    return watchProgress(ask, options);
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
    const description = await unlessAborted(this.#client, signal, () => this.describe());
    return unlessAborted(this.#client, signal, (round) => this.#resultFrom(description, round));
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
    const { workflowId } = this;
    const { namespace } = this.#client.options;
    const chain = { workflowId, firstExecutionRunId: this.#firstExecutionRunId };
    const description = await describeCurrentRun(this.#client, chain).catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? exportNotFound(workflowId, namespace, error) : error;
    });
    if (description.type === EXPORT_JOB_WORKFLOW_TYPE) return description;
    throw otherWorkflow(workflowId, namespace, description.type);
  }

  /** Once the signal is aborted, nothing more is asked. */
  async #progressUnless(signal: AbortSignal | undefined): Promise<ObservedProgress> {
    const described = await this.describe();
    const run = this.#run(described.runId);
    const answer = await this.#ask(run);
    signal?.throwIfAborted();
    // What has ended since it was described is described again: how it ended, the workflow itself may not know.
    const hasEnded = answer !== null && isOver(answer) && !described.closeTime;
    const description = hasEnded ? await run.describe() : described;
    const [looks, ending] = await Promise.all([
      readPendingLooks(this.#client, description),
      description.closeTime ? this.#endingOf(run) : {},
    ]);
    signal?.throwIfAborted();
    if (answer) {
      const progress = mergeProgress(this.workflowId, answer, looks);
      return description.closeTime ? endedProgress(progress, description, ending) : progress;
    }
    const { workflowId } = this;
    const input = await readStartInput(this.#client, { workflowId, runId: description.runId });
    return describedProgress(description, input, looks, ending);
  }

  async #resultFrom(
    description: WorkflowExecutionDescription,
    signal: AbortSignal | undefined,
  ): Promise<ExportJobResult> {
    const { workflowId } = this;
    try {
      const result = await throughOutages(() => this.#run(description.runId).result(), signal);
      return completedResult(workflowId, result);
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const chain = { workflowId, firstExecutionRunId: firstRunIdOf(description) };
      const current = await throughOutages(() => describeCurrentRun(this.#client, chain), signal);
      // A reset terminates a run, and the export goes on in another one.
      if (error.cause instanceof TerminatedFailure && current.runId !== description.runId)
        return this.#resultFrom(current, signal);
      throw await failedEnding(
        workflowId,
        error,
        async () => (await this.#ask(this.#run(current.runId)))?.result ?? null,
      );
    }
  }

  #run(runId: string): WorkflowHandle<ExportJobWorkflow> {
    return this.#client.workflow.getHandle<ExportJobWorkflow>(this.workflowId, runId);
  }

  /** The answer of the workflow; null where no worker gives one. The server itself is judged by `describe`. */
  async #ask(run: WorkflowHandle<ExportJobWorkflow>): Promise<ExportProgress | null> {
    const deadline = Date.now() + this.#queryTimeoutMs;
    try {
      return await this.#client.connection.withDeadline(deadline, () => run.query(progressQuery));
    } catch {
      return null;
    }
  }

  async #endingOf(run: WorkflowHandle<ExportJobWorkflow>): Promise<Ending> {
    try {
      return { result: await run.result() };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { result, type, message } = await failedEnding(this.workflowId, error, () =>
        Promise.resolve(null),
      );
      // A cancel is how a person wanted it, no problem; its receipt is in the workflow's own answer.
      return type === 'ExportCancelled' ? { type } : { ...(result && { result }), type, message };
    }
  }

  /** Signals the current run. A run that Continue-As-New ended a moment ago has a successor, which is told instead. */
  async #tell(signal: (run: WorkflowHandle<ExportJobWorkflow>) => Promise<void>): Promise<void> {
    const { runId, closeTime } = await this.describe();
    try {
      await signal(this.#run(runId));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      if (closeTime) throw exportEnded(this.workflowId, error);
      await this.#tell(signal);
    }
  }
}
