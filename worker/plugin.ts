import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import type { ReplayWorkerOptions, Worker, WorkerOptions } from '@temporalio/worker';
import { createActivities, createFileStorage } from '../activities/index.ts';
import type { CreateActivitiesOptions, CreatedActivities, DayStorage } from '../activities/index.ts';

/** What the activities work with. A `WorkerConfig` is one. */
export interface BulkExportsPluginOptions extends Omit<CreateActivitiesOptions, 'destinations'> {
  /** By the names that callers use: `file:` URLs, or storage of one's own. */
  destinations: Record<string, string | DayStorage>;
}

/** The folder of the workflow, from source and from the published package alike: the bundler takes a folder in both. */
export const workflowsPath = fileURLToPath(new URL('../workflows', import.meta.url));

/**
 * Brings the activities of exports into a user's own Worker, and the workflow too where the Worker has no
 * `workflowsPath` and no `workflowBundle`. Where it has one, its workflow module re-exports ours:
 * `export { exportJob } from 'temporal-bulk-exports/workflows'`.
 *
 * One instance serves any number of Workers; the HTTP connections are closed when the last one has ended.
 */
export class BulkExportsPlugin extends SimplePlugin {
  readonly #pluginOptions: BulkExportsPluginOptions;
  #created: CreatedActivities | null = null;
  /** Workers that were configured and have not ended. */
  #workers = 0;

  constructor(options: BulkExportsPluginOptions) {
    super({ name: 'temporal-bulk-exports', workflowsPath: (mine) => mine ?? workflowsPath });
    this.#pluginOptions = options;
  }

  /** @throws TypeError where an activity of the user's bears a name of ours: one of them would never run. */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    this.#created ??= createActivities({
      ...this.#pluginOptions,
      destinations: openDestinations(this.#pluginOptions.destinations),
    });
    const { activities } = this.#created;
    refuseClashes(options.activities ?? {}, activities);
    this.#workers++;
    const configured = super.configureWorker(options);
    return { ...keepBundle(options, configured), activities: { ...options.activities, ...activities } };
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return keepBundle(options, super.configureReplayWorker(options));
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    try {
      await super.runWorker(worker, next);
    } finally {
      await this.#release();
    }
  }

  async #release(): Promise<void> {
    this.#workers--;
    if (this.#workers > 0) return;
    const created = this.#created;
    this.#created = null;
    await created?.close();
  }
}

function openDestinations(destinations: Record<string, string | DayStorage>): Record<string, DayStorage> {
  return Object.fromEntries(
    Object.entries(destinations).map(([name, destination]) => [
      name,
      typeof destination === 'string' ? createFileStorage(destination) : destination,
    ]),
  );
}

function refuseClashes(theirs: object, ours: object): void {
  const clashes = Object.keys(ours).filter((name) => Object.hasOwn(theirs, name));
  if (clashes.length === 0) return;
  throw new TypeError(
    `Could not add the activities of temporal-bulk-exports to the Worker [${clashes.join(', ')}]: ` +
      `expected no activity of the Worker's own by such a name, since exports that run call ours by it. ` +
      `Rename the Worker's own, or run it on another task queue.`,
  );
}

/** A bundle holds the workflows already: beside it a path would be ignored with a warning. */
function keepBundle<Options extends Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>>(
  options: Options,
  configured: Options,
): Options {
  return options.workflowBundle === undefined
    ? configured
    : { ...configured, workflowsPath: options.workflowsPath };
}
