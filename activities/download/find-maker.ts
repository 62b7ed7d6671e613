import type { DownloadExportDayInput, FileMaker } from '../api.ts';
import { hashExportId, hashNamespace } from '../marker.ts';
import type { FileList, ListedFile, ListedFiles } from '../twilio/listed-files.ts';
import type { Told } from '../twilio/twilio-api.ts';
import { TwilioProblem } from '../twilio/twilio-problem.ts';

/** Another job than those of the export, that made a file. */
export interface ForeignMaker {
  madeBy: FileMaker;
  /** Whether its files are not taken. */
  isRefused: boolean;
}

/**
 * Who made the file that Twilio has for a day: as of a moment ago, and as of after the call. Null where it was a job
 * of the export, and where nobody says.
 */
export interface MakerQuestions {
  recent: () => Promise<Told<ForeignMaker | null>>;
  fresh: () => Promise<Told<ForeignMaker | null>>;
}

/** What the questions are about. */
export interface AskForMakerInput {
  download: Pick<DownloadExportDayInput, 'resourceType' | 'day' | 'status' | 'exportId' | 'foreignFiles'>;
  files: ListedFiles;
  namespace: string;
  signal: AbortSignal;
}

/** The questions about one day. */
export function askForMaker({ download, files, namespace, signal }: AskForMakerInput): MakerQuestions {
  const { resourceType, day, status, foreignFiles = 'accept' } = download;
  const own = { namespaceHash: hashNamespace(namespace), exportHash: hashExportId(download.exportId) };

  async function ask(list: Promise<FileList>): Promise<Told<ForeignMaker | null>> {
    try {
      const { value, atMs } = await list;
      return { value: findForeignMaker(value.get(day), own, foreignFiles), atMs };
    } catch (error) {
      // A key may have no right to read the list, and without it nothing but the report is lacking.
      if (foreignFiles === 'accept' && error instanceof TwilioProblem && isRefusal(error)) {
        return { value: null, atMs: error.atMs };
      }
      throw error;
    }
  }

  /** A reading from before the day had a file says nothing of it; one that follows serves all days that came since. */
  async function readRecent(): Promise<FileList> {
    const list = await files.recent(resourceType, signal);
    const isListed = list.value.has(day) || status === 'CompletedEmptyRecords';
    return isListed ? list : files.fresh(resourceType, signal);
  }

  return {
    recent: () => ask(readRecent()),
    fresh: () => ask(files.fresh(resourceType, signal)),
  };
}

function findForeignMaker(
  file: ListedFile | undefined,
  own: { namespaceHash: string; exportHash: string },
  foreignFiles: NonNullable<DownloadExportDayInput['foreignFiles']>,
): ForeignMaker | null {
  const { friendlyName, marker, createDay: createDate } = file ?? NOT_LISTED;
  const isOfNamespace = marker?.namespaceHash === own.namespaceHash;
  if (friendlyName === null || (isOfNamespace && marker.exportHash === own.exportHash)) {
    return null;
  }
  const isRefused = foreignFiles === 'refuseOtherNamespaces' ? !isOfNamespace : foreignFiles === 'refuse';
  return { madeBy: { friendlyName, createDate }, isRefused };
}

/** Nobody says whose it is. */
const NOT_LISTED = { friendlyName: null, marker: null, createDay: null };

function isRefusal({ kind }: TwilioProblem): boolean {
  return kind === 'unauthorized' || kind === 'rejected' || kind === 'notFound';
}
