import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { workflowsPath } from '../../worker/index.ts';

/**
 * The workflow with the engine's patience shortened: an attempt that is lost is known to be so in seconds, and the
 * next comes in a tenth of the time. Made once in a process.
 */
export function quickBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [fileURLToPath(new URL('../chaos/quick-timeouts.ts', import.meta.url))],
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;
