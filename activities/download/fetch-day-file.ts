import type { Dispatcher } from 'undici';
import type { ActivitySettings } from '../settings.ts';
import type { DayKey, DayStorage, HalfFile } from '../storage/day-storage.ts';
import { fetchBroke, fetchCutShort, fetchRefused, linkRejected } from './fetch-failure.ts';
import type { StoreAnswer } from './file-store.ts';
import { openLink, StoreBroke, toStoreBroke } from './file-store.ts';
import { checkLink } from './link-check.ts';
import type { KeptUpProof } from './prove-while-written.ts';
import { proveWhileWritten } from './prove-while-written.ts';
import { writeBody } from './write-body.ts';

/** What a fetch needs. */
export interface FetchDayFileInput {
  key: DayKey;
  storage: DayStorage;
  /** Asks Twilio for a link that nobody has used. */
  freshLink: () => Promise<string>;
  /** Which links may be followed depends on where the API is. */
  apiUrl: URL;
  dispatcher: Dispatcher;
  settings: ActivitySettings;
  signal: AbortSignal;
  /** Told how much of the file there is, from time to time. */
  onBytes: (sizeBytes: number) => void;
  /** Told once a link goes on from what there was. */
  onResume: () => void;
  /** Told how many bytes have come since it was last told. */
  onFetched: (bytes: number) => void;
}

/** The whole file, as far as the store tells, in this attempt's own half file, flushed and open. */
export interface FetchedFile {
  half: HalfFile;
  /** Has kept up with the bytes. Finish it before the half file is closed. */
  proof: KeptUpProof;
  /** The size that the store told; null where it told none. */
  expectedBytes: number | null;
  /** When the store says that the file was made, in milliseconds since 1970; null where it does not. */
  madeAtMs: number | null;
}

/** The half file may prove useless twice: by 412 and, begun anew, by a file that changes once more. */
const LINKS_PER_ATTEMPT = 3;

/**
 * Fetches the bytes of a day: goes on from what an earlier attempt of this export left, if the store still has
 * that very file, and from the beginning if not. Each link is used once. Null where the link leads to no file.
 *
 * @throws `LinkRejected`, `DownloadStalled`, `TwilioUnavailable`; what came so far stays on the disk.
 */
export async function fetchDayFile(input: FetchDayFileInput): Promise<FetchedFile | null> {
  input.storage.admit?.(input.key);
  // The link first: for a day that Twilio does not know, no half file is copied.
  let url = await takeLink(input);
  const linkedAtMs = performance.now();
  let half = await input.storage.adoptHalf(input.key);
  try {
    if (performance.now() - linkedAtMs > input.settings.linkFreshMs) {
      url = await takeLink(input);
    }
    for (let links = 1; ; links++) {
      const step = await tryLink(input, url, half);
      half = step.half;
      if (step.did === 'foundNothing') {
        await half?.close();
        return null;
      }
      if (step.did === 'fetchedAll') {
        const { proof, expectedBytes, madeAtMs } = step;
        return { half: step.half, proof, expectedBytes, madeAtMs };
      }
      if (links === LINKS_PER_ATTEMPT) {
        throw step.did === 'fetchedPart'
          ? fetchCutShort(input.key, describeBytes(step.half, step.totalBytes))
          : linkRejected(input.key, 'the store refused to go on, and to begin anew');
      }
      url = await takeLink(input);
    }
  } catch (error) {
    await half?.close();
    throw error;
  }
}

/** Leaves the bytes for a later attempt, with nobody who reads them. */
export async function letGo({ half, proof }: FetchedFile): Promise<void> {
  await proof.drop();
  await half.close();
}

/** What one link was good for. */
type Step =
  | ({ did: 'fetchedAll' } & FetchedFile)
  /** The store ended its answer in good order before the end of the file. */
  | { did: 'fetchedPart'; half: HalfFile; totalBytes: number }
  | { did: 'foundNothing'; half: HalfFile | null }
  | { did: 'lostHalf'; half: null };

async function takeLink({ key, freshLink, apiUrl }: FetchDayFileInput): Promise<URL> {
  const checked = checkLink(await freshLink(), apiUrl);
  if ('refused' in checked) {
    throw linkRejected(key, checked.refused);
  }
  return checked.url;
}

