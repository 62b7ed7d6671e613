import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import type { ReplayWorkerOptions, Worker, WorkerOptions } from '@temporalio/worker';
import { createStorageOpener } from '../activities/for-worker.ts';
import { createActivities, DEFAULT_DOWNLOAD_SLOTS } from '../activities/index.ts';
import type {
  CreateActivitiesOptions,
  CreatedActivities,
  DayStorage,
  OpenStorageOptions,
} from '../activities/index.ts';
import { createExportsByNexus } from '../nexus/for-worker.ts';
import { logActivity } from './logs/activity-logs.ts';
import { openSeries } from './metric-series.ts';
import { findShippedBundle } from './shipped-bundle.ts';

/**
 * What the activities work with. A `WorkerConfig` is one.
 *
 * @example
 * ```ts
 * const options: BulkExportsPluginOptions = {
 *   accounts,
 *   destinations: { default: 's3://exports/twilio?region=eu-central-1' },
 *   spool: { folder: '/var/spool/exports', limitBytes: 20_000_000_000 },
 * };
 * ```
 */
export interface BulkExportsPluginOptions
  extends Omit<CreateActivitiesOptions, 'destinations'>, OpenStorageOptions {
  /**
   * By the names that callers use: `file:` and `s3:` URLs, those of a scheme in `storages`, or storage of one's own,
   * which is not closed here.
   */
  destinations: Record<string, string | DayStorage>;
  /**
   * Whether the Worker answers to the Nexus service of `temporal-bulk-exports/nexus`. Nothing comes that way without an
   * endpoint for its task queue. Default true; a server before 1.25 may know no Nexus.
   */
  nexus?: boolean;
}

/**
 * The folder of the workflow, from source and from the published package alike: the bundler takes a folder in both.
 *
 * @example
 * ```ts
 * import { bundleWorkflowCode } from '@temporalio/worker';
 *
 * const workflowBundle = await bundleWorkflowCode({ workflowsPath });
 * ```
 */
export const workflowsPath = fileURLToPath(new URL('../workflows', import.meta.url));

/**
 * Brings the activities of exports into a user's own Worker, and the workflow too where the Worker has no
 * `workflowsPath` and no `workflowBundle`. Where it has one, its workflow module re-exports ours:
 * `export { exportJob } from 'temporal-bulk-exports/workflows'`. Callers of other namespaces start exports by the Nexus
 * service of `temporal-bulk-exports/nexus`, which it brings as well.
 *
 * One instance serves any number of Workers, and its download slots are theirs together; the HTTP connections are
 * closed when the last one that runs has ended.
 *
 * @example
 * ```ts
 * import { fileURLToPath } from 'node:url';
 * import { Worker } from '@temporalio/worker';
 *
 * const worker = await Worker.create({
 *   connection,
 *   taskQueue: 'mine',
 *   workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
 *   plugins: [new BulkExportsPlugin(readWorkerConfig())],
 * });
 * await worker.run();
 * ```
 */
export class BulkExportsPlugin extends SimplePlugin {
  readonly #pluginOptions: Omit<BulkExportsPluginOptions, 'nexus'>;
  /** Made at the first use, and again after it was closed. */
  #created: CreatedActivities | null = null;
  /** Workers that run: one that was configured may never come to it. */
  #running = 0;

  constructor({ nexus = true, ...options }: BulkExportsPluginOptions) {
    super({
      name: 'temporal-bulk-exports',
      workflowsPath: (mine) => mine ?? workflowsPath,
      ...(nexus && { nexusServices: [createExportsByNexus()] }),
      workerInterceptors: { activity: [logActivity] },
    });
    this.#pluginOptions = options;
  }

