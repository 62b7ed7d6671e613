/** Why an export can not be asked or told anything: there is none, or it is over. */
import { EXPORT_JOB_WORKFLOW_TYPE } from '../workflows/api.ts';
import { ExportError } from './export-errors.ts';

/** The namespace has no export of this id. */
export function exportNotFound(workflowId: string, namespace: string, cause: Error): ExportError {
  return new ExportError('ExportNotFound', {
    workflowId,
    message:
      `There is no export of this id [${workflowId}, namespace ${namespace}]. ` +
      'Check the id and the namespace; after its retention time a namespace forgets an export that is over.',
    cause,
  });
}

/** The id belongs to a workflow of somebody else's: it is neither asked nor told anything. */
export function otherWorkflow(workflowId: string, namespace: string, type: string): ExportError {
  return new ExportError('ExportNotFound', {
    workflowId,
    message:
      `The workflow of this id is no export [${workflowId}, namespace ${namespace}]: ` +
      `its workflow type is ${type}, expected ${EXPORT_JOB_WORKFLOW_TYPE}.`,
  });
}

/** The export takes no signal any more. */
export function exportEnded(workflowId: string, cause: Error): ExportError {
  return new ExportError('ExportEnded', {
    workflowId,
    message: `The export is over and takes no signal any more [${workflowId}]. Its result is still there.`,
    cause,
  });
}
