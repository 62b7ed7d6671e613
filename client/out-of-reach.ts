/** Why an export can not be asked or told anything: there is none, or it is over. */
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

/** The export takes no signal any more. */
export function exportEnded(workflowId: string, cause: Error): ExportError {
  return new ExportError('ExportEnded', {
    workflowId,
    message: `The export is over and takes no signal any more [${workflowId}]. Its result is still there.`,
    cause,
  });
}
