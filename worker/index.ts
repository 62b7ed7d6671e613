export { DEFAULT_DOWNLOAD_SLOTS, InvalidWorkerConfig, readWorkerConfig } from './config.ts';
export type { WorkerConfig } from './config.ts';
export { createWorker } from './create-worker.ts';
export type { CreateWorkerOptions } from './create-worker.ts';
export type { Environment, ReadFile } from './environment.ts';
export { runWorker } from './main.ts';
export type { RunWorkerOptions } from './main.ts';
export { BulkExportsPlugin, workflowsPath } from './plugin.ts';
export type { BulkExportsPluginOptions } from './plugin.ts';
