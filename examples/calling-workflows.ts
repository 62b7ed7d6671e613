import { createNexusServiceClient, executeChild } from '@temporalio/workflow';
import { bulkExports } from '../nexus/index.ts';
import { defaultWorkflowId, exportJob, type ExportJobInput } from '../workflows/index.ts';

export { exportJob };

/** In the namespace of the worker of exports, where that worker runs these workflows, too. */
export async function exportAsChild(input: ExportJobInput) {
  return await executeChild(exportJob, {
    args: [input],
    workflowId: defaultWorkflowId(input),
    parentClosePolicy: 'REQUEST_CANCEL', // else it is terminated with its parent, and cleans up nothing
  });
}

/** In any other namespace: it needs no code of exports but this contract. */
export async function exportByNexus(input: ExportJobInput) {
  const exports = createNexusServiceClient({ service: bulkExports, endpoint: 'bulk-exports' });
  return await exports.executeOperation('export', input);
}
