/** The modules as users have them: built. `npm run` builds them before. */
import type * as Activities from '../activities/index.ts';
import type * as Worker from '../worker/index.ts';

/** `temporal-bulk-exports/activities`. */
export async function builtActivities(): Promise<typeof Activities> {
  return (await import(pathOf('activities'))) as typeof Activities;
}

/** `temporal-bulk-exports/worker`. */
export async function builtWorker(): Promise<typeof Worker> {
  return (await import(pathOf('worker'))) as typeof Worker;
}

function pathOf(folder: string): string {
  return new URL(`../dist/${folder}/index.js`, import.meta.url).href;
}
