import type { DownloadExportDayInput, FileMaker } from '../api.ts';
import { hashExportId, hashNamespace } from '../marker.ts';
import type { FileList, ListedFile, ListedFiles } from '../twilio/listed-files.ts';
import type { Told } from '../twilio/twilio-api.ts';
import { TwilioProblem } from '../twilio/twilio-problem.ts';

/**
 * Who made the file that Twilio has for a day: as of a moment ago, and as of after the call. Null where it was a job
 * of the export, and where nobody says.
 */
export interface MakerQuestions {
  recent: () => Promise<Told<FileMaker | null>>;
  fresh: () => Promise<Told<FileMaker | null>>;
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
  const { resourceType, day, status, foreignFiles } = download;
  const own = { namespaceHash: hashNamespace(namespace), exportHash: hashExportId(download.exportId) };

  async function ask(list: Promise<FileList>): Promise<Told<FileMaker | null>> {
    try {
      const { value, atMs } = await list;
      return { value: findForeignMaker(value.get(day), own), atMs };
    } catch (error) {
      // A key may have no right to read the list, and without it nothing but the report is lacking.
      if (foreignFiles !== 'refuse' && error instanceof TwilioProblem && isRefusal(error)) {
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
): FileMaker | null {
  if (file === undefined || file.friendlyName === null) {
    return null;
  }
  const { friendlyName, marker, createDay } = file;
  const isOwn = marker?.namespaceHash === own.namespaceHash && marker.exportHash === own.exportHash;
  return isOwn ? null : { friendlyName, createDate: createDay };
}

function isRefusal({ kind }: TwilioProblem): boolean {
  return kind === 'unauthorized' || kind === 'rejected' || kind === 'notFound';
}
