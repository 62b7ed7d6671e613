import type { Refusal } from './check-callback.ts';

/** How much of a body is taken, and for how long. */
export interface BodyLimits {
  bodyLimitBytes: number;
  /** For the whole body. A byte now and then would else keep a connection for ever. */
  bodyTimeoutMs: number;
}

/** The whole body, or why it was given up. Whoever is given up on is for the caller to hang up on. */
export async function readBody(
  chunks: Pick<AsyncIterator<Uint8Array>, 'next'>,
  { bodyLimitBytes, bodyTimeoutMs }: BodyLimits,
): Promise<Uint8Array | Refusal> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, bodyTimeoutMs, null);
  });
  try {
    for (;;) {
      const next = chunks.next();
      // One that is not waited for any more fails when its connection is ended.
      next.catch(() => {});
      const got = await Promise.race([next, timeUp]);
      if (got === null) return { refused: 'tooSlow' };
      if (got.done) return Buffer.concat(parts);
      bytes += got.value.length;
      if (bytes > bodyLimitBytes) return { refused: 'tooLarge' };
      parts.push(got.value);
    }
  } catch {
    return { refused: 'brokenOff' };
  } finally {
    clearTimeout(timer);
  }
}
