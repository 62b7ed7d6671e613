import type { ActivityParts } from './activity-parts.ts';
import { findDestination } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { WriteExportManifestInput, WriteExportManifestResult } from './api.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';

/** Implements `writeExportManifest` of the contract. */
export async function writeExportManifest(
  parts: ActivityParts,
  input: WriteExportManifestInput,
): Promise<WriteExportManifestResult> {
  const { workflowId, exportId, manifest, destination } = input;
  const doing = `Could not write the manifest [workflow ${workflowId}, destination ${destination}]`;
  const storage = findDestination(parts, input, { doing });
  const { settings } = parts;

  return withHeartbeats(settings.heartbeatMs, async () => {
    try {
      return { location: await storage.writeManifest({ workflowId, exportId, manifest }) };
    } catch (error) {
      throw error instanceof StorageProblem ? createStorageFailure(error, { doing, settings }) : error;
    }
  });
}