async function tryLink(input: FetchDayFileInput, url: URL, half: HalfFile | null): Promise<Step> {
  const answer = await ask(input, url, half);
  try {
    return await takeAnswer(input, half, answer);
  } finally {
    // A body that nobody reads holds its connection for ever; one that was read to its end is not touched.
    answer.body.destroy();
  }
}

async function takeAnswer(
  input: FetchDayFileInput,
  half: HalfFile | null,
  answer: StoreAnswer,
): Promise<Step> {
  switch (answer.status) {
    case 200:
      await half?.discard();
      return receive(
        input,
        await input.storage.createHalf(input.key, answer.etag, answer.totalBytes),
        answer,
      );
    case 206:
      if (half !== null && answer.fromBytes === half.sizeBytes() && answer.etag === half.etag) {
        if (answer.fromBytes > 0) input.onResume();
        return receive(input, half, answer);
      }
      break;
    case 404:
    case 410:
      return { did: 'foundNothing', half };
    case 416:
      if (half !== null && answer.totalBytes === half.sizeBytes()) {
        await half.flush();
        const { totalBytes: expectedBytes, madeAtMs } = answer;
        const proof = proveWhileWritten(half, expectedBytes, input.signal);
        return { did: 'fetchedAll', half, proof, expectedBytes, madeAtMs };
      }
      break;
    case 412:
      break;
    default:
      throw await fetchRefused(input.key, answer);
  }
  await half?.discard();
  return { did: 'lostHalf', half: null };
}

async function ask(input: FetchDayFileInput, url: URL, half: HalfFile | null): Promise<StoreAnswer> {
  try {
    return await openLink({
      url,
      resume: half === null || half.etag === null ? null : { etag: half.etag, fromBytes: half.sizeBytes() },
      signal: input.signal,
      stallMs: input.settings.stallMs,
      dispatcher: input.dispatcher,
    });
  } catch (error) {
    throw error instanceof StoreBroke
      ? fetchBroke(input.key, { error, host: url.hostname, came: '0 bytes of its answer' })
      : error;
  }
}

/** To tell of each write would cost more than it is worth. */
const FETCHED_AT_ONCE_BYTES = 8 * 1024 * 1024;

async function receive(input: FetchDayFileInput, half: HalfFile, answer: StoreAnswer): Promise<Step> {
  const { key, signal, settings, onBytes, onFetched } = input;
  const { totalBytes } = answer;
  const proof = proveWhileWritten(half, totalBytes, signal);
  let toldBytes = answer.fromBytes;
  const tellFetched = (sizeBytes: number, atLeastBytes: number): void => {
    if (sizeBytes - toldBytes < atLeastBytes) return;
    onFetched(sizeBytes - toldBytes);
    toldBytes = sizeBytes;
  };
  try {
    await writeBody({
      body: readBody(answer, signal),
      half,
      fromBytes: answer.fromBytes,
      batchBytes: settings.writeBatchBytes,
      onBytes: (sizeBytes) => {
        proof.keepUp();
        onBytes(sizeBytes);
        tellFetched(sizeBytes, FETCHED_AT_ONCE_BYTES);
      },
    });
    await half.flush();
  } catch (error) {
    await proof.drop();
    // A new half file is known here alone; closing one twice does no harm.
    await half.close();
    throw error instanceof StoreBroke
      ? fetchBroke(key, { error, host: null, came: describeBytes(half, totalBytes) })
      : error;
  } finally {
    tellFetched(half.sizeBytes(), 1);
  }
  if (totalBytes !== null && half.sizeBytes() < totalBytes) {
    await proof.drop();
    return { did: 'fetchedPart', half, totalBytes };
  }
  return { did: 'fetchedAll', half, proof, expectedBytes: totalBytes, madeAtMs: answer.madeAtMs };
}

/** The errors of the connection are told apart here from those of the disk that the bytes go to. */
async function* readBody({ body }: StoreAnswer, signal: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    signal.throwIfAborted();
    throw toStoreBroke(error);
  }
}

function describeBytes(half: HalfFile, totalBytes: number | null): string {
  return `${half.sizeBytes()} of ${totalBytes ?? 'an unknown number of'} bytes, which are kept`;
}
