import type { FileMaker } from '../api.ts';
import { createFailure } from '../failures.ts';
import type { Told } from '../twilio/twilio-api.ts';
import type { AbsentFile } from './download-failure.ts';
import { letGo } from './fetch-day-file.ts';
import type { FetchedFile } from './fetch-day-file.ts';
import type { ForeignMaker, MakerQuestions } from './find-maker.ts';

/** A day of which there is no file now, or none that may be taken. */
export type AbsentDay = AbsentFile & {
  outcome: 'absent';
  /** By Twilio's clock. */
  atMs: number;
};

/** What a fetch needs of which it is to be known whose file it brings. */
export interface FetchAttributedInput {
  doing: string;
  maker: MakerQuestions;
  fetch: () => Promise<FetchedFile | AbsentDay>;
}

/** A file, and who made it where that was another job than those of the export. */
export type AttributedFile = FetchedFile & { madeBy: FileMaker | null };

/** A file may be stored a little before it is listed, and two machines tell the time. */
const LISTED_AFTER_MS = 60_000;

/** A file may be made anew while it is fetched; once more is chance, and more often is looked at later. */
const FETCHES_PER_ATTEMPT = 3;

/**
 * Fetches a file and says whose it is. Links and files carry no name, and a day has the file of whichever job has
 * brought it last. Where a file was made a while before the list was read, the list names its job; one reading is enough
 * for many days. Of a younger one, and where the store does not tell, the list is read once more when all bytes are
 * there. Where both readings name one job, they are its bytes; where another job came in between, they are fetched
 * again, or, if the file is the same, just proven to be.
 */
export async function fetchAttributed({
  doing,
  maker,
  fetch,
}: FetchAttributedInput): Promise<AttributedFile | AbsentDay> {
  let known: Told<ForeignMaker | null> = await maker.recent();
  for (let fetches = 1; ; fetches++) {
    const { value: foreign, atMs } = known;
    const madeBy = foreign?.madeBy ?? null;
    if (madeBy !== null && foreign?.isRefused) {
      return { outcome: 'absent', found: 'foreignFile', madeBy, atMs };
    }
    const fetched = await fetch();
    if ('found' in fetched) {
      return fetched;
    }
    if (fetched.madeAtMs !== null && fetched.madeAtMs <= atMs - LISTED_AFTER_MS) {
      return { ...fetched, madeBy };
    }
    try {
      known = await maker.fresh();
    } catch (error) {
      await letGo(fetched);
      throw error;
    }
    if (isSameMaker(madeBy, known.value?.madeBy ?? null)) {
      return { ...fetched, madeBy };
    }
    await letGo(fetched);
    if (fetches === FETCHES_PER_ATTEMPT) {
      throw createFailure('TwilioUnavailable', {
        message: `${doing}: other jobs made its file anew each time that it was fetched. It is tried again.`,
      });
    }
  }
}

function isSameMaker(one: FileMaker | null, other: FileMaker | null): boolean {
  return one?.friendlyName === other?.friendlyName && one?.createDate === other?.createDate;
}
