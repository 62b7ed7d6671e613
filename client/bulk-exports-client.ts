import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { DEFAULT_TASK_QUEUE, EXPORT_JOB_WORKFLOW_TYPE, type ExportJobInput } from '../workflows/api.ts';
import { checkExportInput, type CheckedInput } from './check-input.ts';
import { ExportConflictError } from './export-errors.ts';
import { ExportHandle } from './export-handle.ts';
import { differencesToRunning } from './input-difference.ts';
import { firstRunIdOf } from './run-chain.ts';
import { readStartInput } from './start-input.ts';
import {
  describeAtStart,
  initialSearchAttributes,
  refusedSearchAttribute,
  type ExportMemo,
} from './start-options.ts';

/** What the client needs. */
export interface BulkExportsClientOptions {
  /** The SDK's client: its connection, namespace, data converter and interceptors are used. */
  client: Client;
  /** Where the workers listen. Default `bulk-exports`. */
  taskQueue?: string;
}

/** How an export is started. */
export interface StartExportOptions {
  /** Default `bulk-export-{resourceType}-{startDay}..{endDay}`, with account and destination where named. */
  workflowId?: string;
}

/** Which exports are listed. */
export interface ListExportsOptions {
  /** A filter of Temporal's, `ExecutionStatus = 'Running'` for example. Default: all that the namespace remembers. */
  query?: string;
}

/** One export in a list. */
export interface ListedExport {
  workflowId: string;
  runId: string;
  status: WorkflowExecutionInfo['status']['name'];
  /** Where a long export went on in a new run, that run's. */
  startedAt: string;
  /** Null while it runs. */
  endedAt: string | null;
  /** What was asked for; empty where another program started it. */
  request: Partial<ExportMemo>;
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
  readonly #taskQueue: string;
  /** Those that the namespace was seen to lack: an export needs no search attributes, a namespace need not have them. */
  readonly #unknownAttributes = new Set<string>();

  constructor({ client, taskQueue = DEFAULT_TASK_QUEUE }: BulkExportsClientOptions) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /**
   * Starts an export. The same request again, while it runs, is the same export: then the handle is `joined`.
   *
   * @throws `InvalidInputError` naming every fault, before anything starts; `ExportConflictError` where an export of
   * this id runs with another input.
   */
  async startExport(input: ExportJobInput, options: StartExportOptions = {}): Promise<ExportHandle> {
    return this.#startOrJoin(input, checkExportInput(input, options.workflowId), MAXIMUM_STARTS);
  }

  /** The export of this workflow id; the latest, where there were several. Asks nothing. */
  getHandle(workflowId: string): ExportHandle {
    return new ExportHandle({ client: this.#client, workflowId });
  }

  /** The exports that the namespace remembers, the latest first. */
  async *list({ query }: ListExportsOptions = {}): AsyncIterable<ListedExport> {
    // The runs from which an export went on are no exports of their own.
    const all = `WorkflowType = '${EXPORT_JOB_WORKFLOW_TYPE}' AND ExecutionStatus != 'ContinuedAsNew'`;
    const found = this.#client.workflow.list({ query: query ? `${all} AND (${query})` : all });
    for await (const { workflowId, runId, status, startTime, closeTime, memo } of found) {
      yield {
        workflowId,
        runId,
        status: status.name,
        startedAt: startTime.toISOString(),
        endedAt: closeTime?.toISOString() ?? null,
        request: { ...memo },
      };
    }
  }

  async #startOrJoin(input: ExportJobInput, wanted: CheckedInput, startsLeft: number): Promise<ExportHandle> {
    try {
      return await this.#start(input, wanted);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const running = await this.#findRunning(wanted);
      if (running) return running;
      if (startsLeft === 1) throw error;
    }
    return this.#startOrJoin(input, wanted, startsLeft - 1);
  }

  async #start(
    input: ExportJobInput,
    { workflowId, resolved, daysTotal }: CheckedInput,
  ): Promise<ExportHandle> {
    const options = { taskQueue: this.#taskQueue, workflowId, args: [input], ...describeAtStart(resolved) };
    for (;;) {
      const typedSearchAttributes = initialSearchAttributes(resolved, daysTotal).filter(
        ({ key }) => !this.#unknownAttributes.has(key.name),
      );
      try {
        return this.#startedHandle(
          await this.#client.workflow.start(EXPORT_JOB_WORKFLOW_TYPE, { ...options, typedSearchAttributes }),
        );
      } catch (error) {
        const unknown = refusedSearchAttribute(error);
        if (unknown === undefined || this.#unknownAttributes.has(unknown)) throw error;
        this.#unknownAttributes.add(unknown);
      }
    }
  }

  /** Undefined where it ended in the meantime: then the id is free again. */
  async #findRunning({ workflowId, resolved }: CheckedInput): Promise<ExportHandle | undefined> {
    const description = await this.getHandle(workflowId).describe();
    if (description.closeTime) return undefined;

    const differences =
      description.type === EXPORT_JOB_WORKFLOW_TYPE
        ? differencesToRunning(
            await readStartInput(this.#client, { workflowId, runId: description.runId }),
            resolved,
          )
        : [`its workflow type is ${description.type}, expected ${EXPORT_JOB_WORKFLOW_TYPE}`];
    if (differences.length > 0)
      throw new ExportConflictError({
        workflowId,
        differences,
        message:
          `Another export of this id runs already [${workflowId}]: ${differences.join('; ')}. ` +
          'Wait for it, cancel it, or start this one under a workflow id of its own.',
      });
    const firstExecutionRunId = firstRunIdOf(description);
    return new ExportHandle({ client: this.#client, workflowId, firstExecutionRunId, joined: true });
  }

  #startedHandle({ workflowId, firstExecutionRunId }: WorkflowHandleWithFirstExecutionRunId): ExportHandle {
    return new ExportHandle({ client: this.#client, workflowId, firstExecutionRunId });
  }
}

/** An export may end between the refusal and the look at it; that this happens three times in a row is no accident. */
const MAXIMUM_STARTS = 3;
