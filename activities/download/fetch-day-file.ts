import type { ApplicationFailure } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { DayKey, DayStorage, HalfFile } from '../storage/day-storage.ts';
import { createFailure } from '../failures.ts';
import type { ActivitySettings } from '../settings.ts';
import type { StoreAnswer } from './file-store.ts';
import { openLink, StoreBroke, toStoreBroke } from './file-store.ts';
import { checkLink } from './link-check.ts';
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
  onBytes: (sizeBytes: number) => void;
}

/** The whole file, as far as the store tells, in this attempt's own half file, flushed and open. */
export interface FetchedFile {
  half: HalfFile;
  /** The size that the store told; null where it told none. */
  expectedBytes: number | null;
}

/** The half file may prove useless twice: by 412 and, begun anew, by a file that changes once more. */
const LINKS_PER_ATTEMPT = 3;

/**
 * Fetches the bytes of a day: goes on from what an earlier attempt of this export left, if the store still has
 * that very file, and from the beginning if not. Each link is used once.
 *
 * @throws `LinkRejected`, `DownloadStalled`, `TwilioUnavailable`; what came so far stays on the disk.
 */
export async function fetchDayFile(input: FetchDayFileInput): Promise<FetchedFile> {
  const { key, storage } = input;
  let half = await storage.adoptHalf(key);
  try {
    for (let links = 1; links <= LINKS_PER_ATTEMPT; links++) {
      const step = await tryLink(input, half);
      half = step.half;
      if (step.done) {
        return { half: step.half, expectedBytes: step.expectedBytes };
      }
    }
  } catch (error) {
    await half?.close();
    throw error;
  }
  throw linkRejected(input, 'the store refused to go on, and to begin anew');
}

type Step = { done: true; half: HalfFile; expectedBytes: number | null } | { done: false; half: null };

async function tryLink(input: FetchDayFileInput, half: HalfFile | null): Promise<Step> {
  const answer = await ask(input, half);
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
      return receive(input, await input.storage.createHalf(input.key, answer.etag), answer);
    case 206:
      if (half !== null && answer.fromBytes === half.sizeBytes() && answer.etag === half.etag) {
        return receive(input, half, answer);
      }
      break;
    case 416:
      if (half !== null && answer.totalBytes === half.sizeBytes()) {
        await half.flush();
        return { done: true, half, expectedBytes: answer.totalBytes };
      }
      break;
    case 412:
      break;
    default:
      throw await refusal(input, answer);
  }
  await half?.discard();
  return { done: false, half: null };
}

async function ask(input: FetchDayFileInput, half: HalfFile | null): Promise<StoreAnswer> {
  const checked = checkLink(await input.freshLink(), input.apiUrl);
  if ('refused' in checked) {
    throw linkRejected(input, checked.refused);
  }
  try {
    return await openLink({
      url: checked.url,
      resume: half === null || half.etag === null ? null : { etag: half.etag, fromBytes: half.sizeBytes() },
      signal: input.signal,
      stallMs: input.settings.stallMs,
      dispatcher: input.dispatcher,
    });
  } catch (error) {
    throw error instanceof StoreBroke ? broken(input, error, '0 bytes of its answer') : error;
  }
}

async function receive(input: FetchDayFileInput, half: HalfFile, answer: StoreAnswer): Promise<Step> {
  const { signal, settings, onBytes } = input;
  try {
    await writeBody({
      body: readBody(answer, signal),
      half,
      fromBytes: answer.fromBytes,
      batchBytes: settings.writeBatchBytes,
      onBytes,
    });
    await half.flush();
  } catch (error) {
    // A new half file is known here alone; closing one twice does no harm.
    await half.close();
    const came = `${half.sizeBytes()} of ${answer.totalBytes ?? 'an unknown number of'} bytes, which are kept`;
    throw error instanceof StoreBroke ? broken(input, error, came) : error;
  }
  return { done: true, half, expectedBytes: answer.totalBytes };
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

async function refusal(input: FetchDayFileInput, { status, body }: StoreAnswer): Promise<ApplicationFailure> {
  const code = await readStoreCode(body);
  const words = `the file store answered ${status}${code === '' ? '' : ` (${code})`}`;
  if (status === 429 || status >= 500) {
    return createFailure('TwilioUnavailable', {
      message: `${describeFetch(input.key)}: ${words}. Expected 200 or 206. It is tried again with a fresh link.`,
    });
  }
  return linkRejected(input, words);
}

function broken({ key }: FetchDayFileInput, error: StoreBroke, came: string): ApplicationFailure {
  return createFailure(error.silent ? 'DownloadStalled' : 'TwilioUnavailable', {
    message: `${describeFetch(key)}: with the file store, ${error.message}, after ${came}. It is tried again with a fresh link.`,
  });
}

function linkRejected({ key }: FetchDayFileInput, reason: string): ApplicationFailure {
  return createFailure('LinkRejected', {
    message: `${describeFetch(key)}: ${reason}. Expected a link that can be followed once, to a file. It is tried again with a fresh link.`,
  });
}

function describeFetch({ resourceType, day }: DayKey): string {
  return `Could not fetch the file [${resourceType} ${day}]`;
}

const ERROR_BODY_LIMIT_BYTES = 4_096;

/** The one word of S3's error document that says why; the rest may repeat the link. */
async function readStoreCode(body: StoreAnswer['body']): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > ERROR_BODY_LIMIT_BYTES) {
        break;
      }
    }
  } catch {
    // The status alone says enough.
  }
  return /<Code>(\w{1,40})<\/Code>/.exec(text)?.[1] ?? '';
}
