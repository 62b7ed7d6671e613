import type { Day, ResourceType } from '../api.ts';
import { isDay } from '../day-range.ts';
import type { JobMarker } from '../marker.ts';
import { parseMarker } from '../marker.ts';
import type { Told, TwilioApi } from './twilio-api.ts';
import type { TwilioDay } from './twilio-shapes.ts';

/** Who made the file that a day has, as far as Twilio's list of days tells. */
export interface ListedFile {
  /** The name of the job, fit for any screen and short; null where Twilio names none. */
  friendlyName: string | null;
  /** What the whole name ends in; null where it bears no marker of this package. */
  marker: JobMarker | null;
  /** The UTC day on which it was made. */
  createDay: Day | null;
  sizeBytes: number | null;
}

/** The file that each day has now: of several that are listed for one day the last. */
export type FileList = Told<ReadonlyMap<Day, ListedFile>>;

/**
 * Twilio's lists of the files of one account. They have no filter, so a reading serves all who want one at the time,
 * and of each type one is under way at most.
 */
export interface ListedFiles {
  /** As of now or of some seconds ago. */
  recent: (resourceType: ResourceType, signal: AbortSignal) => Promise<FileList>;
  /** As of a moment after the call. */
  fresh: (resourceType: ResourceType, signal: AbortSignal) => Promise<FileList>;
}

/** `recentMs`: how old a reading may be that is still recent; after that it is forgotten, and where it is 0 at once. */
export function createListedFiles(
  api: Pick<TwilioApi, 'listDays'>,
  { recentMs, redact }: { recentMs: number; redact: (text: string, limit: number) => string },
): ListedFiles {
  const readings = new Map<ResourceType, Readings>();

  async function read(resourceType: ResourceType): Promise<FileList> {
    const files = new Map<Day, ListedFile>();
    const keep = ({ day, friendlyName, createDay, sizeBytes }: TwilioDay): boolean => {
      if (isDay(day)) {
        const marker = friendlyName === null ? null : parseMarker(friendlyName);
        const shown = friendlyName && showName(friendlyName, redact);
        files.set(day, { friendlyName: shown || null, marker, createDay, sizeBytes });
      }
      return false;
    };
    // Of nobody's signal: who gives up waiting does not end it for the others, and requests end in time by themselves.
    const { atMs } = await api.listDays({ resourceType, keep, signal: new AbortController().signal });
    return { value: files, atMs };
  }

  function of(resourceType: ResourceType): Readings {
    const known = readings.get(resourceType) ?? createReadings(() => read(resourceType), recentMs);
    readings.set(resourceType, known);
    return known;
  }

  return {
    recent: (resourceType, signal) => untilAborted(of(resourceType).recent(), signal),
    fresh: (resourceType, signal) => untilAborted(of(resourceType).fresh(), signal),
  };
}

/** Readings of one list, one after the other. */
interface Readings {
  recent: () => Promise<FileList>;
  fresh: () => Promise<FileList>;
}

function createReadings(read: () => Promise<FileList>, recentMs: number): Readings {
  let underWay: Promise<FileList> | null = null;
  let next: Promise<FileList> | null = null;
  let latest: FileList | null = null;
  let forgetting: NodeJS.Timeout | undefined;

  function start(): Promise<FileList> {
    next = null;
    underWay = read()
      .then((list) => {
        clearTimeout(forgetting);
        if (recentMs > 0) {
          latest = list;
          forgetting = setTimeout(() => (latest = null), recentMs).unref();
        }
        return list;
      })
      .finally(() => (underWay = null));
    return underWay;
  }

  return {
    recent: async () => latest ?? underWay ?? start(),
    fresh: async () => {
      next ??= underWay && underWay.then(start, start);
      return next ?? start();
    },
  };
}

const SHOWN_LIMIT = 100;

/** A name of a stranger, as one short line that steers no terminal and holds no secret. */
export function showName(name: string, redact: (text: string, limit: number) => string): string {
  return redact(name, SHOWN_LIMIT).replaceAll(
    /\p{Bidi_Control}/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

async function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) {
      abort();
    }
  });
}
