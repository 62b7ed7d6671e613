/**
 * The contract by which other namespaces have an export made: both sides import it, and it imports neither. It may be
 * imported in workflows.
 */
import * as nexus from 'nexus-rpc';
import type { ExportJobInput, ExportJobResult } from '../workflows/api.ts';

/**
 * The Nexus service `BulkExports`. Its operation `export` takes the input of the workflow `exportJob` and ends with
 * its result. It is refused, and not retried, as `BAD_REQUEST` for an input that is not as it should be, naming every
 * fault, and as `CONFLICT` where an export of the same days runs with another input, naming the differences. It fails
 * as the workflow does: with an `ApplicationFailure` of one of the `ExportFailureType`s. Cancelled, it is over once
 * the export has cleaned up at Twilio.
 *
 * @example
 * ```ts
 * import { createNexusServiceClient } from '@temporalio/workflow';
 *
 * const exports = createNexusServiceClient({ service: bulkExports, endpoint: 'bulk-exports' });
 * const { manifest } = await exports.executeOperation('export', {
 *   resourceType: 'Messages',
 *   startDay: '2026-10-01',
 *   endDay: '2026-10-30',
 * });
 * ```
 */
export const bulkExports = nexus.service('BulkExports', {
  export: nexus.operation<ExportJobInput, ExportJobResult>(),
});