  /**
   * @throws TypeError where an activity of the user's bears a name of ours: one of them would never run; and where
   * downloads could take every place that the Worker has for activities.
   */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    const activities = this.#delegate();
    refuseClashes(options.activities ?? {}, activities);
    refuseTooFewPlaces(options, this.#pluginOptions.downloadSlots ?? DEFAULT_DOWNLOAD_SLOTS);
    const configured = super.configureWorker(options);
    return { ...chooseBundle(options, configured), activities: { ...options.activities, ...activities } };
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return chooseBundle(options, super.configureReplayWorker(options));
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    this.#running++;
    openSeries(worker.options, Object.keys(this.#pluginOptions.accounts));
    try {
      await super.runWorker(worker, next);
    } finally {
      this.#running--;
      if (this.#running === 0) await this.#close();
    }
  }

  #open(): CreatedActivities['activities'] {
    this.#created ??= create(this.#pluginOptions);
    return this.#created.activities;
  }

  async #close(): Promise<void> {
    const created = this.#created;
    this.#created = null;
    await created?.close();
  }

  /** Activities that stay good when another Worker's end has closed what is below them. */
  #delegate(): CreatedActivities['activities'] {
    // The options are checked here, so that a fault is known before the Worker starts.
    const names = Object.keys(this.#open()) as (keyof CreatedActivities['activities'])[];
    const delegates = names.map((name) => [name, (input: never) => this.#open()[name](input)]);
    return Object.fromEntries(delegates) as CreatedActivities['activities'];
  }
}

function create({ spool, storages, ...options }: Omit<BulkExportsPluginOptions, 'nexus'>): CreatedActivities {
  const open = createStorageOpener({ spool, storages });
  const opened: DayStorage[] = [];
  const destinations = Object.fromEntries(
    Object.entries(options.destinations).map(([name, destination]) => {
      const storage = typeof destination === 'string' ? open(destination) : destination;
      if (storage !== destination) opened.push(storage);
      return [name, storage];
    }),
  );
  const { activities, close } = createActivities({ ...options, destinations });
  return {
    activities,
    close: async () => {
      for (const storage of opened) storage.close?.();
      await close();
    },
  };
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

/** What a Worker has where neither its options nor a tuner say otherwise. */
const TEMPORALS_DEFAULT_PLACES = 100;

/** As many downloads run as there are slots, and as many wait in the process: looks and deletes need a place too. */
function refuseTooFewPlaces(options: WorkerOptions, downloadSlots: number): void {
  const places = options.maxConcurrentActivityTaskExecutions ?? TEMPORALS_DEFAULT_PLACES;
  if (options.tuner !== undefined || places > 2 * downloadSlots) return;
  throw new TypeError(
    `maxConcurrentActivityTaskExecutions must be more than twice the downloadSlots of temporal-bulk-exports ` +
      `(2 × ${downloadSlots}), so that looks at jobs never wait behind downloads, got ${places}`,
  );
}

/**
 * A bundle holds the workflows already: beside it a path would be ignored with a warning. The Worker's own is kept; ours
 * takes the place of our workflows where nothing of the Worker's own would have to go into it.
 */
function chooseBundle<Options extends BundledOptions>(options: Options, configured: Options): Options {
  if (options.workflowBundle !== undefined) return { ...configured, workflowsPath: options.workflowsPath };
  if (options.workflowsPath !== undefined || addsToBundle(options)) return configured;
  const workflowBundle = findShippedBundle();
  return workflowBundle ? { ...configured, workflowBundle, workflowsPath: undefined } : configured;
}

type BundledOptions = Pick<
  WorkerOptions,
  'workflowBundle' | 'workflowsPath' | 'interceptors' | 'dataConverter' | 'bundlerOptions' | 'plugins'
>;

/** What other plugins add may be told only after this one was asked. */
function addsToBundle({
  interceptors,
  dataConverter,
  bundlerOptions,
  plugins = [],
}: BundledOptions): boolean {
  return (
    (interceptors?.workflowModules ?? []).length > 0 ||
    dataConverter?.payloadConverterPath !== undefined ||
    dataConverter?.failureConverterPath !== undefined ||
    bundlerOptions !== undefined ||
    plugins.some((plugin) => !(plugin instanceof BulkExportsPlugin))
  );
}
