import type { ActivityParts } from './activity-parts.ts';
import { findAccount, findDestination } from './activity-parts.ts';
import { withHeartbeats } from './activity-scope.ts';
import type { SweepExportFilesInput } from './api.ts';
import { decodeDayRanges } from './day-range.ts';
import { inParallel } from './in-parallel.ts';
import { createStorageFailure, StorageProblem } from './storage/storage-problem.ts';

/**
 * Implements `sweepExportFiles` of the contract. Once its own are gone it looks for those that exports left which
 * were terminated: nothing else comes by there. That these could not be removed is no trouble of this export's.
 */
export async function sweepExportFiles(parts: ActivityParts, input: SweepExportFilesInput): Promise<void> {
  const { resourceType, exportId, destination } = input;
  const doing = `Could not remove the half files of the export [${resourceType}, destination ${destination}]`;
  const { accountSid } = findAccount(parts, input, { doing });
  const storage = findDestination(parts, input, { doing });
  const { settings } = parts;

  await withHeartbeats(settings.heartbeatMs, async ({ context, signal }) => {
    try {
      await storage.sweepChecks(exportId);
      await inParallel(decodeDayRanges(input.days), settings.sweepAtOnce, async (day) => {
        signal.throwIfAborted();
        await storage.sweepDay({ accountSid, resourceType, day, exportId });
      });
    } catch (error) {
      throw error instanceof StorageProblem ? createStorageFailure(error, { doing, settings }) : error;
    }
    try {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(settings.staleSweepMs)]);
      await storage.sweepStale({ staleMs: settings.staleHalfMs, signal: inTime });
    } catch (error) {
      context.log.warn('Stale half files in the destination could not be removed', {
        destination,
        error: String(error),
      });
    }
  });
}
