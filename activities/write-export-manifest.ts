import type { ActivityParts } from './activity-parts.ts';
import { findDestination } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { WriteExportManifestInput, WriteExportManifestResult } from './api.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';

/** Implements `writeExportManifest` of the contract. The account's sid is known here alone, and told in it. */
export async function writeExportManifest(
  parts: ActivityParts,
  input: WriteExportManifestInput,
): Promise<WriteExportManifestResult> {
  const { workflowId, exportId, manifest, destination } = input;
  const doing = `Could not write the manifest [workflow ${workflowId}, destination ${destination}]`;
  const accountSid = parts.accounts.get(input.account)?.accountSid;
  const storage = findDestination(parts, input, { doing });
  const { settings } = parts;

  return withHeartbeats(settings.heartbeatMs, async () => {
    try {
      const named = { ...manifest, ...(accountSid !== undefined && { accountSid }) };
      return { location: await storage.writeManifest({ workflowId, exportId, manifest: named }) };
    } catch (error) {
      throw error instanceof StorageProblem ? createStorageFailure(error, { doing, settings }) : error;
    }
  });
}
