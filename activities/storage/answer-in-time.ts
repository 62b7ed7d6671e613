import { setTimeout as pause } from 'node:timers/promises';
import { StorageProblem } from './storage-problem.ts';

/**
 * Waits for a destination no longer than it is worth, and not after a cancel: a network disk that is away lets
 * calls hang for ever. The call itself can not be taken back and is left to itself.
 *
 * @throws `StorageProblem` after `timeoutMs`; the signal's reason when it aborts.
 */
export async function answerInTime<Answer>(
  answer: Promise<Answer>,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Answer> {
  const waiting = new AbortController();
  const giveUp = async (): Promise<never> => {
    await pause(timeoutMs, undefined, { signal: AbortSignal.any([signal, waiting.signal]) });
    throw new StorageProblem('busy', `the destination did not answer for ${timeoutMs / 1_000} seconds`);
  };
  const givingUp = giveUp();
  givingUp.catch(() => {});
  try {
    return await Promise.race([answer, givingUp]);
  } finally {
    waiting.abort();
    answer.catch(() => {});
  }
}
