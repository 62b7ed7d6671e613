import type { ActivityScope } from '../activity-scope.ts';
import type { AvailableDay, Day, ForeignFiles, ResourceType } from '../api.ts';
import { hashNamespace } from '../marker.ts';
import type { FileList, ListedFile, ListedFiles } from '../twilio/listed-files.ts';
import { TwilioProblem } from '../twilio/twilio-problem.ts';

/** Which days are sought, and whose. */
export interface FindAvailableDaysInput {
  files: ListedFiles;
  resourceType: ResourceType;
  days: Day[];
  /** Refused are the files of all jobs but those of this package in this namespace. */
  foreignFiles: ForeignFiles;
  scope: Pick<ActivityScope, 'context' | 'signal'>;
}

/** The days whose files still lie at Twilio and will for some hours at least. */
export async function findAvailableDays({
  files,
  resourceType,
  days,
  foreignFiles,
  scope,
}: FindAvailableDaysInput): Promise<AvailableDay[]> {
  const { value: listed, atMs } = await readFiles(files, resourceType, scope);
  const namespaceHash = hashNamespace(scope.context.info.namespace);
  return days.flatMap((day) => {
    const file = listed.get(day);
    const mayBeTaken = foreignFiles === 'accept' || file?.marker?.namespaceHash === namespaceHash;
    return file && mayBeTaken ? (toAvailableDay(day, file, atMs) ?? []) : [];
  });
}

async function readFiles(
  files: ListedFiles,
  resourceType: ResourceType,
  { signal, context }: FindAvailableDaysInput['scope'],
): Promise<FileList> {
  try {
    return await files.recent(resourceType, signal);
  } catch (error) {
    if (!(error instanceof TwilioProblem) || (error.kind !== 'rejected' && error.kind !== 'notFound')) {
      throw error;
    }
    // To ask again brings nothing else. Without the list days are made that might have been spared.
    context.log.warn('Twilio refuses the list of days: none of them is reused', { error: String(error) });
    return { value: new Map(), atMs: error.atMs };
  }
}

/**
 * Files disappear seven days after they were made, and the list tells the date alone: made seven days ago by the date,
 * a file may be about to go.
 */
const OLDEST_DAYS = 6;
const DAY_MS = 86_400_000;

function toAvailableDay(
  day: Day,
  { friendlyName, createDay, sizeBytes }: ListedFile,
  atMs: number,
): AvailableDay | null {
  const oldest = new Date(atMs - OLDEST_DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
  if (createDay === null || createDay < oldest) {
    return null;
  }
  return {
    day,
    status: (sizeBytes ?? 0) > 0 ? 'Completed' : 'CompletedOrEmpty',
    reused: { from: 'available', friendlyName, createDate: createDay },
  };
}
