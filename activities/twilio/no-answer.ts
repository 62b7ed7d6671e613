import { readNetworkError } from './network-error.ts';
import { TwilioProblem } from './twilio-problem.ts';

/** Those before it have had all places. */
export function notSent(waitedMs: number): TwilioProblem {
  const waited = `${Math.round(waitedMs / 1_000)} seconds`;
  return noAnswer(
    `The request was not sent: it waited ${waited} for its turn behind others of its account: Twilio answers ` +
      'slowly or not at all, or too much is asked at once',
    'no',
  );
}

/** Each piece of it came in time, and yet there was no end. */
export function notWhole(waitedMs: number): TwilioProblem {
  return noAnswer(
    `Twilio's answer came a little at a time, and was not whole after ${waitedMs / 1_000} seconds`,
    'unknown',
  );
}

/** No JSON answer of this API is. */
export function tooLong(limitBytes: number): TwilioProblem {
  return noAnswer(`Twilio's answer is longer than ${limitBytes} bytes`, 'unknown');
}

/** An error of undici or of a socket, as a problem; one that is a problem already stays what it is. */
export function toProblem(error: unknown): TwilioProblem {
  if (error instanceof TwilioProblem) {
    return error;
  }
  const { words, sent } = readNetworkError(error);
  return noAnswer(`Twilio did not answer: ${words}`, sent);
}

function noAnswer(message: string, carriedOut: TwilioProblem['carriedOut']): TwilioProblem {
  return new TwilioProblem({
    kind: 'unavailable',
    message,
    status: null,
    atMs: Date.now(),
    retryAfterMs: null,
    carriedOut,
  });
}
