import { setTimeout } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';

const RETRY_DELAY_MS = 300;

/** Tries again for as long as the server does not answer. */
export async function persist<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!hasCode(error, OUT_OF_REACH)) throw error;
      await setTimeout(RETRY_DELAY_MS);
    }
  }
}

/** The same; null where what is asked for is not there, or no more in the state for it: it was faster. */
export async function persistUnlessLate<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await persist(ask);
  } catch (error) {
    if (hasCode(error, TOO_LATE)) return null;
    throw error;
  }
}

/** gRPC's codes for a deadline, for the server's own busyness, an internal error, and for nobody there. */
const OUT_OF_REACH = new Set([1, 4, 8, 13, 14]);
/** For an argument that fits no more, for what is not found, and for a state that does not allow it. */
const TOO_LATE = new Set([3, 5, 9]);

function hasCode(error: unknown, codes: ReadonlySet<number>): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (isGrpcServiceError(each) && codes.has(each.code)) return true;
  return false;
}
