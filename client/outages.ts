import { setTimeout } from 'node:timers/promises';
import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** The SDK's own tries take some twenty seconds before it gives up; this is from one such round to the next. */
const OUTAGE_PAUSE_MS = 1_000;

/**
 * Asks again for as long as nobody is there to answer. Any other failure passes, a deadline of the caller's too.
 *
 * @param signal once it is aborted, nothing more is asked.
 */
export async function throughOutages<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await setTimeout(OUTAGE_PAUSE_MS);
    }
  }
}

/** Whether Temporal could not be reached, so that nothing is known of what was asked. */
export function isOutage(error: unknown): boolean {
  const refused = error instanceof ServiceError ? error.cause : error;
  const code: number | undefined = isGrpcServiceError(refused) ? refused.code : undefined;
  return code === UNAVAILABLE;
}

/** `@grpc/grpc-js` status. */
const UNAVAILABLE = 14;
