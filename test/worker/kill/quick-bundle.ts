import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Bundles the workflow so that the engine notices a killed worker in seconds. Gives the path. */
export async function bundleInto(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../workflows', import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL('../../chaos/quick-timeouts.ts', import.meta.url))],
    logger: new DefaultLogger('ERROR'),
  });
  const path = join(folder, 'workflows.cjs');
  await writeFile(path, code);
  return path;
}
