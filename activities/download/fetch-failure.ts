import type { ApplicationFailure } from '@temporalio/common';
import { createFailure } from '../failures.ts';
import type { DayKey } from '../storage/day-storage.ts';
import type { StoreAnswer, StoreBroke } from './file-store.ts';

/** The store answered with neither the file nor a reason that a fetch can go on from. */
export async function fetchRefused(
  key: DayKey,
  { status, body }: Pick<StoreAnswer, 'status' | 'body'>,
): Promise<ApplicationFailure> {
  const code = await readStoreCode(body);
  const words = `the file store answered ${status}${code === '' ? '' : ` (${code})`}`;
  if (status === 429 || status >= 500) {
    return createFailure('TwilioUnavailable', {
      message: `${describeFetch(key)}: ${words}. Expected 200 or 206. ${NEXT}`,
    });
  }
  return linkRejected(key, words);
}

/** The connection to the store failed. `host`: of the link; null once an answer had begun. */
export function fetchBroke(
  key: DayKey,
  { error, host, came }: { error: StoreBroke; host: string | null; came: string },
): ApplicationFailure {
  if (error.kind === 'privateAddress') {
    return createFailure('LinkRejected', {
      message:
        `${describeFetch(key)}: the host of the link [${host ?? 'unknown'}] leads to a private address. Expected a ` +
        `host of the open Internet. Check the name servers that the worker asks; where the store is meant to be ` +
        `reached by a private endpoint, give the activities a dispatcher that leads there. ${NEXT}`,
    });
  }
  return createFailure(error.kind === 'silent' ? 'DownloadStalled' : 'TwilioUnavailable', {
    message: `${describeFetch(key)}: with the file store, ${error.message}, after ${came}. ${NEXT}`,
  });
}

/** The store ended its answers in good order, again and again, before the end of the file. */
export function fetchCutShort(key: DayKey, came: string): ApplicationFailure {
  return createFailure('TwilioUnavailable', {
    message: `${describeFetch(key)}: the file store ended its answer after ${came}. Expected all of them. ${NEXT}`,
  });
}

/** The link is not one that can be followed. The reason is free of the link. */
export function linkRejected(key: DayKey, reason: string): ApplicationFailure {
  return createFailure('LinkRejected', {
    message: `${describeFetch(key)}: ${reason}. Expected a link that can be followed once, to a file. ${NEXT}`,
  });
}

const NEXT = 'It is tried again with a fresh link.';

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
