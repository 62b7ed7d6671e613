import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/**
 * A bundle of workflows, made once in a run of the tests: it takes seconds of computing, and dozens of files need the
 * same. The first one leaves it to the others in the folder that `run.ts` gives; a file that is run alone makes its own.
 */
export async function sharedBundle(
  name: string,
  workflowsPath: string,
  workflowInterceptorModules: string[] = [],
): Promise<WorkflowBundleOption> {
  const folder = process.env['TEST_BUNDLES'];
  const codePath = folder && join(folder, `${name}.cjs`);
  if (codePath && existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    logger: new DefaultLogger('ERROR'),
  });
  if (!codePath) return { code };
  const draft = `${codePath}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, codePath);
  return { codePath };
}
