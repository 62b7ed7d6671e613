import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { EXPORT_JOB_WORKFLOW_TYPE, type ExportJobInput } from '../workflows/api.ts';
import { checkExportInput, type CheckedInput } from './check-input.ts';
import { ExportConflictError, ExportError } from './export-errors.ts';
import { ExportHandle } from './export-handle.ts';
import { differencesTo } from './input-difference.ts';
import { describeCurrentRun, firstRunIdOf } from './run-chain.ts';
import { readStartInput } from './start-input.ts';
import { describeAtStart, startWithKnownAttributes } from './start-options.ts';

/**
 * What a start does where an export of its workflow id has ended already:
 *
 * - `startAgain`: a new export. Days that are in the destination already are reused, as `reuse` of the input says.
 * - `joinIfComplete`: takes the one that has ended where it has every day, and starts a new one where it was
 *   incomplete, failed or was cancelled. So one request may be made any number of times until it is fulfilled.
 * - `join`: takes the one that has ended, whatever its end: nothing starts twice.
 * - `refuse`: `ExportConflictError`.
 *
 * The namespace forgets an export some time after its end (its retention time); then there is none.
 *
 * @example
 * ```ts
 * const ifFinished: FinishedPolicy = 'joinIfComplete';
 * const handle = await exports.startExport(input, { ifFinished });
 * ```
 */
export type FinishedPolicy = 'startAgain' | 'joinIfComplete' | 'join' | 'refuse';

/**
 * How an export is started.
 *
 * @example
 * ```ts
 * const options: StartExportOptions = { workflowId: 'october', ifFinished: 'join' };
 * const handle = await exports.startExport(input, options);
 * ```
 */
export interface StartExportOptions {
  /** Default `bulk-export-{resourceType}-{startDay}..{endDay}`, with account and destination where named. */
  workflowId?: string;
  /** Where an export of this id has ended already. Default `startAgain`. */
  ifFinished?: FinishedPolicy;
}

/** Starts exports; what is there already under the workflow id is joined, or in the way. */
export class ExportStarter {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor({ client, taskQueue }: { client: Client; taskQueue: string }) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /** As `BulkExportsClient.startExport`. */
  async start(input: ExportJobInput, options: StartExportOptions): Promise<ExportHandle> {
    const { ifFinished = 'startAgain', workflowId } = options;
    return this.#startOrJoin({ input, ifFinished, ...checkExportInput(input, workflowId) }, MAXIMUM_STARTS);
  }

  async #startOrJoin(wanted: WantedExport, startsLeft: number): Promise<ExportHandle> {
    try {
      return await this.#start(wanted);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const found = await this.#findToJoin(wanted);
      if (found) return found;
      if (startsLeft === 1) throw error;
    }
    return this.#startOrJoin({ ...wanted, ifFinished: 'startAgain' }, startsLeft - 1);
  }

  async #start(wanted: WantedExport): Promise<ExportHandle> {
    const { input, ifFinished, workflowId, resolved } = wanted;
    const { firstExecutionRunId } = await startWithKnownAttributes(wanted, (typedSearchAttributes) =>
      this.#client.workflow.start(EXPORT_JOB_WORKFLOW_TYPE, {
        taskQueue: this.#taskQueue,
        workflowId,
        workflowIdReusePolicy: ifFinished === 'startAgain' ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        args: [input],
        ...describeAtStart(resolved),
        typedSearchAttributes,
      }),
    );
    return new ExportHandle({ client: this.#client, workflowId, firstExecutionRunId });
  }

  /** Undefined where a new export is to start: the one that is there has ended, maybe in this moment. */
  async #findToJoin(wanted: WantedExport): Promise<ExportHandle | undefined> {
    const { workflowId, ifFinished } = wanted;
    const client = this.#client;
    const description = await describeCurrentRun(client, { workflowId });
    const firstExecutionRunId = firstRunIdOf(description);
    const found = new ExportHandle({ client, workflowId, firstExecutionRunId, joined: true });
    const { type, closeTime, runId } = description;
    if (closeTime && ifFinished === 'startAgain') return undefined;
    if (type !== EXPORT_JOB_WORKFLOW_TYPE)
      throw conflict(wanted, description, [
        `its workflow type is ${type}, expected ${EXPORT_JOB_WORKFLOW_TYPE}`,
      ]);
    if (closeTime) {
      if (ifFinished === 'refuse') throw refusal(wanted, description);
      if (ifFinished === 'joinIfComplete' && !(await isComplete(found))) return undefined;
    }
    const differences = differencesTo(await readStartInput(client, { workflowId, runId }), wanted.resolved);
    if (differences.length > 0) throw conflict(wanted, description, differences);
    return found;
  }
}

interface WantedExport extends CheckedInput {
  input: ExportJobInput;
  ifFinished: FinishedPolicy;
}

/** An export may end between the refusal and the look at it; that this happens three times in a row is no accident. */
const MAXIMUM_STARTS = 3;

async function isComplete(ended: ExportHandle): Promise<boolean> {
  try {
    return (await ended.result()).outcome === 'complete';
  } catch (error) {
    if (error instanceof ExportError) return false;
    throw error;
  }
}

function conflict(
  { workflowId }: WantedExport,
  { closeTime }: WorkflowExecutionDescription,
  differences: string[],
): ExportConflictError {
  const [happened, advice] = closeTime
    ? ['has ended', 'Start this one again (ifFinished "startAgain"), or']
    : ['runs already', 'Wait for it, cancel it, or start this one'];
  return new ExportConflictError({
    workflowId,
    differences,
    message:
      `Another export of this id ${happened} [${workflowId}]: ${differences.join('; ')}. ` +
      `${advice} under a workflow id of its own.`,
  });
}

function refusal(
  { workflowId }: WantedExport,
  { status, closeTime }: WorkflowExecutionDescription,
): ExportConflictError {
  return new ExportConflictError({
    workflowId,
    differences: [],
    message:
      `An export of this id has ended already [${workflowId}, ${status.name} ${closeTime?.toISOString() ?? ''}], ` +
      'and ifFinished is "refuse": nothing was started.',
  });
}
