import { downloadExportDay } from './activity-options.ts';
import { applicationFailureOf, isFailureOfType, problemOf } from './failures.ts';
import { type ExportRun, now } from './export-run.ts';
import { closeDay, enterMaker, tryAgain } from './bookkeeping.ts';
import { type DayRecord, hasFile, lastJobOf } from './ledger.ts';
import { MAXIMUM_CORRUPT_FILES } from './plan.ts';

/** Brings one day home: it ends with its outcome, or goes back to be fetched or submitted again. */
export async function fetchDay(run: ExportRun, record: DayRecord): Promise<void> {
  const { request, identity } = run;
  const { destination } = request;
  const { day, status, attempts } = record;
  if (!hasFile(status)) return;
  record.stage = 'fetching';
  const jobSid = lastJobOf(run.ledger, record)?.jobSid ?? undefined;
  // The file of a day that is reused was chosen as the one of another job. By now it may be that of a stranger.
  const foreignFiles =
    attempts === 0 && request.foreignFiles === 'refuse' ? 'refuseOtherNamespaces' : request.foreignFiles;
  try {
    const summary = `${request.resourceType} ${day}`;
    const fetched = await run.troubles.tryOn({ name: `download ${day}`, day }, (persistence) =>
      downloadExportDay.executeWithOptions({ summary }, [
        { ...identity, destination, day, status, jobSid, foreignFiles, ...persistence },
      ]),
    );
    closeDay(record, fetched, now());
    if (fetched.madeBy) enterMaker(record, fetched.madeBy);
  } catch (error) {
    // Stopped in mid-download: the day gets the outcome that the end of the export means for it.
    if (run.isStopped || !applicationFailureOf(error)) throw error;
    const problem = problemOf(error);
    if (isFailureOfType(error, 'DayFileCorrupt')) {
      record.corruptFiles += 1;
      if (record.corruptFiles < MAXIMUM_CORRUPT_FILES) record.stage = 'toFetch';
      else tryAgain(record, { problem, request, now: now() });
    } else if (isFailureOfType(error, 'DayNotAvailable')) {
      tryAgain(record, { problem, request, now: now() });
    } else {
      closeDay(record, { outcome: 'failed', problem }, now());
    }
  }
}
