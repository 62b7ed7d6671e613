import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { sharedBundle } from '../support/shared-bundle.ts';

/** The workflows that README shows, which call for exports, beside the workflow of exports. */
export function callingBundle(): Promise<WorkflowBundleOption> {
  const path = new URL('../../examples/calling-workflows.ts', import.meta.url);
  return sharedBundle('calling', fileURLToPath(path));
}
