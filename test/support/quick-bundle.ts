import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { workflowsPath } from '../../worker/index.ts';
import { sharedBundle } from './shared-bundle.ts';

/**
 * The workflow with the engine's patience shortened: an attempt that is lost is known to be so in seconds, and the
 * next comes in a tenth of the time. Made once in a process.
 */
export function quickBundle(): Promise<WorkflowBundleOption> {
  bundle ??= sharedBundle('quick', workflowsPath, [
    fileURLToPath(new URL('../chaos/quick-timeouts.ts', import.meta.url)),
  ]);
  return bundle;
}

/** The same for workers that are processes of their own. Gives its path, in the folder if it is not shared. */
export async function quickBundlePath(folder: string): Promise<string> {
  const made = await quickBundle();
  if ('codePath' in made) return made.codePath;
  const path = join(folder, 'workflows.cjs');
  await writeFile(path, made.code);
  return path;
}

let bundle: Promise<WorkflowBundleOption> | undefined;
