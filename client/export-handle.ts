import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  cancelSignal,
  checkNowSignal,
  progressQuery,
  type CancelInput,
  type ExportJobInput,
  type ExportJobResult,
  type ExportProgress,
} from '../workflows/api.ts';
import { describedProgress, endedProgress, type Ending } from './described-progress.ts';
import { completedResult, failedEnding } from './export-ending.ts';
import { ExportError } from './export-errors.ts';
import { readPendingLooks } from './pending-looks.ts';
import { mergeProgress, type ObservedProgress } from './progress.ts';
import { readStartInput } from './start-input.ts';
import { watchProgress, type WatchOptions } from './watch-progress.ts';

type ExportJobWorkflow = (input: ExportJobInput) => Promise<ExportJobResult>;

/** What a handle needs. */
export interface ExportHandleOptions {
  client: Client;
  workflowId: string;
  /** Pins the result to one export, where another of the same id may follow. Default: the latest. */
  firstExecutionRunId?: string;
  /** How long the workflow may take to answer before the server's description is taken. Default 5000. */
  queryTimeoutMs?: number;
}

/** A worker that is up answers in milliseconds; a person waits for this long without wondering. */
const QUERY_TIMEOUT_MS = 5_000;

/** One export: follow it, cancel it, have its result. Made by `BulkExportsClient`. */
export class ExportHandle {
  /** By which every client finds the export again. */
  readonly workflowId: string;
  readonly #client: Client;
  readonly #workflow: WorkflowHandle<ExportJobWorkflow>;
  readonly #queryTimeoutMs: number;

  constructor({
    client,
    workflowId,
    firstExecutionRunId,
    queryTimeoutMs = QUERY_TIMEOUT_MS,
  }: ExportHandleOptions) {
    this.workflowId = workflowId;
    this.#client = client;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#workflow = client.workflow.getHandle<ExportJobWorkflow>(workflowId, undefined, {
      ...(firstExecutionRunId !== undefined && { firstExecutionRunId }),
    });
  }

  /**
   * How far the export is. The workflow's own answer, freshened by the looks that are under way; where no worker
   * answers, what the server knows alone (`source: 'description'`). Works after the end as well.
   *
   * @throws `ExportError` of type `ExportNotFound`.
   */
  async progress(): Promise<ObservedProgress> {
    const [answer, description] = await Promise.all([this.#ask(), this.describe()]);
    const looks = await readPendingLooks(this.#client, description);
    if (!description.closeTime && answer) return mergeProgress(this.workflowId, answer, looks);

    const ending = description.closeTime ? await this.#ending() : {};
    // The answer may be older than the description: once the export is over, there is a last one.
    const lastAnswer = description.closeTime && answer ? await this.#ask() : answer;
    if (lastAnswer)
      return endedProgress(mergeProgress(this.workflowId, lastAnswer, looks), description, ending);
    const input = await readStartInput(this.#client, {
      workflowId: this.workflowId,
      runId: description.runId,
    });
    return describedProgress(description, input, looks, ending);
  }

  /**
   * The progress now and whenever it differs, until the export is over; its end is the last of them.
   *
   * @throws `ExportError` of type `ExportNotFound`.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<ObservedProgress, void> {
    return watchProgress(() => this.progress(), options);
  }

  /**
   * Asks the export to stop, to clean up at Twilio and to leave its receipt. Returns when the wish is recorded;
   * `result()` then throws `ExportCancelledError` with the receipt. Repeating it changes nothing.
   *
   * @throws `ExportError` of type `ExportNotFound`, or `ExportEnded` where there is nothing left to cancel.
   */
  async cancel(input: CancelInput = {}): Promise<void> {
    await this.#named(() => this.#workflow.signal(cancelSignal, input));
  }

  /**
   * Asks the export to look at Twilio now, not when the next look is due.
   *
   * @throws `ExportError` of type `ExportNotFound` or `ExportEnded`.
   */
  async checkNow(): Promise<void> {
    await this.#named(() => this.#workflow.signal(checkNowSignal));
  }

  /**
   * Waits for the end, however long that takes.
   *
   * @returns an outcome `complete`, or `incomplete` where the input allows it.
   * @throws `ExportIncompleteError`, `ExportCancelledError`, `ExportRejectedError`,
   * `AuthenticationRejectedError`, `StorageRejectedError`, `InvalidInputError`, `ExportTimedOutError`; `ExportError`
   * of type `ExportNotFound`, `ExportTerminated` or `ExportFailed`.
   */
  async result(): Promise<ExportJobResult> {
    try {
      return completedResult(this.workflowId, await this.#workflow.result());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw this.#notFound(error);
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw await failedEnding(this.workflowId, error, async () => (await this.#ask())?.result ?? null);
    }
  }

  /**
   * Temporal's own description of the workflow: status, run id, times. Needs no worker.
   *
   * @throws `ExportError` of type `ExportNotFound`.
   */
  async describe(): Promise<WorkflowExecutionDescription> {
    return this.#named(() => this.#workflow.describe());
  }

  /** The answer of the workflow; null where no worker gives one. The server itself is judged by `describe`. */
  async #ask(): Promise<ExportProgress | null> {
    const deadline = Date.now() + this.#queryTimeoutMs;
    try {
      return await this.#client.connection.withDeadline(deadline, () => this.#workflow.query(progressQuery));
    } catch {
      return null;
    }
  }

  async #ending(): Promise<Ending> {
    try {
      return { result: await this.#workflow.result() };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { result, type, message } = await failedEnding(this.workflowId, error, () =>
        Promise.resolve(null),
      );
      // A cancel is how a person wanted it, no problem; its receipt is in the workflow's own answer.
      return type === 'ExportCancelled' ? { type } : { ...(result && { result }), type, message };
    }
  }

  async #named<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      if (!error.message.includes('already completed')) throw this.#notFound(error);
      throw new ExportError('ExportEnded', {
        workflowId: this.workflowId,
        message: `The export is over and takes no signal any more [${this.workflowId}]. Its result is still there.`,
        cause: error,
      });
    }
  }

  #notFound(cause: Error): ExportError {
    return new ExportError('ExportNotFound', {
      workflowId: this.workflowId,
      message:
        `There is no export of this id [${this.workflowId}, namespace ${this.#client.options.namespace}]. ` +
        'Check the id and the namespace; after its retention time a namespace forgets an export that is over.',
      cause,
    });
  }
}
